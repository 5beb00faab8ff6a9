/** How wide a text is, in Latin letters: those of Chinese and Japanese are twice as wide. */
export const lettersOf = (text: string): number =>
  text.length + (text.match(/[\u2e80-\ud7ff\uff00-\uffef]/g)?.length ?? 0);
