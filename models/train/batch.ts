/** Drawings as the trainer reads them. */
import { RASTER_SIZE, rasterize } from '../../shared/raster.ts';
import { TRACE_SIZE, trace } from '../../shared/trace.ts';
import type { Labelled } from './epoch.ts';

/**
 * One after the other, each for all drawings: traces (32-bit floats), labels (16 bits), soft labels (a byte for each word, all 0 if
 * there is none), rasters (bytes). Numbers are little-endian, as on every machine that PyTorch runs on.
 */
export function packBatch(drawings: readonly Labelled[], words: number): Uint8Array<ArrayBuffer> {
  const { length } = drawings;
  const bytes = new Uint8Array(length * bytesOf(words));
  const traces = new Float32Array(bytes.buffer, 0, length * TRACE_SIZE);
  const labels = new Uint16Array(bytes.buffer, traces.byteLength, length);
  const softs = traces.byteLength + labels.byteLength;
  drawings.forEach(({ ink, label, soft }, i) => {
    trace(ink, traces, i * TRACE_SIZE);
    labels[i] = label;
    if (soft) bytes.set(soft, softs + i * words);
    rasterize(ink, bytes, softs + length * words + i * RASTER_SIZE);
  });
  return bytes;
}

/** What one drawing takes. */
export const bytesOf = (words: number): number => 4 * TRACE_SIZE + 2 + words + RASTER_SIZE;
