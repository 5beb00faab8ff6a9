/** A room's code: what it looks like, and how it is read from what people type, paste and open. */

/** Without I, L, O, 0 and 1: people read codes aloud and type them from a screen. */
export const CODE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
export const CODE_LENGTH = 5;

/** `lookalike`: there is a letter or digit in it that no code has. `length`: it is too short or too long. */
export type CodeMistake = 'length' | 'lookalike';

export type CodeReading = { code: string; mistake?: never } | { code?: never; mistake: CodeMistake };

const isCode = (text: string): boolean =>
  text.length === CODE_LENGTH && [...text.toUpperCase()].every((letter) => CODE_ALPHABET.includes(letter));
const isLoud = (text: string): boolean => text === text.toUpperCase();

/** Reads a code of any case and width, with signs around it and between its letters; a link with one; or a whole invitation. */
export function readCode(text: string): CodeReading {
  const plain = text
    .replace(/(?:%[0-9a-f]{2})+/gi, unescaped)
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (arabicDigit) => `${arabicDigit.codePointAt(0)! & 15}`);
  const link = /\/r\/([^/?#\s]+)/i.exec(plain)?.[1];
  const words = (link ?? plain).match(/[a-z0-9]+/gi) ?? [];
  const whole = words.join('');
  const sequences = words.map((_, i) => sequence(words.slice(i)));
  // In a sentence, a code stands out by its capitals and digits.
  const code = [
    whole,
    ...words.filter(isLoud).reverse(),
    ...sequences.filter(isLoud).reverse(),
    ...[...words].reverse(),
  ].find(isCode);
  if (code) return { code: code.toUpperCase() };
  return { mistake: [whole, ...words].some((each) => each.length === CODE_LENGTH) ? 'lookalike' : 'length' };
}

/** As many words as a code is long: somebody spells it out. */
function sequence(words: string[]): string {
  let text = '';
  for (const word of words) if (text.length < CODE_LENGTH) text += word;
  return text;
}

/** In an address, letters may be written as `%41`. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
