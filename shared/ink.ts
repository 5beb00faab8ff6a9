/**
 * Ink: all strokes of one drawing, and the three things that can happen to it. The drawer, the server, every viewer and
 * training run the same functions, so all copies agree.
 */

/** Steps of the board's grid for one unit of Quick, Draw!'s 0..255 square: fine enough for a smooth line on a large screen. */
export const STEPS = 8;

/** The board is the integer square 0..BOARD in both directions, y pointing down. */
export const BOARD = 255 * STEPS;

/** Pictures of a drawing show the box around it at full size; a box smaller than this stays small, so a dot stays a dot. Board steps */
export const SMALLEST_SIDE = 24 * STEPS;

/** x0, y0, x1, y1, … in board steps. Flat, since a drawing has hundreds of points and they travel as they are. */
export type Stroke = number[];

export interface Ink {
  /** Counts undo and clear. A chunk for an older state of the drawing no longer fits. */
  rev: number;
  strokes: Stroke[];
}

/** The new points of one stroke, and the position they go to. */
export interface Chunk {
  rev: number;
  /** Index of the stroke: the last one, or one past it to begin a new stroke. */
  stroke: number;
  /** How many points the whole drawing already has. So a lost chunk is always noticed, even at the end of the previous stroke. */
  from: number;
  /** x, y, x, y, … */
  points: number[];
}

export const emptyInk = (): Ink => ({ rev: 0, strokes: [] });

export const pointsIn = (stroke: Stroke): number => stroke.length / 2;

/** Points in the whole drawing. */
export const inkSize = (ink: Ink): number => ink.strokes.reduce((sum, stroke) => sum + stroke.length, 0) / 2;

export const copyInk = (ink: Ink): Ink => ({ rev: ink.rev, strokes: ink.strokes.map((stroke) => stroke.slice()) });

/** Appends in place. Returns false and changes nothing if the chunk does not fit at the end of this ink. */
export function append(ink: Ink, chunk: Chunk): boolean {
  if (chunk.rev !== ink.rev || chunk.from !== inkSize(ink)) return false;
  const { strokes } = ink;
  if (chunk.stroke === strokes.length) strokes.push(chunk.points.slice());
  else if (chunk.stroke === strokes.length - 1) for (const value of chunk.points) strokes[chunk.stroke]!.push(value);
  else return false;
  return true;
}

/** Removes the last stroke. */
export function undo(ink: Ink): void {
  ink.strokes.pop();
  ink.rev++;
}

export function clear(ink: Ink): void {
  ink.strokes = [];
  ink.rev++;
}

/** Length of all strokes in board steps. Gaps between strokes do not count. Stops adding once `enough` is reached. */
export function inkLength(ink: Pick<Ink, 'strokes'>, enough = Infinity): number {
  let length = 0;
  for (const s of ink.strokes)
    for (let i = 2; i < s.length && length < enough; i += 2)
      length += Math.hypot(s[i]! - s[i - 2]!, s[i + 1]! - s[i - 1]!);
  return length;
}

/** What a drawing costs whoever handles it: its points, and its line, which is longer on a larger picture of it. */
export interface InkMeasure {
  points: number;
  /** Length of all strokes in board steps, as in `inkLength`. */
  length: number;
  /** The longer side of the box around all points. Board steps */
  side: number;
  /** minX, minY, maxX, maxY */
  box: readonly [number, number, number, number];
}

const NOTHING: InkMeasure = { points: 0, length: 0, side: 0, box: [Infinity, Infinity, -Infinity, -Infinity] };

/** The measure with a line added, which goes on behind `before`, the end of a stroke, if there is one. */
function extend({ points, length, box }: InkMeasure, line: Stroke, before: Stroke = []): InkMeasure {
  let [minX, minY, maxX, maxY] = box;
  let lastX = before.at(-2);
  let lastY = before.at(-1);
  for (let i = 0; i < line.length; i += 2) {
    const x = line[i]!;
    const y = line[i + 1]!;
    if (x < minX) minX = x;
    if (y < minY) minY = y;
    if (x > maxX) maxX = x;
    if (y > maxY) maxY = y;
    if (lastX !== undefined) length += Math.hypot(x - lastX, y - lastY!);
    lastX = x;
    lastY = y;
  }
  return {
    points: points + pointsIn(line),
    length,
    side: Math.max(0, maxX - minX, maxY - minY),
    box: [minX, minY, maxX, maxY],
  };
}

export const measureInk = ({ strokes }: Pick<Ink, 'strokes'>): InkMeasure =>
  strokes.reduce((measure, stroke) => extend(measure, stroke), NOTHING);

/** The measure of the ink with the chunk appended, at the cost of the chunk. */
export function measureWith(measure: InkMeasure, { strokes }: Pick<Ink, 'strokes'>, chunk: Chunk): InkMeasure {
  return extend(measure, chunk.points, strokes[chunk.stroke]);
}

/** The ink as it was when `share` (0..1) of its path length was drawn. The last point is interpolated and may be fractional. */
export function prefix(ink: Ink, share: number): Ink {
  let left = inkLength(ink) * share;
  const strokes: Stroke[] = [];
  for (const s of ink.strokes) {
    const kept: Stroke = s.slice(0, 2);
    strokes.push(kept);
    for (let i = 2; i < s.length; i += 2) {
      const dx = s[i]! - s[i - 2]!;
      const dy = s[i + 1]! - s[i - 1]!;
      const step = Math.hypot(dx, dy);
      if (step > left) {
        if (left > 0) kept.push(s[i - 2]! + (dx * left) / step, s[i - 1]! + (dy * left) / step);
        return { rev: ink.rev, strokes };
      }
      left -= step;
      kept.push(s[i]!, s[i + 1]!);
    }
    if (left <= 0 && share < 1) break;
  }
  return { rev: ink.rev, strokes };
}
