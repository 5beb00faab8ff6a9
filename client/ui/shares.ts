/** The guesses as the bars and the pie show them: the prompt first, so that it keeps its place, then the best others. */
import type { PlayerGuesses } from '../../shared/protocol.ts';

export interface Share {
  label: string;
  /** Probability, 0..1. */
  share: number;
}

const MAX_OTHERS = 3;

/**
 * The prompt's share includes those of its look-alikes, which are not shown again. After the recognition only the prompt is
 * left, whatever later guesses say.
 */
export function sharesOf(guesses: PlayerGuesses | undefined, prompt: string, alike: string[], won: boolean): Share[] {
  if (won) return [{ label: prompt, share: 1 }];
  const accepted = [prompt, ...alike];
  const others = (guesses?.top ?? []).filter(([label]) => !accepted.includes(label)).slice(0, MAX_OTHERS);
  return [{ label: prompt, share: guesses?.target ?? 0 }, ...others.map(([label, share]) => ({ label, share }))];
}
