/**
 * Draws simplified drawings as Google did for Quick, Draw!'s `numpy_bitmap/`: 28 pixels for a box of 256 with a padding of 16, a line
 * 16 wide with round ends, white on black. Google used cairo. This computes the same shapes: cairo's pen has twelve corners at this
 * size, and each pixel has 15 rows.
 */
import type { Lists } from '../../shared/simplify.ts';

export const SIDE = 28;
export const BITMAP_SIZE = SIDE * SIDE;

const BOX = 256;
const LINE = 16;
const PADDING = 16;
const SCALE = SIDE / (BOX + 2 * PADDING + LINE);
const RADIUS = (LINE / 2) * SCALE;
const ROWS = 15;
const CORNERS = 12;

/** The pen's corners around its middle: x, y, x, y, … */
const PEN = Float64Array.from({ length: 2 * CORNERS }, (_, i) => {
  const angle = (2 * Math.PI * (i >> 1)) / CORNERS;
  return RADIUS * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
});

/** The pen's corners around the current point. Reused, to save an allocation per point. */
const penCorners = new Float64Array(2 * CORNERS);

/** Where the shapes of a stroke cross each row: pairs of left and right ends. Kept for the next stroke: most rows are empty. */
const rows: number[][] = Array.from({ length: SIDE * ROWS }, () => []);

/** 0 for paper to 255 for ink, row by row. `drawing` lies at the top left of a box of 256, and is moved to its middle. */
export function bitmapOf(drawing: readonly Lists[]): Uint8Array {
  const bitmap = new Uint8Array(BITMAP_SIZE);
  let right = 0;
  let bottom = 0;
  for (const [xs, ys] of drawing) {
    for (const x of xs!) right = Math.max(right, x);
    for (const y of ys!) bottom = Math.max(bottom, y);
  }
  const left = (BOX - right) / 2 + PADDING + LINE / 2;
  const top = (BOX - bottom) / 2 + PADDING + LINE / 2;
  for (const [xs, ys] of drawing) {
    let fromX = 0;
    let fromY = 0;
    for (let i = 0; i < xs!.length; i++) {
      const x = (xs![i]! + left) * SCALE;
      const y = (ys![i]! + top) * SCALE;
      for (let j = 0; j < penCorners.length; j += 2) {
        penCorners[j] = PEN[j]! + x;
        penCorners[j + 1] = PEN[j + 1]! + y;
      }
      cover(penCorners);
      if (i > 0) coverLine(fromX, fromY, x, y);
      fromX = x;
      fromY = y;
    }
    paint(bitmap);
  }
  return bitmap;
}

function coverLine(ax: number, ay: number, bx: number, by: number): void {
  const length = Math.sqrt((bx - ax) ** 2 + (by - ay) ** 2);
  if (length === 0) return;
  const dx = ((ay - by) / length) * RADIUS;
  const dy = ((bx - ax) / length) * RADIUS;
  cover([ax + dx, ay + dy, bx + dx, by + dy, bx - dx, by - dy, ax - dx, ay - dy]);
}

const starts = new Float64Array(SIDE * ROWS);
const ends = new Float64Array(SIDE * ROWS);

/** Adds a convex shape: its corners as x, y, x, y, … */
function cover(corners: ArrayLike<number>): void {
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 1; i < corners.length; i += 2) {
    top = Math.min(top, corners[i]!);
    bottom = Math.max(bottom, corners[i]!);
  }
  const first = rowBelow(top);
  const end = rowBelow(bottom);
  starts.fill(Infinity, first, end);
  ends.fill(-Infinity, first, end);
  for (let i = 0; i < corners.length; i += 2) {
    const next = (i + 2) % corners.length;
    const [upper, lower] = corners[i + 1]! < corners[next + 1]! ? [i, next] : [next, i];
    const x = corners[upper]!;
    const y = corners[upper + 1]!;
    const slope = (corners[lower]! - x) / (corners[lower + 1]! - y);
    const to = rowBelow(corners[lower + 1]!);
    for (let row = rowBelow(y); row < to; row++) {
      const at = x + slope * ((row + 0.5) / ROWS - y);
      if (at < starts[row]!) starts[row] = at;
      if (at > ends[row]!) ends[row] = at;
    }
  }
  for (let row = first; row < end; row++) {
    const spans = rows[row]!;
    const last = spans.length - 2;
    // A shape nearly always meets the one before.
    if (last >= 0 && starts[row]! <= spans[last + 1]! && ends[row]! >= spans[last]!) {
      spans[last] = Math.min(spans[last]!, starts[row]!);
      spans[last + 1] = Math.max(spans[last + 1]!, ends[row]!);
    } else spans.push(starts[row]!, ends[row]!);
  }
}

/** The first row whose middle is at `y` or below. */
const rowBelow = (y: number): number => Math.min(SIDE * ROWS, Math.max(0, Math.ceil(y * ROWS - 0.5)));

/** Paints one stroke over the others, and empties its rows: where it crosses itself it is not thicker. */
function paint(bitmap: Uint8Array): void {
  const shares = new Float64Array(SIDE);
  for (let y = 0; y < SIDE; y++) {
    shares.fill(0);
    let blank = true;
    for (let row = y * ROWS; row < (y + 1) * ROWS; row++) {
      const spans = rows[row]!;
      if (spans.length === 0) continue;
      blank = false;
      // Nearly all rows have one span.
      if (spans.length === 2) add(shares, spans[0]!, spans[1]!);
      else for (const [from, to] of union(spans)) add(shares, from, to);
      spans.length = 0;
    }
    if (blank) continue;
    for (let x = 0; x < SIDE; x++) {
      const alpha = Math.round((shares[x]! / ROWS) * 255);
      const at = y * SIDE + x;
      if (alpha > 0) bitmap[at] = alpha + Math.round((bitmap[at]! * (255 - alpha)) / 255);
    }
  }
}

function union(ends: readonly number[]): [number, number][] {
  const spans = Array.from({ length: ends.length / 2 }, (_, i): [number, number] => [ends[2 * i]!, ends[2 * i + 1]!]);
  spans.sort(([a], [b]) => a - b);
  const merged = [spans[0]!];
  for (const span of spans) {
    const last = merged.at(-1)!;
    if (span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
    else merged.push(span);
  }
  return merged;
}

function add(shares: Float64Array, from: number, to: number): void {
  const start = Math.max(0, from);
  const end = Math.min(SIDE, to);
  for (let x = Math.floor(start); x < end; x++) shares[x]! += Math.min(x + 1, end) - Math.max(x, start);
}
