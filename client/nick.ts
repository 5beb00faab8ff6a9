/** A name for who has none yet, so that one can play at once. Chance is fine here: it decides nothing. */
const FIRST = ['Swift', 'Bold', 'Inky', 'Lucky', 'Merry', 'Turbo', 'Wild', 'Nimble'];
const LAST = ['Otter', 'Heron', 'Badger', 'Gecko', 'Pony', 'Fox', 'Hare', 'Moth', 'Newt', 'Crab'];

const any = (list: string[]): string => list[Math.floor(Math.random() * list.length)]!;

export const suggestNick = (): string => `${any(FIRST)} ${any(LAST)}`;
