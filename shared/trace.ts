/**
 * The ink as a line for the model, beside the picture (`raster.ts`): points at even distances along all strokes, in the order in
 * which they were drawn. Like the raster, it does not depend on position, size or density of the points.
 */
import type { Ink, Stroke } from './ink.ts';
import { inkLength, measureInk, SMALLEST_SIDE } from './ink.ts';

export const TRACE_POINTS = 96;
/**
 * 0, 1: x, y, where the longer side of the ink is -1..1 · 2, 3: direction towards the stroke's next point as cosine and sine, 0 if it
 * has one point only · 4: 1 at the first point of a stroke · 5: place in the stroke · 6: age. The last two rise from 0 to 1.
 */
export const TRACE_FEATURES = 7;
export const TRACE_SIZE = TRACE_POINTS * TRACE_FEATURES;

/** Up to this many strokes, each has a first point, however short it is. */
const MOST_FIRST = 72;

/** Writes the trace of `ink` into `out` from `offset`: TRACE_POINTS rows of TRACE_FEATURES. All are 0 for blank ink. */
export function trace(ink: Pick<Ink, 'strokes'>, out: Float32Array, offset = 0): void {
  out.fill(0, offset, offset + TRACE_SIZE);
  const strokes = ink.strokes.filter((stroke) => stroke.length > 0);
  if (strokes.length === 0) return;
  const { length: drawn, side, box } = measureInk({ strokes });
  const half = Math.max(side, SMALLEST_SIDE) / 2;
  const [centerX, centerY] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  // Each stroke begins with a rest as long as the distance between points: with up to MOST_FIRST strokes exactly one falls into it.
  const rest = drawn > 0 ? drawn / (TRACE_POINTS - Math.min(strokes.length, MOST_FIRST)) : 1;
  const step = (drawn + strokes.length * rest) / TRACE_POINTS;

  let n = 0;
  /** Where the stroke begins, on a line of all strokes and rests. */
  let start = 0;
  for (const stroke of strokes) {
    const length = inkLength({ strokes: [stroke] });
    const first = n;
    const walk = walker(stroke);
    // A point between two strokes is the next one's, whatever the last bits say.
    const end = start + rest + length - step * 1e-9;
    for (let at = (n + 0.5) * step; n < TRACE_POINTS && at < end; at = (++n + 0.5) * step) {
      const along = Math.max(0, at - start - rest);
      const [x, y] = walk(along);
      const to = offset + n * TRACE_FEATURES;
      out[to] = (x - centerX) / half;
      out[to + 1] = (y - centerY) / half;
      out[to + 4] = n === first ? 1 : 0;
      out[to + 5] = length > 0 ? along / length : 0;
      out[to + 6] = n / (TRACE_POINTS - 1);
    }
    direct(out, offset, first, n);
    start += rest + length;
  }
}

/** Returns the point at a distance along the stroke; asked for rising distances. */
function walker(stroke: Stroke): (along: number) => [x: number, y: number] {
  let i = 2;
  let passed = 0;
  return (along) => {
    for (; i < stroke.length; i += 2) {
      const [dx, dy] = [stroke[i]! - stroke[i - 2]!, stroke[i + 1]! - stroke[i - 1]!];
      const step = Math.hypot(dx, dy);
      if (passed + step > along)
        return [stroke[i - 2]! + (dx * (along - passed)) / step, stroke[i - 1]! + (dy * (along - passed)) / step];
      passed += step;
    }
    return [stroke.at(-2)!, stroke.at(-1)!];
  };
}

/** Directions of the points `from`..`to` of one stroke: each towards the next, the last one like the one before. */
function direct(out: Float32Array, offset: number, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    const at = offset + n * TRACE_FEATURES;
    if (n + 1 < to) {
      const dx = out[at + TRACE_FEATURES]! - out[at]!;
      const dy = out[at + TRACE_FEATURES + 1]! - out[at + 1]!;
      const length = Math.hypot(dx, dy);
      if (length > 0) [out[at + 2], out[at + 3]] = [dx / length, dy / length];
    } else if (n > from) [out[at + 2], out[at + 3]] = [out[at + 2 - TRACE_FEATURES]!, out[at + 3 - TRACE_FEATURES]!];
  }
}
