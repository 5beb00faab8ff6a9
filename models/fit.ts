/** Fits the figures of the verdict. Pure: replayed drawings in, figures out. */
import { judge, topGuesses, type Word, type Words } from '../shared/verdict.ts';
import { candidates, type Said } from './play.ts';
import type { Row } from './temperature.ts';

/** A moment at which a word was more probable than before in this drawing. */
export interface Peak {
  p: number;
  ink01: number;
  ms: number | null;
}

/** The result of a replayed drawing: enough to tell for any threshold whether and when it is crossed. */
export interface Played {
  label: number;
  timed: boolean;
  /** By word, rising. Only words that were among the guesses. */
  peaks: Map<number, Peak[]>;
  /** Probability of the best guess at each classification, and whether it was right. */
  best: { p: number; right: boolean }[];
}

/** `open`: the words with thresholds of 0, so the verdict itself tells what could be accepted. */
export function played(open: Words, said: readonly Said[], label: number): Played {
  const peaks = new Map<number, Peak[]>();
  const best: Played['best'] = [];
  for (const { look, probabilities } of said) {
    for (const word of candidates(open, probabilities)) {
      const verdict = judge(open, open.words[word]!.word, probabilities, look.ink);
      if (!verdict.recognized) continue;
      const rising = peaks.get(word) ?? [];
      if (verdict.target <= (rising.at(-1)?.p ?? -1)) continue;
      rising.push({ p: verdict.target, ink01: look.ink01, ms: look.ms });
      peaks.set(word, rising);
    }
    const { word, p } = topGuesses(probabilities, 1)[0]!;
    best.push({ p, right: word === label });
  }
  return { label, timed: said[0]?.look.ms !== null, peaks, best };
}

/** A lower threshold would accept what the recognizer itself finds unlikely. */
const LOWEST = 0.1;

/**
 * For each word, the lowest threshold at which at most `share` of the drawings of other words are ever accepted. There are
 * hundreds of times more of these than drawings of the word itself, so no threshold depends on a few drawings.
 */
export function thresholds(plays: readonly Played[], words: number, share: number): number[] {
  const wrong: number[][] = Array.from({ length: words }, () => []);
  const others: number[] = new Array(words).fill(plays.length);
  for (const { label, peaks } of plays) {
    others[label]!--;
    for (const [word, rising] of peaks) if (word !== label) wrong[word]!.push(rising.at(-1)!.p);
  }
  return wrong.map((highest, word) => {
    highest.sort((a, b) => b - a);
    const first = highest[Math.floor(share * others[word]!)] ?? 0;
    return Math.max(LOWEST, first + 1e-4);
  });
}

/** Below the unsure level, the best guess is right at most once in this many times. */
const ODDS = 10;

/** The probability below which the best guess is hardly ever right. */
export function unsureLevel(plays: readonly Played[]): number {
  const sorted = plays.flatMap((play) => play.best).sort((a, b) => a.p - b.p);
  let right = 0;
  let level = 0;
  sorted.forEach((guess, i) => {
    if (right * ODDS <= i) level = guess.p;
    if (guess.right) right++;
  });
  return level;
}

/** Two words are look-alikes if, of the drawings of either that were taken for either, fewer than this share were taken for the right one. */
const TOLD_APART = 0.65;
/** Fewer drawings than this prove nothing. */
const ENOUGH = 24;

/** Pairs of words that the network cannot tell apart at full ink. */
export function lookAlikes(rows: readonly Row[], names: readonly string[]): Map<string, string[]> {
  const counts = new Map<number, { right: number; wrong: number }>();
  const pair = (a: number, b: number) => Math.min(a, b) * names.length + Math.max(a, b);
  const rightOf = new Uint32Array(names.length);
  for (const { probabilities, label } of rows) {
    const best = topGuesses(probabilities, 1)[0]!.word;
    if (best === label) {
      rightOf[label]!++;
      continue;
    }
    const count = counts.get(pair(label, best)) ?? { right: 0, wrong: 0 };
    count.wrong++;
    counts.set(pair(label, best), count);
  }
  const alike = new Map<string, string[]>();
  for (const [key, { wrong }] of counts) {
    const a = Math.floor(key / names.length);
    const b = key % names.length;
    const right = rightOf[a]! + rightOf[b]!;
    if (right + wrong < ENOUGH || right / (right + wrong) >= TOLD_APART) continue;
    alike.set(names[a]!, [...(alike.get(names[a]!) ?? []), names[b]!]);
    alike.set(names[b]!, [...(alike.get(names[b]!) ?? []), names[a]!]);
  }
  return alike;
}

/** Each word has few drawings, so its figures are mixed with this many drawings of an average word. */
const AVERAGE = 6;
/** How much ink a drawing counts that is never recognized, as a share of its own ink. */
const NEVER = 1.5;
/** The game does not use words that are recognized less often than this. */
const ASKED = 0.5;
const FACTORS = { easy: 1, medium: 1.25, hard: 1.5 };

/**
 * Difficulty is how much ink a word needs to be recognized. The third of the words that needs least is easy, the third that
 * needs most is hard.
 */
export function wordFigures(
  plays: readonly Played[],
  threshold: readonly number[],
): Pick<Word, 'difficulty' | 'factor' | 'prompt'>[] {
  const needed: number[][] = threshold.map(() => []);
  for (const { label, peaks } of plays) {
    const peak = peaks.get(label)?.find(({ p }) => p >= threshold[label]!);
    needed[label]!.push(peak?.ink01 ?? NEVER);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
  const mixed = (values: readonly number[], all: number) =>
    (values.reduce((sum, value) => sum + value, 0) + AVERAGE * all) / (values.length + AVERAGE);
  const found = needed.map((each) => each.map((ink) => (ink < NEVER ? 1 : 0)));
  const averageInk = mean(needed.flat());
  const averageFound = mean(found.flat());
  const ink = needed.map((each) => mixed(each, averageInk));
  const order = [...ink].sort((a, b) => a - b);
  const third = (part: number) => order[Math.floor((order.length * part) / 3)]!;
  return ink.map((own, word) => {
    const difficulty = own < third(1) ? 'easy' : own < third(2) ? 'medium' : 'hard';
    return { difficulty, factor: FACTORS[difficulty], prompt: mixed(found[word]!, averageFound) >= ASKED };
  });
}
