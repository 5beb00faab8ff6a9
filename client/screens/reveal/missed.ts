/** What the network made of a drawing that it did not recognize. */
import type { PlayerGuesses } from '../../../shared/protocol.ts';

export type Missed =
  /** The best guess was the prompt, or a look-alike, but not sure enough. */
  | { kind: 'almost'; share: number }
  | { kind: 'thought'; word: string }
  | { kind: 'unsure' }
  /** Nothing was drawn. */
  | { kind: 'nothing' }
  /** This client has not seen the guesses. */
  | { kind: 'unknown' };

/** `accepted`: the prompt and its look-alikes */
export function missed(guesses: PlayerGuesses | undefined, accepted: readonly string[], hasInk: boolean): Missed {
  if (!hasInk) return { kind: 'nothing' };
  const best = guesses?.top[0];
  if (!guesses || !best || guesses.sureness === 'blank') return { kind: 'unknown' };
  if (guesses.sureness === 'unsure') return { kind: 'unsure' };
  return accepted.includes(best[0]) ? { kind: 'almost', share: guesses.target } : { kind: 'thought', word: best[0] };
}
