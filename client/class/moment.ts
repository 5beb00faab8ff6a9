/** A drawing up to one of its moments: what a teacher saw of it, and let through to the projector. */
import { type Ink, pointsIn, type Stroke } from '../../shared/ink.ts';
import type { InkMoment } from '../../shared/protocol.ts';

export const momentOf = ({ rev, strokes }: Ink): InkMoment => ({
  rev,
  strokes: strokes.length,
  points: strokes.length === 0 ? 0 : pointsIn(strokes.at(-1)!),
});

/** The ink as it was then; undefined if that can no longer be told, since it was erased, or not yet, since it is not here. */
export function cutAt(ink: Ink, { rev, strokes, points }: InkMoment): Stroke[] | undefined {
  const last = ink.strokes[strokes - 1];
  if (ink.rev !== rev || !last || pointsIn(last) < points) return undefined;
  return [...ink.strokes.slice(0, strokes - 1), last.slice(0, 2 * points)];
}
