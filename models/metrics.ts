/** Accuracy and calibration of guesses. Pure; every share is 0..1. */
import { topGuesses } from '../shared/verdict.ts';

export interface Accuracy {
  n: number;
  top1: number;
  top3: number;
  top5: number;
  /** Mean average precision at 3: a right first, second or third guess counts 1, 1/2 or 1/3. */
  map3: number;
}

/** Adds up guesses, one drawing at a time. */
export function tally() {
  let n = 0;
  const hits = [0, 0, 0, 0, 0];
  return {
    add(probabilities: Float32Array, label: number): void {
      n++;
      const at = topGuesses(probabilities, 5).findIndex((guess) => guess.word === label);
      if (at >= 0) hits[at]!++;
    },
    result(): Accuracy {
      const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = hits;
      const share = (count: number) => (n > 0 ? count / n : 0);
      return {
        n,
        top1: share(first),
        top3: share(first + second + third),
        top5: share(first + second + third + fourth + fifth),
        map3: share(first + second / 2 + third / 3),
      };
    },
  };
}

/** One bar of a reliability diagram: how confident the guesses were, and how often they were right. */
export interface Bin {
  n: number;
  confidence: number;
  accuracy: number;
}

/** Sorts the best guesses into `count` bins of equal width, by probability. */
export function reliability(guesses: readonly { p: number; right: boolean }[], count = 15): Bin[] {
  const bins = Array.from({ length: count }, () => ({ n: 0, confidence: 0, accuracy: 0 }));
  for (const { p, right } of guesses) {
    const bin = bins[Math.min(count - 1, Math.floor(p * count))]!;
    bin.n++;
    bin.confidence += p;
    if (right) bin.accuracy++;
  }
  for (const bin of bins)
    if (bin.n > 0) {
      bin.confidence /= bin.n;
      bin.accuracy /= bin.n;
    }
  return bins;
}

/** Expected calibration error: the mean distance between confidence and accuracy, over the guesses. */
export function calibrationError(bins: readonly Bin[]): number {
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  return n > 0 ? bins.reduce((sum, bin) => sum + (bin.n / n) * Math.abs(bin.confidence - bin.accuracy), 0) : 0;
}

export interface Confusion {
  a: string;
  b: string;
  /** How often a drawing of one was taken for the other, both ways. */
  n: number;
}

/** The most confused pairs of words. `counts[label * words + guess]` */
export function mostConfused(counts: Uint32Array, words: readonly string[], most: number): Confusion[] {
  const pairs: Confusion[] = [];
  for (let a = 0; a < words.length; a++)
    for (let b = a + 1; b < words.length; b++) {
      const n = counts[a * words.length + b]! + counts[b * words.length + a]!;
      if (n > 0) pairs.push({ a: words[a]!, b: words[b]!, n });
    }
  return pairs.sort((x, y) => y.n - x.n).slice(0, most);
}

/** The middle value; null for an empty list. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
