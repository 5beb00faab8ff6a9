/** All ink of a round, the local player's and the others'. */
import type { Stroke } from '../../shared/ink.ts';
import type { InkSnapshot, LiveFrame } from '../../shared/protocol.ts';
import * as local from './local-drawing.ts';
import * as remote from './remote-drawing.ts';

export interface Drawings {
  round: number;
  /** The id of the player who sits here; none for a spectator. */
  me: string | undefined;
  local: local.LocalDrawing;
  remote: Map<string, remote.RemoteDrawing>;
}

export const newDrawings = (round: number, me: string | undefined): Drawings => ({
  round,
  me,
  local: local.newLocalDrawing(round),
  remote: new Map(),
});

export const strokesOf = (drawings: Drawings, player: string): Stroke[] =>
  player === drawings.me ? local.visibleStrokes(drawings.local) : (drawings.remote.get(player)?.ink.strokes ?? []);

/** How often the drawing was erased, as the server counts. */
export const revOf = (drawings: Drawings, player: string): number =>
  (player === drawings.me ? drawings.local : drawings.remote.get(player))?.ink.rev ?? 0;

/** On a new connection the server sends snapshots of all there is. */
export function resetOnNewLink(drawings: Drawings): void {
  local.markLost(drawings.local);
  drawings.remote.clear();
}

/** Returns the players whose drawing has a gap, and calls `changed` for each that changed. */
export function applyChunks(
  drawings: Drawings,
  frame: LiveFrame,
  now: number,
  changed: (player: string) => void,
): string[] {
  if (frame.round !== drawings.round) return [];
  const gaps = new Set<string>();
  for (const { player, ...chunk } of frame.chunks) {
    if (player === drawings.me) local.confirmChunk(drawings.local, chunk, now);
    else {
      if (!remote.applyChunk(remoteOf(drawings, player), chunk)) gaps.add(player);
      changed(player);
    }
  }
  return [...gaps];
}

/** False if chunks that waited for this snapshot still do not fit. */
export function applySnapshot(drawings: Drawings, { round, player, ...ink }: InkSnapshot, now: number): boolean {
  if (round !== drawings.round) return true;
  if (player !== drawings.me) return remote.applySnapshot(remoteOf(drawings, player), ink);
  local.applySnapshot(drawings.local, ink, now);
  return true;
}

export function remoteOf({ remote: known }: Drawings, player: string): remote.RemoteDrawing {
  const drawing = known.get(player) ?? remote.newRemoteDrawing();
  known.set(player, drawing);
  return drawing;
}
