/** The rule of the lab's race, the same for both networks: who calls a word, and when. Pure. */
import { prefix, type Stroke } from '../ink.ts';
import type { Recipe } from './recipe.ts';
import { OWN_WORD, SOMETHING_ELSE } from './words.ts';

/** What a network makes of a drawing: how probable each of its labels is, 0..1. */
export type Answer = ReadonlyMap<string, number>;

/** Asks a network. */
export type Look = (strokes: Stroke[]) => Promise<Answer>;

/** A network is sure of a word from this probability on. At 0.8, 18 % of first calls were wrong; at 0.9, 8 %; at 0.95 more stayed silent. */
export const SURE = 0.9;

/** What a network has said of a drawing so far. */
export interface Standing {
  /** The word that it was sure of in its last look. */
  sure?: string;
  /** The first word that it was sure of in two looks in a row. It stays. */
  call?: string;
}

/** The words of a race. Against a guest, those that both know: two learners' own words are not the same. */
export function raceWords(mine: Recipe, guest?: Recipe): string[] {
  if (guest) return mine.words.filter((word) => guest.words.includes(word));
  return mine.own ? [...mine.words, OWN_WORD] : mine.words;
}

/** Fewer words are no race. */
export const FEWEST_RACE_WORDS = 2;

/** The answer about these words. All others together are something else. */
export function among(words: readonly string[], answer: Answer): Answer {
  const all = words.map((word): [string, number] => [word, answer.get(word) ?? 0]);
  const rest = 1 - all.reduce((sum, [, p]) => sum + p, 0);
  return new Map([...all, [SOMETHING_ELSE, Math.max(0, rest)]]);
}

/** The labels, the most probable first. */
export const ranked = (answer: Answer): [label: string, p: number][] => [...answer].sort(([, a], [, b]) => b - a);

/** The word that a network is sure of; it is never sure of something else. */
export function sureOf(answer: Answer): string | undefined {
  const [best] = ranked(answer);
  return best && best[0] !== SOMETHING_ELSE && best[1] >= SURE ? best[0] : undefined;
}

/** The standing after one more look. */
export function record(standing: Standing, answer: Answer): Standing {
  if (standing.call) return standing;
  const sure = sureOf(answer);
  if (!sure) return {};
  return sure === standing.sure ? { sure, call: sure } : { sure };
}

/** A call in a round. */
export interface Called {
  word: string;
  /** ms since the first ink. */
  at: number;
}

/** Who wins a round: the first right call. A wrong one cannot be taken back. Undefined while somebody still can. */
export function winnerOf(prompt: string, mine?: Called, theirs?: Called): 'mine' | 'theirs' | 'nobody' | undefined {
  const isRight = (called?: Called) => called?.word === prompt;
  if (isRight(mine) && isRight(theirs)) return mine!.at <= theirs!.at ? 'mine' : 'theirs';
  if (isRight(mine)) return 'mine';
  if (isRight(theirs)) return 'theirs';
  return mine && theirs && 'nobody';
}

/** A finished drawing is looked at as if it was being drawn: after so many even shares of its ink, and once more at its end. */
const SHARES = 24;

export interface Call {
  word: string;
  /** Of the ink that was drawn by then, 0..1. */
  share: number;
}

/** What a network calls a finished drawing of one of the words; undefined if it stays silent. */
export async function callOf(strokes: Stroke[], words: readonly string[], look: Look): Promise<Call | undefined> {
  let standing: Standing = {};
  for (let i = 1; i <= SHARES + 1; i++) {
    const share = Math.min(1, i / SHARES);
    standing = record(standing, among(words, await look(prefix({ rev: 0, strokes }, share).strokes)));
    if (standing.call) return { word: standing.call, share };
  }
  return undefined;
}

/** Drawings to compare networks with, one of each word in turn. `drawings`: those of a word. */
export function mixed<T>(
  words: readonly string[],
  drawings: (word: string) => readonly T[],
  most: number,
): [string, T][] {
  const all = words.flatMap((word) => drawings(word).map((drawing, i) => ({ word, drawing, i })));
  return all
    .sort((a, b) => a.i - b.i)
    .slice(0, most)
    .map(({ word, drawing }) => [word, drawing]);
}

/** How the first calls of a network went over several drawings. */
export interface Tally {
  right: number;
  wrong: number;
  silent: number;
  /** Of the ink, at each right call. */
  shares: number[];
}

export const NO_CALLS: Tally = { right: 0, wrong: 0, silent: 0, shares: [] };

export function count(tally: Tally, word: string, call: Call | undefined): Tally {
  if (!call) return { ...tally, silent: tally.silent + 1 };
  if (call.word !== word) return { ...tally, wrong: tally.wrong + 1 };
  return { ...tally, right: tally.right + 1, shares: [...tally.shares, call.share] };
}

/** Undefined without numbers. */
export function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[half]
    : sorted.length > 0
      ? (sorted[half - 1]! + sorted[half]!) / 2
      : undefined;
}
