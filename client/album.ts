/** What this page saw of the match: every round's drawings with what was thought of them, for the podium and to keep. */
import type { Stroke } from '../shared/ink.ts';
import type { LiveFrame, PlayerGuesses } from '../shared/protocol.ts';
import type { Drawings } from './drawings.ts';
import { strokesOf } from './drawings.ts';

export interface Page {
  round: number;
  drawings: Drawings;
  guesses: Record<string, PlayerGuesses>;
  /** This page was there from the round's beginning. */
  whole: boolean;
  /** The best guesses of each player's drawing, in the order of their coming. */
  thoughts: Map<string, string[]>;
}

const MOST = 12;

export const newPage = (drawings: Drawings, whole: boolean): Page => ({
  round: drawings.round,
  whole,
  drawings,
  guesses: {},
  thoughts: new Map(),
});

export function think(page: Page, frame: LiveFrame): void {
  for (const { player, sureness, top } of frame.guesses) {
    if (sureness !== 'guessing' || !top[0]) continue;
    const thoughts = page.thoughts.get(player) ?? [];
    if (thoughts.at(-1) !== top[0][0] && thoughts.length < MOST) thoughts.push(top[0][0]);
    page.thoughts.set(player, thoughts);
  }
}

export const strokesOn = (page: Page, player: string): Stroke[] => strokesOf(page.drawings, player);
