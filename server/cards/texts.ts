/** What cards of links say, in the language of whoever gets the link. The build takes it from the page's own texts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CardTexts } from '../../shared/card.ts';
import { mistakesOf } from '../../shared/card.ts';
import type { Record } from '../../shared/record.ts';
import { CARDS_DIR } from '../paths.ts';

interface File {
  words: { [english: string]: string };
  texts: { [K in 'got' | 'missed' | 'blank' | 'by' | 'saw' | 'watch' | 'challenge' | 'seconds' | 'site']: string };
}

export const SITE = 'Doodle Derby';
const RIGHT_TO_LEFT = ['ar'];
/** Words that a description lists. */
const MOST_WORDS = 3;

const files = new Map<string, File>();
function read(language: string): File {
  let file = files.get(language);
  if (!file) {
    file = JSON.parse(readFileSync(join(CARDS_DIR, `${language}.json`), 'utf8')) as File;
    files.set(language, file);
  }
  return file;
}

export const areCardsBuilt = (): boolean => existsSync(join(CARDS_DIR, 'en.json'));

let known: string[] | undefined;
/** English first: it is what everybody gets whose own is not there. */
export function cardLanguages(): string[] {
  known ??= readdirSync(CARDS_DIR)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort((a, b) => Number(b === 'en') - Number(a === 'en'));
  return known;
}

const filled = (text: string, values: { [name: string]: string }): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');

export function cardTexts(record: Record, language: string): CardTexts {
  const { words, texts } = read(language);
  const name = (word: string) => words[word] ?? word;
  const [best] = mistakesOf(record);
  const missed = best ? filled(texts.missed, { word: name(best.word) }) : texts.blank;
  const { verdict } = record;
  return {
    word: name(record.word),
    nick: record.nick,
    verdict: verdict ? filled(texts.got, { seconds: secondsOf(verdict.at, language) }) : missed,
    name,
    isRightToLeft: isRightToLeft(language),
  };
}

export const isRightToLeft = (language: string): boolean => RIGHT_TO_LEFT.includes(language);

/** Above what the network took a drawing for. */
export const sawTitle = (language: string): string => filled(read(language).texts.saw, { words: '' }).trim();

export const tagline = (language: string): string => read(language).texts.site;

/** Of a link that challenges others. */
export const challengeTitle = (nick: string, language: string): string =>
  filled(read(language).texts.challenge, { nick });

/** The word and its drawer, if the name is shown. */
export function titleOf(record: Record, language: string): string {
  const { word, nick } = cardTexts(record, language);
  return nick ? filled(read(language).texts.by, { word, nick }) : word;
}

export function descriptionOf(record: Record, language: string): string {
  const { saw, watch } = read(language).texts;
  const { verdict, name } = cardTexts(record, language);
  const words = mistakesOf(record)
    .slice(0, MOST_WORDS)
    .map(({ word }) => name(word));
  const list = new Intl.ListFormat(language, { type: 'unit' }).format(words);
  return [verdict, ...(words.length > 0 ? [filled(saw, { words: list })] : []), watch].join(' · ');
}

/** As the language writes it, but always in Latin digits. */
function secondsOf(ms: number, language: string): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const seconds = new Intl.NumberFormat(`${language}-u-nu-latn`, digits).format(ms / 1000);
  return filled(read(language).texts.seconds, { seconds });
}
