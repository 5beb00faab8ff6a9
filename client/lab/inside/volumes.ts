/** Layers, and what they learned, as pictures. */
import { type Kernels, kernelOf } from '../../../shared/lab/kernels.ts';
import type { Volume } from '../../../shared/lab/sums.ts';
import type { Tiles } from './tiles.ts';

const largest = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};

/** The maps of a layer, all with the same black. */
export function tilesOf({ shape: [, wide, maps], values }: Volume): Tiles {
  const at = (map: number, x: number, y: number) => values[(y * wide + x) * maps + map]!;
  return { count: maps, side: wide, at, most: largest(values) };
}

/** The same with the weak ones darker: of hundreds of maps, few are as strong as the strongest. */
export const paleTilesOf = (volume: Volume): Tiles => {
  const { at, most, ...rest } = tilesOf(volume);
  return { ...rest, most: 1, at: (map, x, y) => Math.sqrt(Math.max(0, at(map, x, y)) / (most || 1)) };
};

/** One of them alone. */
export const tileOf = (volume: Volume, map: number): Tiles => {
  const { at, ...rest } = tilesOf(volume);
  return { ...rest, count: 1, at: (_, x, y) => at(map, x, y) };
};

/** A tile for each filter; if it has a kernel for each of several maps, as a square of them. */
export function kernelTiles(kernels: Kernels): Tiles {
  const { size, inputs, outputs, weights } = kernels;
  const across = Math.ceil(Math.sqrt(inputs));
  const pitch = size + (inputs > 1 ? 1 : 0);
  const at = (filter: number, x: number, y: number) => {
    const input = Math.floor(y / pitch) * across + Math.floor(x / pitch);
    const [column, row] = [x % pitch, y % pitch];
    if (input >= inputs || column >= size || row >= size) return Number.NaN;
    return weights[((row * size + column) * inputs + input) * outputs + filter]!;
  };
  return { count: outputs, side: across * pitch - (pitch - size), at, most: largest(weights) };
}

/** One kernel alone, with the same black as all of its layer. */
export function kernelTile(kernels: Kernels, input: number, filter: number): Tiles {
  const values = kernelOf(kernels, input, filter);
  return {
    count: 1,
    side: kernels.size,
    at: (_, x, y) => values[y * kernels.size + x]!,
    most: largest(kernels.weights),
  };
}
