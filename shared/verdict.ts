/**
 * When is a drawing recognized, and how sure is the recognizer? Pure: the server judges with it, the evaluation measures
 * it, and the figures it goes by (`models/quickdraw/words.json`) are fitted by `npm run calibrate`.
 */
import type { Ink } from './ink.ts';
import { inkLength, STEPS } from './ink.ts';

export interface Word {
  word: string;
  /** The drawing is recognized from this probability on. */
  threshold: number;
  difficulty: 'easy' | 'medium' | 'hard';
  /** What the score is multiplied with. */
  factor: number;
  /** Words that the recognizer cannot tell from this one: their probability counts as this word's own. */
  alike?: string[];
  /** Whether the game asks for it. */
  prompt: boolean;
}

/** `words.json` of a model: its words in the order of its output. */
export interface Words {
  model: string;
  /** SHA-256 (hex) of the bytes of model.json followed by those of weights.bin. */
  hash: string;
  /** Below this probability of the best guess the recognizer is not sure yet. */
  unsure: number;
  words: Word[];
}

export interface Guess {
  /** Index into the model's words. */
  word: number;
  /** Probability, 0..1. */
  p: number;
}

/** Nothing to see yet · not sure yet · a guess that is worth to be said. */
export type Sureness = 'blank' | 'unsure' | 'guessing';

export interface Verdict {
  sureness: Sureness;
  /** The most probable words, best first. */
  guesses: Guess[];
  /** Probability of the word to draw, with that of its look-alikes. */
  target: number;
  recognized: boolean;
}

/** How many guesses a verdict holds. */
export const GUESSES = 5;
/** The target must be among so many best guesses: those that the room sees. */
const NAMED = 3;
/** Ink shorter than this, in board steps, is not guessed at. */
const TINY = 16 * STEPS;

/** The `n` most probable words, best first; equal ones in the model's order. */
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

/**
 * Judges one look at the drawing. One good look is enough: to ask for two or three in a row was measured, and at the same
 * share of false accepts it recognized no more drawings, and later.
 */
export function judge(words: Words, target: string, probabilities: Float32Array, ink: Pick<Ink, 'strokes'>): Verdict {
  const index = words.words.findIndex((each) => each.word === target);
  const word = words.words[index];
  const guesses = inkLength(ink) < TINY ? [] : topGuesses(probabilities, GUESSES);
  if (!word || !guesses[0]) return { sureness: 'blank', guesses, target: 0, recognized: false };

  const own = [index];
  for (const name of word.alike ?? []) own.push(words.words.findIndex((each) => each.word === name));
  const p = own.reduce((sum, each) => sum + (probabilities[each] ?? 0), 0);
  const named = guesses.slice(0, NAMED).some((guess) => own.includes(guess.word));
  const recognized = named && p >= word.threshold;
  const sure = recognized || guesses[0].p >= words.unsure;
  return { sureness: sure ? 'guessing' : 'unsure', guesses, target: p, recognized };
}
