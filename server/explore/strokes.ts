/** Drawings as walls show them: on 0..255, from the top left corner, with no more points than their lines need. */
import type { Ink } from '../../shared/ink.ts';
import { STEPS } from '../../shared/ink.ts';

export type Strokes = [xs: number[], ys: number[]][];

const SIDE = 255;
/** How far a point may lie from the line that leaves it out. Google's simplified drawings have the same. */
const EPSILON = 2;

/** Of a `drawing` as JSON, in either of Google's formats. Undefined if it is none. */
export function readStrokes(json: string): Strokes | undefined {
  let drawing: unknown;
  try {
    drawing = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(drawing) || drawing.length === 0 || !drawing.every(isStroke)) return undefined;
  const strokes = drawing.map(([xs, ys]) => [xs, ys]) as Strokes;
  const isRaw = drawing.some((stroke) => stroke.length === 3);
  return isRaw || !strokes.every((lists) => lists.every((list) => list.every(isSmall))) ? simplified(strokes) : strokes;
}

const isSmall = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= SIDE;

const isStroke = (stroke: unknown): stroke is number[][] =>
  Array.isArray(stroke) &&
  (stroke.length === 2 || stroke.length === 3) &&
  stroke.every(
    (list) => Array.isArray(list) && list.length > 0 && list.length === stroke[0].length && list.every(Number.isFinite),
  );

function simplified(strokes: Strokes): Strokes {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [xs, ys] of strokes)
    for (let i = 0; i < xs.length; i++) {
      left = Math.min(left, xs[i]!);
      right = Math.max(right, xs[i]!);
      top = Math.min(top, ys[i]!);
      bottom = Math.max(bottom, ys[i]!);
    }
  const scale = SIDE / Math.max(right - left, bottom - top, 1e-9);
  return strokes.map(([xs, ys]) =>
    thinned(
      xs.map((x) => (x - left) * scale),
      ys.map((y) => (y - top) * scale),
    ),
  );
}

/** Ramer, Douglas and Peucker's way, without recursion: a stroke may have thousands of points. */
function thinned(xs: number[], ys: number[]): [xs: number[], ys: number[]] {
  const stays = new Uint8Array(xs.length);
  stays[0] = stays[xs.length - 1] = 1;
  const parts = [[0, xs.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part as [number, number];
    const [dx, dy] = [xs[to]! - xs[from]!, ys[to]! - ys[from]!];
    const length = Math.hypot(dx, dy);
    let [far, distance] = [0, EPSILON];
    for (let i = from + 1; i < to; i++) {
      const [x, y] = [xs[i]! - xs[from]!, ys[i]! - ys[from]!];
      const off = length > 0 ? Math.abs(x * dy - y * dx) / length : Math.hypot(x, y);
      if (off > distance) [far, distance] = [i, off];
    }
    if (far === 0) continue;
    stays[far] = 1;
    parts.push([from, far], [far, to]);
  }
  const kept = [...xs.keys()].filter((i) => stays[i]);
  return [kept.map((i) => Math.round(xs[i]!)), kept.map((i) => Math.round(ys[i]!))];
}

export const inkOf = (strokes: Strokes): Pick<Ink, 'strokes'> => ({
  strokes: strokes.map(([xs, ys]) => xs.flatMap((x, i) => [x * STEPS, ys[i]! * STEPS])),
});
