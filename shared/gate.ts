/**
 * The gate: what strangers see of a drawing is its final picture, so that must still read as the word. People draw on after the
 * verdict, and not always what was asked for. Pure; `npm run bench:gate` measures it.
 */
import type { Words } from './verdict.ts';
import { acceptedFor, judge } from './verdict.ts';

export interface Reading {
  /** Probability of the word and its look-alikes. */
  reads: number;
  /** Whether strangers may see it. What does not pass waits for the operator. */
  passes: boolean;
}

/** The least probability that passes. docs/records.md has what others would let through. */
export const GATE = 0.3;

/** Of the final picture: it passes if its best guess is the word, or a look-alike, and probable enough. `length` in board steps */
export function readAs(words: Words, word: string, probabilities: Float32Array, length: number): Reading {
  const { guesses, target } = judge(words, word, probabilities, length);
  const index = words.words.findIndex((each) => each.word === word);
  const isBest = index >= 0 && guesses.length > 0 && acceptedFor(words, index).includes(guesses[0]!.word);
  return { reads: target, passes: isBest && target >= GATE };
}
