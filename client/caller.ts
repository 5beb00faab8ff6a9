/**
 * What the machine says of a drawing, as in a race's commentary: each word once a round, never quicker than one can listen.
 * Pure: guesses and the time come in, what is to be said comes out.
 */
import type { PlayerGuesses } from '../shared/protocol.ts';

export type Call = { say: 'first' | 'more' | 'solved'; word: string } | { say: 'unsure' };

export interface Caller {
  said: string[];
  /** When something was last said. ms */
  last: number;
  unsure: boolean;
  solved: boolean;
}

/** Between two calls. ms */
const PACE = 1400;
/** A guess below this is not worth a word, whatever its rank. */
const WORTH = 0.12;

export const newCaller = (): Caller => ({ said: [], last: -Infinity, unsure: false, solved: false });

export function call(caller: Caller, guesses: PlayerGuesses, prompt: string, now: number): Call | undefined {
  if (caller.solved || now - caller.last < PACE) return undefined;
  if (guesses.sureness === 'unsure' && caller.said.length === 0 && !caller.unsure) {
    caller.unsure = true;
    caller.last = now;
    return { say: 'unsure' };
  }
  if (guesses.sureness !== 'guessing') return undefined;
  // The prompt is kept for the moment when it is recognized.
  const next = guesses.top.find(([word, share]) => share >= WORTH && word !== prompt && !caller.said.includes(word));
  if (!next) return undefined;
  caller.said.push(next[0]);
  caller.last = now;
  return { say: caller.said.length === 1 ? 'first' : 'more', word: next[0] };
}

/** The moment of recognition is said at once, and nothing after it. */
export function solve(caller: Caller, word: string): Call | undefined {
  if (caller.solved) return undefined;
  caller.solved = true;
  return { say: 'solved', word };
}
