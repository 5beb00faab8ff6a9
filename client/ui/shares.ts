/** The guesses as the bars and the pie show them: the prompt first, so that it keeps its place, then the best others. */
import type { PlayerGuesses } from '../../shared/protocol.ts';

export interface Share {
  label: string;
  /** Probability, 0..1. */
  share: number;
}

const MAX_OTHERS = 3;

/** After the recognition only the prompt is left, whatever later guesses say. */
export function sharesOf(guesses: PlayerGuesses | undefined, prompt: string, won: boolean): Share[] {
  if (won) return [{ label: prompt, share: 1 }];
  const others = (guesses?.top ?? []).filter(([label]) => label !== prompt).slice(0, MAX_OTHERS);
  return [{ label: prompt, share: guesses?.target ?? 0 }, ...others.map(([label, share]) => ({ label, share }))];
}
