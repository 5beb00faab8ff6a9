/**
 * Decides when a drawing is recognized, and how sure the recognizer is. Pure. The server judges with it, the evaluation
 * measures it, and `npm run calibrate` fits its figures (`models/quickdraw/words.json`).
 */
import type { Ink } from './ink.ts';
import { inkLength, STEPS } from './ink.ts';

export interface Word {
  word: string;
  /** The drawing is recognized at this probability or above. */
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
  /** If the best guess is below this probability, the recognizer is not sure yet. */
  unsure: number;
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
/** The target must be among this many best guesses, which are the ones that the room sees. */
const NAMED = 3;
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

/**
 * Judges one classification of a drawing. One good classification is enough. We measured two and three in a row: at the same
 * rate of false accepts they recognized no more drawings, and recognized them later.
 */
export function judge(words: Words, target: string, probabilities: Float32Array, ink: Pick<Ink, 'strokes'>): Verdict {
  const index = words.words.findIndex((each) => each.word === target);
  const word = words.words[index];
  const guesses = inkLength(ink, TINY) < TINY ? [] : topGuesses(probabilities, GUESSES);
  if (!word || !guesses[0]) return { sureness: 'blank', guesses, target: 0, recognized: false };

  const own = [index];
  for (const name of word.alike ?? []) own.push(words.words.findIndex((each) => each.word === name));
  const p = own.reduce((sum, each) => sum + (probabilities[each] ?? 0), 0);
  const named = guesses.slice(0, NAMED).some((guess) => own.includes(guess.word));
  const recognized = named && p >= word.threshold;
  const sure = recognized || guesses[0].p >= words.unsure;
  return { sureness: sure ? 'guessing' : 'unsure', guesses, target: p, recognized };
}
