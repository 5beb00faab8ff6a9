/** Another player's drawing: chunks and snapshots go in. A gap is noticed, and chunks from beyond it wait for the snapshot. */
import type { Chunk, Ink } from '../../shared/ink.ts';
import { append, copyInk, inkSize, pointsIn } from '../../shared/ink.ts';

export interface RemoteDrawing {
  ink: Ink;
  /** Chunks from beyond a gap, in order. */
  waiting: Chunk[];
}

export const newRemoteDrawing = (): RemoteDrawing => ({ ink: { rev: 0, strokes: [] }, waiting: [] });

/** False if something before this chunk is missing: request a snapshot. */
export function applyChunk(drawing: RemoteDrawing, chunk: Chunk): boolean {
  if (append(drawing.ink, chunk) || isOld(drawing.ink, chunk)) return true;
  drawing.waiting.push(chunk);
  return false;
}

/** False if a waiting chunk still does not fit. */
export function applySnapshot(drawing: RemoteDrawing, ink: Ink): boolean {
  drawing.ink = copyInk(ink);
  const { waiting } = drawing;
  drawing.waiting = [];
  return waiting.map((chunk) => applyChunk(drawing, chunk)).every(Boolean);
}

/** Whether the whole chunk is there already, or was erased since. */
const isOld = (ink: Ink, chunk: Chunk): boolean =>
  chunk.rev === ink.rev ? chunk.from + pointsIn(chunk.points) <= inkSize(ink) : chunk.rev < ink.rev;
