/** A drawing as the lab's networks see it: 28 x 28 grey pixels, the ink in the middle, as in Google's own 28 x 28 bitmaps. */
import { measureInk, type Stroke, SMALLEST_SIDE } from '../ink.ts';

export const PICTURE_SIDE = 28;
export const PICTURE_SIZE = PICTURE_SIDE * PICTURE_SIDE;

/** The longer side of the ink. pixels */
const FIT = 24;
/** Half the width of the line, which has a soft edge of one pixel. pixels */
const HALF_WIDTH = 0.6;
const REACH = HALF_WIDTH + 0.5;

/** Where the ink lies on the picture: pixel = board step * scale + offset. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
}

export function placementOf(strokes: readonly Stroke[]): Placement {
  const { box } = measureInk({ strokes: strokes as Stroke[] });
  const [minX, minY, maxX, maxY] = box;
  const scale = FIT / Math.max(maxX - minX, maxY - minY, SMALLEST_SIDE);
  return {
    scale,
    left: PICTURE_SIDE / 2 - ((minX + maxX) / 2) * scale,
    top: PICTURE_SIDE / 2 - ((minY + maxY) / 2) * scale,
  };
}

/** Draws the strokes into `out` from `offset`: PICTURE_SIZE floats, row-major, 0 for paper and 1 for ink. No ink gives a blank picture. */
export function drawPicture(strokes: readonly Stroke[], out: Float32Array, offset = 0): void {
  out.fill(0, offset, offset + PICTURE_SIZE);
  if (strokes.length === 0) return;
  const { scale, left, top } = placementOf(strokes);
  for (const stroke of strokes) {
    // A dot is a line without length.
    for (let i = stroke.length === 2 ? 0 : 2; i < stroke.length; i += 2) {
      const j = Math.max(0, i - 2);
      line(
        out,
        offset,
        stroke[j]! * scale + left,
        stroke[j + 1]! * scale + top,
        stroke[i]! * scale + left,
        stroke[i + 1]! * scale + top,
      );
    }
  }
}

/** A pixel keeps its strongest ink. */
function line(out: Float32Array, offset: number, x0: number, y0: number, x1: number, y1: number): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const square = dx * dx + dy * dy;
  const [fromX, toX] = pixelsNear(x0, x1);
  const [fromY, toY] = pixelsNear(y0, y1);
  for (let y = fromY; y <= toY; y++) {
    for (let x = fromX; x <= toX; x++) {
      const px = x + 0.5 - x0;
      const py = y + 0.5 - y0;
      const along = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
      const cover = REACH - Math.hypot(px - along * dx, py - along * dy);
      const at = offset + y * PICTURE_SIDE + x;
      if (cover > out[at]!) out[at] = Math.min(1, cover);
    }
  }
}

const pixelsNear = (a: number, b: number): [number, number] => [
  Math.max(0, Math.ceil(Math.min(a, b) - REACH - 0.5)),
  Math.min(PICTURE_SIDE - 1, Math.floor(Math.max(a, b) + REACH - 0.5)),
];

/** A new picture. */
export function pictureOf(strokes: readonly Stroke[]): Float32Array {
  const picture = new Float32Array(PICTURE_SIZE);
  drawPicture(strokes, picture);
  return picture;
}
