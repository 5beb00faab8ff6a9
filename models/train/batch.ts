/** Drawings as the trainer reads them. */
import type { Ink } from '../../shared/ink.ts';
import { measureInk, SMALLEST_SIDE } from '../../shared/ink.ts';
import { RASTER_SIZE, rasterize } from '../../shared/raster.ts';
import { TRACE_SIZE, trace } from '../../shared/trace.ts';
import { BITMAP_SIZE, bitmapOf } from '../export/bitmap.ts';
import type { Labelled } from './epoch.ts';

/** Public networks were trained on whole drawings. With this share of the ink or less, they have no weight. */
const NO_PUBLIC_WEIGHT = 0.6;

/**
 * One after the other, each for all drawings: traces (32-bit floats), labels (16 bits), soft labels (a byte for each word, all 0 if
 * there is none), weights of public networks (a byte, 255 for a whole drawing), bitmaps for these (bytes, blank without a weight),
 * rasters (bytes). Numbers are little-endian, as on every machine that PyTorch runs on. All weights are 0 unless `isPublic`: the
 * bitmaps take as long as everything else.
 */
export function packBatch(drawings: readonly Labelled[], words: number, isPublic = false): Uint8Array<ArrayBuffer> {
  const { length } = drawings;
  const bytes = new Uint8Array(length * bytesOf(words));
  const traces = new Float32Array(bytes.buffer, 0, length * TRACE_SIZE);
  const labels = new Uint16Array(bytes.buffer, traces.byteLength, length);
  const softs = traces.byteLength + labels.byteLength;
  const weights = softs + length * words;
  const bitmaps = weights + length;
  const rasters = bitmaps + length * BITMAP_SIZE;
  drawings.forEach(({ ink, label, soft, share = 1 }, i) => {
    trace(ink, traces, i * TRACE_SIZE);
    labels[i] = label;
    if (soft) bytes.set(soft, softs + i * words);
    const weight = (share - NO_PUBLIC_WEIGHT) / (1 - NO_PUBLIC_WEIGHT);
    if (isPublic && weight > 0) {
      bytes[weights + i] = Math.round(255 * weight);
      bytes.set(bitmapOf(framed(ink)), bitmaps + i * BITMAP_SIZE);
    }
    rasterize(ink, bytes, rasters + i * RASTER_SIZE);
  });
  return bytes;
}

/** What one drawing occupies. */
export const bytesOf = (words: number): number => 4 * TRACE_SIZE + 2 + words + 1 + BITMAP_SIZE + RASTER_SIZE;

/** Google's format: every drawing starts at the top left corner, and its longer side fills the board. One that was cut off does not. */
function framed(ink: Ink): number[][][] {
  const { side, box } = measureInk(ink);
  const scale = 255 / Math.max(side, SMALLEST_SIDE);
  return ink.strokes.map((stroke) =>
    [0, 1].map((axis) => stroke.filter((_, i) => i % 2 === axis).map((at) => (at - box[axis]!) * scale)),
  );
}
