/**
 * Decides when a drawing is recognized, and how sure the recognizer is. Pure. The server judges with it, the evaluation
 * measures it, and `npm run calibrate` fits its figures (`models/quickdraw/words.json`).
 */
import type { Calibration } from './calibration.ts';
import { STEPS } from './ink.ts';

export interface Word {
  word: string;
  /** The drawing is recognized at this probability or above, but never below CONVINCED. */
  threshold: number;
  difficulty: 'easy' | 'medium' | 'hard';
  /** Multiplies the score. */
  factor: number;
  /** Words that the recognizer cannot tell from this one. Their probability counts for this word. */
  alike?: string[];
  /** Whether the game uses it as a prompt. */
  prompt: boolean;
}

/** A model's `words.json`: its words in the order of its output. */
export interface Words {
  model: string;
  /** SHA-256 (hex) of the bytes of model.json followed by those of weights.bin. */
  hash: string;
  calibration: Calibration;
  words: Word[];
}

export interface Guess {
  /** Index into the model's words. */
  word: number;
  /** Probability, 0..1. */
  p: number;
}

/** Nothing to see yet · not sure yet · a guess worth showing. */
export type Sureness = 'blank' | 'unsure' | 'guessing';

export interface Verdict {
  sureness: Sureness;
  /** The most probable words, best first. */
  guesses: Guess[];
  /** Probability of the prompt and its look-alikes. */
  target: number;
  recognized: boolean;
}

/** How many guesses a verdict holds. */
export const GUESSES = 5;
/** A drawing is recognized at this probability at the least. */
export const CONVINCED = 0.4;
/** Below this probability, the best guess is not worth showing. */
export const UNSURE = 0.1;
/** Ink shorter than this gets no guess. Board steps */
const TINY = 16 * STEPS;

/** The `n` most probable words, best first. Ties keep the model's order. */
export function topGuesses(probabilities: ArrayLike<number>, n: number): Guess[] {
  const top: Guess[] = [];
  for (let word = 0; word < probabilities.length; word++) {
    const p = probabilities[word]!;
    if (top.length === n && p <= top[n - 1]!.p) continue;
    let at = top.length;
    while (at > 0 && top[at - 1]!.p < p) at--;
    top.splice(at, 0, { word, p });
    if (top.length > n) top.pop();
  }
  return top;
}

export const thresholdOf = ({ threshold }: Word): number => Math.max(CONVINCED, threshold);

/** The word itself and those that are accepted for it. Indices into the model's words */
export function acceptedFor({ words }: Words, index: number): number[] {
  const { alike = [] } = words[index]!;
  return [index, ...words.flatMap(({ word }, i) => (alike.includes(word) ? [i] : []))];
}

/** The same for each word by its name: every drawing is judged ten times a second. */
const acceptedByWord = new WeakMap<Words, Map<string, number[]>>();

function acceptedForWord(words: Words, target: string): number[] {
  const known =
    acceptedByWord.get(words) ?? new Map(words.words.map(({ word }, index) => [word, acceptedFor(words, index)]));
  acceptedByWord.set(words, known);
  return known.get(target) ?? [];
}

/**
 * Judges one classification of a drawing by calibrated probabilities. It is recognized when the best guess is the target, or a
 * look-alike of it, and probable enough. `length`: of the ink, in board steps.
 */
export function judge(words: Words, target: string, probabilities: Float32Array, length: number): Verdict {
  const accepted = acceptedForWord(words, target);
  const guesses = length < TINY ? [] : topGuesses(probabilities, GUESSES);
  const [best] = guesses;
  if (accepted.length === 0 || !best) return { sureness: 'blank', guesses, target: 0, recognized: false };

  const p = accepted.reduce((sum, each) => sum + probabilities[each]!, 0);
  const recognized = accepted.includes(best.word) && p >= thresholdOf(words.words[accepted[0]!]!);
  return { sureness: recognized || best.p >= UNSURE ? 'guessing' : 'unsure', guesses, target: p, recognized };
}
