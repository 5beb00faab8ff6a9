/** Reads the words of a line of chat, and undoes the disguises that players put on them. */
import { latinOf } from '../game/lookalikes.ts';

export interface Word {
  text: string;
  /** Its place in the line, in UTF-16 units. */
  from: number;
  to: number;
  /** In a script without spaces between words. */
  isUnspaced: boolean;
}

const UNSPACED = '[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}ーｰﾞﾟ]';
const RUNS = new RegExp(`(?<unspaced>${UNSPACED}+)|(?:(?!${UNSPACED})[\\p{L}\\p{M}\\p{N}])+`, 'gu');

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The parts of a line that are written without a gap. */
export const runsOf = (line: string): Word[] =>
  Array.from(line.matchAll(RUNS), ({ 0: run, index, groups }) => wordAt(index, run, Boolean(groups!.unspaced)));

const wordAt = (from: number, text: string, isUnspaced: boolean): Word => ({
  text: text.normalize('NFKC').toLowerCase(),
  from,
  to: from + text.length,
  isUnspaced,
});

export const wordsOf = (line: string, runs: Word[]): Word[] =>
  runs.flatMap((run) =>
    run.isUnspaced
      ? Array.from(segmenter.segment(line.slice(run.from, run.to)), ({ segment, index }) =>
          wordAt(run.from + index, segment, true),
        )
      : run,
  );

/** What stands between two words of a phrase. */
export const gap = (before: Word, after: Word): string => (before.isUnspaced && after.isUnspaced ? '' : ' ');

export const join = (words: Word[]): string =>
  words.reduce((text, word, i) => text + (i ? gap(words[i - 1]!, word) : '') + word.text, '');

/**
 * One text for all spellings that a reader takes for the same: without accents and Arabic vowel signs, which many leave
 * out. The voicing marks of kana stay, because they make other letters.
 */
export const fold = (text: string): string =>
  /^[\0-\x7f]*$/.test(text)
    ? text
    : text
        .normalize('NFD')
        .replace(/[\u0300-\u036f\u0640\u064b-\u0655]/g, '')
        .normalize('NFC')
        .replaceAll('ß', 'ss')
        .replaceAll('ة', 'ه')
        .replaceAll('ى', 'ي');

const UMLAUTS: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue' };

/** How an entry is written: with and without umlauts, and a phrase also as one word. */
export function spellings(entry: string): string[] {
  const text = join(runsOf(entry));
  const folded = [text, text.replace(/[äöü]/g, (letter) => UMLAUTS[letter]!)].map(fold);
  return [...new Set([...folded, ...folded.map((spelling) => spelling.replaceAll(' ', ''))])];
}

/** One visible character. */
export interface Sign {
  text: string;
  /** Its place in the line, in UTF-16 units. */
  from: number;
  to: number;
}

export const textOf = (signs: Sign[]): string => signs.map(({ text }) => text).join('');

const SPACED = new RegExp(`(?!${UNSPACED})[\\p{L}\\p{M}\\p{N}]`, 'u');
/** Accents left aside. */
const isEnglish = ({ text }: Sign): boolean => /^[a-z]/i.test(text.normalize('NFD'));
/** No letter of an English word, nor one that could pass for it. */
const isForeign = (sign: Sign): boolean => /\p{L}/u.test(sign.text) && !isEnglish(sign) && !latinOf(sign.text);

/** Rings and bars around a letter count as little as what is invisible. */
const VISIBLE = /(?!\p{Me}|[\u{1ab0}-\u{1aff}]|[\u{1dc0}-\u{1dff}]|[\u{20d0}-\u{20ff}]|[\u{fe20}-\u{fe2f}])\P{DI}/gu;

/** Where the white letters in black circles and squares begin, and the letters that flags are made of. */
const BOXED = [0x1f150, 0x1f170, 0x1f1e6];
/** The letter in a circle or a square. */
function unboxed(text: string): string {
  const code = text.codePointAt(0)!;
  const first = BOXED.find((each) => code >= each && code < each + 26);
  if (first !== undefined) return String.fromCharCode(97 + code - first);
  const plain = text.normalize('NFKC');
  return /^[a-z]$/i.test(plain) ? plain : text;
}

/**
 * The line as a reader sees it: without what is invisible, and with English letters for those that only look like them. A word
 * is in disguise if it mixes scripts, or if nothing in the line shows that its script is meant: no word that could not be
 * English, and none that `isKnown` in another script.
 */
export function signsOf(line: string, isKnown: (word: string) => boolean): Sign[] {
  const signs = Array.from(line.matchAll(VISIBLE), ({ 0: text, index }) => ({
    text: unboxed(text),
    from: index,
    to: index + text.length,
  }));
  const words: Sign[][] = [[]];
  for (const sign of signs)
    if (SPACED.test(sign.text)) words.at(-1)!.push(sign);
    else words.push([]);
  const isMixed = (word: Sign[]) => word.some(isEnglish);
  const isMeant = (word: Sign[]) => word.some(isForeign) || isKnown(textOf(word).toLowerCase());
  const isGenuine = words.some((word) => word.length > 1 && !isMixed(word) && isMeant(word));
  for (const sign of words.filter((word) => isMixed(word) || !isGenuine).flat())
    if (!isEnglish(sign) && sign.text > '\x7f') sign.text = latinOf(sign.text) ?? sign.text;
  return signs;
}

const DIGITS: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 6: 'g', 7: 't', 8: 'b', 9: 'g' };
const SIGNS: Record<string, string> = { '@': 'a', $: 's', '!': 'i', '¡': 'i', '|': 'i', '¢': 'c', '€': 'e' };

/** Replaces signs that stand for letters. The line keeps its length. */
export const withoutSigns = (line: string): string =>
  line.replace(/[@$!¡|¢€](?=\p{L})|(?<=[\p{L}$])\$/gu, (sign) => SIGNS[sign]!);

/** The word with letters for digits, if it is not a number. */
const withoutDigits = (word: string, one = 'i'): string =>
  /\d/.test(word) && /\p{L}/u.test(word)
    ? word.replaceAll('1', one).replace(/\d/g, (digit) => DIGITS[digit] ?? digit)
    : word;

const REPEATED = /(\p{L})\1{2,}/gu;

/** What a word with d1g1ts or repeeeated letters may stand for. */
export const readings = (word: string): string[] =>
  [word, withoutDigits(word), withoutDigits(word, 'l')]
    .filter((text, i) => i === 0 || text !== word)
    .flatMap((text) =>
      text.search(REPEATED) < 0 ? text : [text, text.replace(REPEATED, '$1$1'), text.replace(REPEATED, '$1')],
    );

/** One reading, for the words of a phrase. */
export const plain = (word: string): string => fold(withoutDigits(word).replace(REPEATED, '$1'));

export const areLetters = (...words: Word[]): boolean =>
  words.every(({ text, isUnspaced }) => !isUnspaced && /^\p{L}\p{M}*$/u.test(text));

/** Without the repetitions of a letter that stands alone three times or more. */
export const withoutRepetitions = (words: Word[]): Word[] =>
  words.filter((word, i) => {
    const repeats = (at: number) => words[at]?.text === word.text;
    return !(repeats(i - 1) && (repeats(i - 2) || repeats(i + 1)) && areLetters(word));
  });
