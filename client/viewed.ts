/** A rival's drawing as one sees it: chunks and snapshots go in; a gap is noticed, and what came after it waits for the snapshot. */
import type { Chunk, Ink } from '../shared/ink.ts';
import { append, copyInk, inkSize, pointsIn } from '../shared/ink.ts';

export interface Viewed {
  ink: Ink;
  /** Chunks from beyond a gap, in the order of their coming. */
  waiting: Chunk[];
}

export const newViewed = (): Viewed => ({ ink: { rev: 0, strokes: [] }, waiting: [] });

/** False where something before this chunk is missing: ask for a snapshot. */
export function seeChunk(viewed: Viewed, chunk: Chunk): boolean {
  if (append(viewed.ink, chunk) || isOld(viewed.ink, chunk)) return true;
  viewed.waiting.push(chunk);
  return false;
}

/** False where what waited still does not fit. */
export function seeSnapshot(viewed: Viewed, ink: Ink): boolean {
  viewed.ink = copyInk(ink);
  const waiting = viewed.waiting;
  viewed.waiting = [];
  return waiting.map((chunk) => seeChunk(viewed, chunk)).every(Boolean);
}

/** Whether all of the chunk is there already, or was taken away since. */
const isOld = (ink: Ink, chunk: Chunk): boolean =>
  chunk.rev === ink.rev ? chunk.from + pointsIn(chunk.points) <= inkSize(ink) : chunk.rev < ink.rev;
