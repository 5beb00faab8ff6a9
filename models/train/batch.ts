/** Drawings as the trainer reads them. */
import type { Ink } from '../../shared/ink.ts';
import { STEPS } from '../../shared/ink.ts';
import { RASTER_SIZE, rasterize } from '../../shared/raster.ts';
import { TRACE_SIZE, trace } from '../../shared/trace.ts';
import { BITMAP_SIZE, bitmapOf } from '../export/bitmap.ts';
import type { Labelled } from './epoch.ts';

/** With less of its ink, a drawing has no bitmap: networks that know whole drawings only are not asked about it. */
export const NEARLY_WHOLE = 0.7;

/**
 * One after the other, each for all drawings: traces (32-bit floats), labels (16 bits), soft labels (a byte for each word, all 0 if
 * there is none), shares of the ink (a byte, 255 for all of it), Google's bitmaps (bytes, blank with less than NEARLY_WHOLE of the ink),
 * rasters (bytes). Numbers are little-endian, as on every machine that PyTorch runs on.
 */
export function packBatch(drawings: readonly Labelled[], words: number): Uint8Array<ArrayBuffer> {
  const { length } = drawings;
  const bytes = new Uint8Array(length * bytesOf(words));
  const traces = new Float32Array(bytes.buffer, 0, length * TRACE_SIZE);
  const labels = new Uint16Array(bytes.buffer, traces.byteLength, length);
  const softs = traces.byteLength + labels.byteLength;
  const shares = softs + length * words;
  const bitmaps = shares + length;
  const rasters = bitmaps + length * BITMAP_SIZE;
  drawings.forEach(({ ink, label, soft, share = 1 }, i) => {
    trace(ink, traces, i * TRACE_SIZE);
    labels[i] = label;
    if (soft) bytes.set(soft, softs + i * words);
    bytes[shares + i] = Math.round(255 * share);
    if (share >= NEARLY_WHOLE) bytes.set(bitmapOf(listsOf(ink)), bitmaps + i * BITMAP_SIZE);
    rasterize(ink, bytes, rasters + i * RASTER_SIZE);
  });
  return bytes;
}

/** What one drawing occupies. */
export const bytesOf = (words: number): number => 4 * TRACE_SIZE + 2 + words + 1 + BITMAP_SIZE + RASTER_SIZE;

/** Google's format, in its units. */
const listsOf = (ink: Ink): number[][][] =>
  ink.strokes.map((stroke) => {
    const at = (odd: number) => stroke.filter((_, i) => i % 2 === odd).map((value) => value / STEPS);
    return [at(0), at(1)];
  });
