/** How one number of a layer comes about: the same sums as TensorFlow.js does, for one place. */
import { type Kernels, kernelOf } from './kernels.ts';

/** What a layer gets or hands on. */
export interface Volume {
  /** Height, width, number of maps; of a dense layer 1, 1 and its neurons. */
  shape: readonly [number, number, number];
  /** Row by row; the maps of a pixel follow each other. */
  values: ArrayLike<number>;
}

/** A square of one map, row by row, whose first number is at x, y. Outside of the map are zeros. */
export function patchOf({ shape, values }: Volume, map: number, x: number, y: number, side: number): number[] {
  const [high, wide, maps] = shape;
  return Array.from({ length: side * side }, (_, i) => {
    const column = x + (i % side);
    const row = y + Math.floor(i / side);
    const isOutside = column < 0 || row < 0 || column >= wide || row >= high;
    return isOutside ? 0 : values[(row * wide + column) * maps + map]!;
  });
}

export interface Sum {
  /** What each input map adds. */
  parts: number[];
  bias: number;
  /** Of the parts and the bias. */
  total: number;
}

/** Of a convolution: the kernel of `output` lies with its middle at x, y. Below 0, the map has 0. */
export function convolve(kernels: Kernels, input: Volume, output: number, x: number, y: number): Sum {
  const { size, inputs, bias } = kernels;
  const reach = (size - 1) / 2;
  const parts = Array.from({ length: inputs }, (_, map) => {
    const patch = patchOf(input, map, x - reach, y - reach, size);
    return kernelOf(kernels, map, output).reduce((sum, weight, i) => sum + weight * patch[i]!, 0);
  });
  return { parts, bias: bias[output]!, total: parts.reduce((sum, part) => sum + part, bias[output]!) };
}

/** The four numbers that pooling chooses from for x, y of its map, and the place of the largest. */
export function pool(input: Volume, map: number, x: number, y: number): { values: number[]; largest: number } {
  const values = patchOf(input, map, 2 * x, 2 * y, 2);
  return { values, largest: values.indexOf(Math.max(...values)) };
}

export interface Term {
  /** Index into the values of the layer before. */
  input: number;
  value: number;
  weight: number;
}

/** Of a neuron that sees every value of the layer before: what is not 0, the strongest first. */
export function neuron(
  kernels: Kernels,
  { values }: Volume,
  output: number,
): { terms: Term[]; bias: number; total: number } {
  const terms: Term[] = [];
  const bias = kernels.bias[output]!;
  let total = bias;
  for (let input = 0; input < values.length; input++) {
    const value = values[input]!;
    const weight = kernels.weights[input * kernels.outputs + output]!;
    if (value === 0) continue;
    terms.push({ input, value, weight });
    total += value * weight;
  }
  const strength = ({ value, weight }: Term) => Math.abs(value * weight);
  return { terms: terms.sort((a, b) => strength(b) - strength(a)), bias, total };
}

/** The sum of each neuron. */
export const sumsOf = (kernels: Kernels, input: Volume): number[] =>
  Array.from(kernels.bias, (bias, output) => {
    let total = bias;
    for (let i = 0; i < input.values.length; i++)
      total += input.values[i]! * kernels.weights[i * kernels.outputs + output]!;
    return total;
  });

/** Turns sums into shares of 1. */
export function softmax(sums: readonly number[]): number[] {
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const total = powers.reduce((sum, each) => sum + each, 0);
  return powers.map((each) => each / total);
}

/** Where a map is strongest. */
export function peakOf({ shape, values }: Volume, map: number): { x: number; y: number } {
  const [high, wide, maps] = shape;
  let best = 0;
  for (let i = 1; i < high * wide; i++) if (values[i * maps + map]! > values[best * maps + map]!) best = i;
  return { x: best % wide, y: Math.floor(best / wide) };
}
