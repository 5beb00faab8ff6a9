/** The numbers of a network, layer by layer: TensorFlow.js lists the kernel of a layer first, then its bias. */
import type { Network } from './network.ts';
import { type LayerSize, labelsOf, sizesOf } from './recipe.ts';

/** What a layer learned. */
export interface Kernels {
  /** Side of a kernel; 1 in a dense layer. pixels */
  size: number;
  inputs: number;
  outputs: number;
  /** By row, column, input and output. */
  weights: Float32Array;
  /** Of each output. */
  bias: Float32Array;
}

type Shape = LayerSize['shape'];
export type Layer =
  | { kind: Exclude<LayerSize['kind'], 'pooling'>; shape: Shape; kernels: Kernels }
  | { kind: 'pooling'; shape: Shape };

/** In the order in which a picture passes them. */
export function layersOf({ recipe, weights }: Network): Layer[] {
  const { convolutions } = recipe.layers;
  const sides = convolutions.map(({ size }) => size);
  let at = 0;
  return sizesOf(recipe.layers, labelsOf(recipe).length).map(({ kind, shape, parameters }) => {
    if (kind === 'pooling') return { kind, shape };
    const size = (kind === 'convolution' && sides.shift()) || 1;
    const outputs = shape[2];
    const bias = at + parameters - outputs;
    const kernels: Kernels = {
      size,
      inputs: (parameters - outputs) / (size * size * outputs),
      outputs,
      weights: weights.subarray(at, bias),
      bias: weights.subarray(bias, at + parameters),
    };
    at += parameters;
    return { kind, shape, kernels };
  });
}

/** What one filter looks for on one of its input maps, row by row. */
export const kernelOf = ({ size, inputs, outputs, weights }: Kernels, input: number, output: number): number[] =>
  Array.from({ length: size * size }, (_, i) => weights[(i * inputs + input) * outputs + output]!);
