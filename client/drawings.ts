/**
 * All ink of the round on this page, one's own and the others'. It changes up to 240 times a second, so it stays outside
 * reactive state: canvases are told that a drawing changed, and paint it in the next frame.
 */
import type { Stroke } from '../shared/ink.ts';
import type { InkSnapshot, LiveFrame } from '../shared/protocol.ts';
import type { Own } from './own.ts';
import { confirm, lost, newOwn, snapshot, wanted } from './own.ts';
import type { Viewed } from './viewed.ts';
import { newViewed, seeChunk, seeSnapshot } from './viewed.ts';

export interface Drawings {
  round: number;
  /** The id of the player who sits here; none for a spectator. */
  me: string | undefined;
  own: Own;
  viewed: Map<string, Viewed>;
}

export const newDrawings = (round: number, me: string | undefined): Drawings => ({
  round,
  me,
  own: newOwn(round),
  viewed: new Map(),
});

export const strokesOf = (drawings: Drawings, player: string): Stroke[] =>
  player === drawings.me ? wanted(drawings.own) : (drawings.viewed.get(player)?.ink.strokes ?? []);

/** Coming back: the snapshots tell all that there is. */
export function forgetLink(drawings: Drawings): void {
  lost(drawings.own);
  drawings.viewed.clear();
}

/** The players whose drawing has a gap; all that changed are given to `changed`. */
export function takeChunks(
  drawings: Drawings,
  frame: LiveFrame,
  now: number,
  changed: (player: string) => void,
): string[] {
  if (frame.round !== drawings.round) return [];
  const gaps = new Set<string>();
  for (const { player, ...chunk } of frame.chunks) {
    if (player === drawings.me) confirm(drawings.own, chunk, now);
    else {
      if (!seeChunk(viewedOf(drawings, player), chunk)) gaps.add(player);
      changed(player);
    }
  }
  return [...gaps];
}

/** False where what waited for this snapshot still does not fit. */
export function takeSnapshot(drawings: Drawings, { round, player, ...ink }: InkSnapshot, now: number): boolean {
  if (round !== drawings.round) return true;
  if (player !== drawings.me) return seeSnapshot(viewedOf(drawings, player), ink);
  snapshot(drawings.own, ink, now);
  return true;
}

function viewedOf({ viewed }: Drawings, player: string): Viewed {
  const known = viewed.get(player);
  if (known) return known;
  const unknown = newViewed();
  viewed.set(player, unknown);
  return unknown;
}
