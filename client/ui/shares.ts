/**
 * What the bars and the pie show of the guesses: the prompt's own share first, so that it keeps its place, and the best
 * others; so the best three are among them, whatever the prompt's place.
 */
import type { PlayerGuesses } from '../../shared/protocol.ts';

export interface Share {
  label: string;
  /** Probability, 0..1 */
  share: number;
}

const OTHERS = 3;

/** Once recognized it is the prompt and nothing else, whatever the guesses go on to say. */
export function sharesOf(guesses: PlayerGuesses | undefined, prompt: string, won: boolean): Share[] {
  if (won) return [{ label: prompt, share: 1 }];
  const others = (guesses?.top ?? []).filter(([label]) => label !== prompt).slice(0, OTHERS);
  return [{ label: prompt, share: guesses?.target ?? 0 }, ...others.map(([label, share]) => ({ label, share }))];
}
