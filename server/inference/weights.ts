/** A model's weights as numbers. TensorFlow.js can decode them, too, but only into tensors of an engine of its own. */
import type { io } from '@tensorflow/tfjs-core';
import type { Model } from './model.ts';

export interface Weight {
  name: string;
  shape: number[];
  data: Float32Array | Int32Array;
}

const ARRAYS = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  float16: Uint16Array,
  float32: Float32Array,
  int32: Int32Array,
};

/** In the order in which they lie in weights.bin. */
export function decodeWeights({ weights, weightSpecs }: Pick<Model, 'weights' | 'weightSpecs'>): Weight[] {
  let at = 0;
  return weightSpecs.map((spec) => {
    const { name, shape, dtype, quantization } = spec;
    const TypedArray = ARRAYS[(quantization?.dtype ?? dtype) as keyof typeof ARRAYS];
    if (!TypedArray || (dtype !== 'float32' && dtype !== 'int32'))
      throw new Error(`model.json: the weight ${name} has the unknown type ${quantization?.dtype ?? dtype}`);
    const bytes = shape.reduce((product, size) => product * size, TypedArray.BYTES_PER_ELEMENT);
    // A copy, because a weight may start at any byte.
    const stored = new TypedArray(weights.slice(at, at + bytes));
    at += bytes;
    return { name, shape, data: quantization ? dequantized(stored, spec) : (stored as Weight['data']) };
  });
}

function dequantized(stored: ArrayLike<number>, { dtype, quantization }: io.WeightsManifestEntry): Weight['data'] {
  const { scale = 1, min = 0 } = quantization!;
  const isHalf = quantization!.dtype === 'float16';
  const data = new (dtype === 'int32' ? Int32Array : Float32Array)(stored.length);
  // Not from() with a function, which takes ten times as long for millions of numbers.
  for (let i = 0; i < data.length; i++) {
    const value = isHalf ? ofHalf(stored[i]!) : stored[i]! * scale + min;
    data[i] = dtype === 'int32' ? Math.round(value) : value;
  }
  return data;
}

/** A number of 16 bits: sign, exponent (5 bits), fraction (10 bits). */
function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 0x400;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}
