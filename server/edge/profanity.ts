/**
 * What would offend the room, in the eight languages of the page. Nobody says which they speak, so a word counts in every
 * room; none is taken that means something harmless in any of the eight (`harmless.ts`).
 *
 * Only whole words count, as `Intl.Segmenter` finds them, in Chinese and Japanese too: nothing is wrong with Scunthorpe.
 */
import { createRequire } from 'node:module';
import { HARMLESS, MORE, STEMS } from './harmless.ts';

/** By language: words, and phrases of several. */
const LISTS = createRequire(import.meta.url)('naughty-words') as Record<string, string[]>;
const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'] as const;

interface Word {
  text: string;
  /** Where it stands. */
  from: number;
  to: number;
  /** Of a script that leaves no space between words; a single letter; anything else. */
  kind: 'parted' | 'letter' | 'word';
}

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** The words of a text. What only dots or lines hold together ("f.u.c.k") is several. */
const wordsOf = (text: string): Word[] =>
  [...segmenter.segment(text)].flatMap(({ segment, index }) =>
    [...segment.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map(({ 0: word, index: at }) => ({
      text: word.normalize('NFKC').toLowerCase(),
      from: index + at,
      to: index + at + word.length,
      kind: kindOf(word),
    })),
  );

function kindOf(word: string): Word['kind'] {
  if (/^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー]+$/u.test(word)) return 'parted';
  return /^\p{L}\p{M}*$/u.test(word) ? 'letter' : 'word';
}

/** Without accents and vowel signs, which many leave out. A kana's voicing stays: it makes another letter. */
const bare = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u0640\u064b-\u0655]/g, '')
    .normalize('NFC')
    .replaceAll('ß', 'ss');

const areAll = (words: Word[], kind: Word['kind']): boolean => words.every((word) => word.kind === kind);

const phrase = (words: Word[]): string => words.map(({ text }) => text).join(areAll(words, 'parted') ? '' : ' ');

const entries = (lines: string[]): string[] => lines.map((line) => phrase(wordsOf(line)));

const harmless = new Set(entries(HARMLESS.split(/[|\n]/)));
const listed = entries([...LANGUAGES.flatMap((language) => LISTS[language]!), ...MORE.split(/[|\n]/)])
  .filter((entry) => !/^[\p{ASCII}]{0,2}$/u.test(entry) && !harmless.has(entry))
  .flatMap((entry) => [entry, bare(entry), bare(entry).replaceAll(' ', '')]);
const offensive = new Set(listed.filter((entry) => !harmless.has(entry)));
const longest = Math.max(...listed.map((entry) => entry.length));
const stems = new RegExp(STEMS, 'u');

const DIGITS: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' };
const SIGNS: Record<string, string> = { '@': 'a', $: 's', '!': 'i' };

/** Letters for the signs that stand for them; the text stays as long as it was. */
const unsigned = (text: string): string => text.replace(/[@$!](?=\p{L})|(?<=[\p{L}$])\$/gu, (sign) => SIGNS[sign]!);

/** How a word may be meant that is written with d1g1ts, or with letters repeeeeated. */
function readings(word: string): string[] {
  const letters = /\p{L}/u.test(word) ? word.replace(/[013457]/g, (digit) => DIGITS[digit]!) : word;
  const stretched = /(\p{L})\1{2,}/gu;
  const all = [word, letters, letters.replace(stretched, '$1$1'), letters.replace(stretched, '$1')];
  return [...all, ...all.map(bare)];
}

const offends = (word: string): boolean =>
  !harmless.has(word) && readings(word).some((reading) => offensive.has(reading) || stems.test(reading));

/** Where something begins and ends that offends: a word, several, or one that is spelt out, l e t t e r by letter. */
function offences(text: string): [from: number, to: number][] {
  const words = wordsOf(text);
  const found: [number, number][] = [];
  for (const [i, { text: word, from, to }] of words.entries()) {
    if (offends(word)) found.push([from, to]);
    for (let end = i + 2; end <= words.length; end++) {
      const run = words.slice(i, end);
      const said = phrase(run);
      if (said.length > longest) break;
      const isSpelt = run.length > 3 && areAll(run, 'letter');
      if (offensive.has(said) || offensive.has(bare(said)) || (isSpelt && offends(said.replaceAll(' ', ''))))
        found.push([from, words[end - 1]!.to]);
    }
  }
  return found;
}

const allOffences = (text: string) => [text, unsigned(text)].flatMap(offences);

export const isOffensive = (text: string): boolean => allOffences(text).length > 0;

/** The text with what offends blotted out. */
export function decent(text: string): string {
  const letters = text.split('');
  for (const [from, to] of allOffences(text)) letters.fill('•', from, to);
  return letters.join('');
}
