/**
 * The small picture that the model sees. It depends on the shape and the order of the ink, but not on the position, the size or
 * the density of its points. So live ink and the simplified drawings of the data set look alike.
 */
import type { Ink } from './ink.ts';
import { SMALLEST_SIDE } from './ink.ts';

export const SIDE = 64;
/**
 * 0: ink (coverage of the line) · 1: age (position in the drawing's length, 1 for the newest point) · 2: position in the
 * stroke (0.25 at pen down, 1 at pen up). All are 0 on blank paper.
 */
export const CHANNELS = 3;
export const RASTER_SIZE = SIDE * SIDE * CHANNELS;

/** The longer side of the ink. pixels */
const FIT = 58;
/** Half the width of the line, which has a soft edge of one pixel. pixels */
const HALF_WIDTH = 0.75;

/** Bytes, or the same numbers as floats. */
type Pixels = Uint8Array | Uint8ClampedArray | Float32Array;

/**
 * Draws `ink` into `out` from `offset`: SIDE x SIDE pixels of CHANNELS bytes (row-major, channels last), 0..255.
 * Blank ink gives a blank raster.
 */
export function rasterize(ink: Pick<Ink, 'strokes'>, out: Pixels, offset = 0): void {
  out.fill(0, offset, offset + RASTER_SIZE);
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  let total = 0;
  for (const s of ink.strokes) {
    for (let i = 0; i < s.length; i += 2) {
      const x = s[i]!;
      const y = s[i + 1]!;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
      if (i > 0) total += Math.hypot(x - s[i - 2]!, y - s[i - 1]!);
    }
  }
  if (minX > maxX) return;
  const scale = FIT / Math.max(maxX - minX, maxY - minY, SMALLEST_SIDE);
  const left = SIDE / 2 - ((minX + maxX) / 2) * scale;
  const top = SIDE / 2 - ((minY + maxY) / 2) * scale;

  let drawn = 0;
  for (const s of ink.strokes) {
    let strokeLength = 0;
    for (let i = 2; i < s.length; i += 2) strokeLength += Math.hypot(s[i]! - s[i - 2]!, s[i + 1]! - s[i - 1]!);
    let along = 0;
    for (let i = s.length === 2 ? 0 : 2; i < s.length; i += 2) {
      const j = Math.max(0, i - 2);
      const step = Math.hypot(s[i]! - s[j]!, s[i + 1]! - s[j + 1]!);
      line(
        out,
        offset,
        s[j]! * scale + left,
        s[j + 1]! * scale + top,
        s[i]! * scale + left,
        s[i + 1]! * scale + top,
        shade(drawn, total),
        shade(drawn + step, total),
        shade(along, strokeLength),
        shade(along + step, strokeLength),
      );
      along += step;
      drawn += step;
    }
  }
}

/** The oldest ink still differs from paper. Ink without length (dots) counts as new. */
const shade = (part: number, whole: number): number => (whole > 0 ? 0.25 + (0.75 * part) / whole : 1);

/**
 * Draws one segment, in pixels. Age and place change evenly from start to end. A pixel keeps its strongest ink; at a
 * crossing, the newer line wins if it covers the pixel equally well.
 */
function line(
  out: Pixels,
  offset: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  age0: number,
  age1: number,
  place0: number,
  place1: number,
): void {
  const reach = HALF_WIDTH + 0.5;
  const dx = x1 - x0;
  const dy = y1 - y0;
  const square = dx * dx + dy * dy;
  const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach - 0.5));
  for (let py = Math.max(0, Math.ceil(Math.min(y0, y1) - reach - 0.5)); py <= bottom; py++) {
    const cy = py + 0.5;
    // Visit only the part of the row that the segment can touch. A long diagonal would otherwise visit a whole square.
    let from = Math.min(x0, x1);
    let to = Math.max(x0, x1);
    if (dy !== 0) {
      const slope = dx / dy;
      const a = x0 + (cy - reach - y0) * slope;
      const b = x0 + (cy + reach - y0) * slope;
      from = Math.max(from, Math.min(a, b));
      to = Math.min(to, Math.max(a, b));
    }
    const end = Math.min(SIDE - 1, Math.floor(to + reach - 0.5));
    for (let px = Math.max(0, Math.ceil(from - reach - 0.5)); px <= end; px++) {
      const cx = px + 0.5;
      let t = square > 0 ? ((cx - x0) * dx + (cy - y0) * dy) / square : 0;
      t = Math.max(0, Math.min(1, t));
      const ex = cx - x0 - t * dx;
      const ey = cy - y0 - t * dy;
      const cover = reach - Math.sqrt(ex * ex + ey * ey);
      if (cover <= 0) continue;
      const ink = cover >= 1 ? 255 : Math.round(cover * 255);
      const at = offset + (py * SIDE + px) * CHANNELS;
      if (ink < out[at]!) continue;
      out[at] = ink;
      out[at + 1] = Math.round(ink * (age0 + (age1 - age0) * t));
      out[at + 2] = Math.round(ink * (place0 + (place1 - place0) * t));
    }
  }
}
