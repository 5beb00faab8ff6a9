/** What the model is given: pictures and lines of drawings. The server, the browser, training and tests all make it here. */
import type { Ink } from './ink.ts';
import { CHANNELS, RASTER_SIZE, rasterize, SIDE } from './raster.ts';
import { TRACE_FEATURES, TRACE_POINTS, TRACE_SIZE, trace } from './trace.ts';

export interface Input {
  count: number;
  /** Raster bytes as floats, for one drawing after the other. */
  rasters: Float32Array;
  traces: Float32Array;
}

/** The shapes of the model's inputs, by name. */
export const shapesOf = (count: number): { ink: Shape; trace: Shape } => ({
  ink: [count, SIDE, SIDE, CHANNELS],
  trace: [count, 1, TRACE_POINTS, TRACE_FEATURES],
});

export type Shape = [number, number, number, number];

export const blankInput = (count: number): Input => ({
  count,
  rasters: new Float32Array(count * RASTER_SIZE),
  traces: new Float32Array(count * TRACE_SIZE),
});

export function inputOf(inks: readonly Pick<Ink, 'strokes'>[]): Input {
  const input = blankInput(inks.length);
  inks.forEach((ink, i) => {
    rasterize(ink, input.rasters, i * RASTER_SIZE);
    trace(ink, input.traces, i * TRACE_SIZE);
  });
  return input;
}
