/** Drawings as walls show them: as in Google's `simplified/`. */
import type { Ink } from '../../shared/ink.ts';
import { STEPS } from '../../shared/ink.ts';
import { simplify } from '../../shared/simplify.ts';

export type Strokes = [xs: number[], ys: number[]][];

const SIDE = 255;

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
  return isRaw || !strokes.every((lists) => lists.every((list) => list.every(isSmall)))
    ? (simplify(strokes) as Strokes)
    : strokes;
}

const isSmall = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= SIDE;

const isStroke = (stroke: unknown): stroke is number[][] =>
  Array.isArray(stroke) &&
  (stroke.length === 2 || stroke.length === 3) &&
  stroke.every(
    (list) => Array.isArray(list) && list.length > 0 && list.length === stroke[0].length && list.every(Number.isFinite),
  );

export const inkOf = (strokes: Strokes): Pick<Ink, 'strokes'> => ({
  strokes: strokes.map(([xs, ys]) => xs.flatMap((x, i) => [x * STEPS, ys[i]! * STEPS])),
});
