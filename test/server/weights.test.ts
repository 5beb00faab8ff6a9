import '@tensorflow/tfjs-backend-cpu';
import { io } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { readModel, SHIPPED } from '../../server/inference/model.ts';
import { decodeWeights } from '../../server/inference/weights.ts';

type Spec = io.WeightsManifestEntry;

const halves = Uint16Array.from([0, 0x8000, 1, 0x3ff, 0x400, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x3555]);
const quantization = { dtype: 'uint8', scale: 0.25, min: -3 } as const;
const CASES: [string, Omit<Spec, 'name'>, ArrayBuffer][] = [
  ['float32', { shape: [3], dtype: 'float32' }, Float32Array.from([1.5, -0, 1e-40]).buffer],
  ['int32', { shape: [2], dtype: 'int32' }, Int32Array.from([-7, 2 ** 31 - 1]).buffer],
  ['float16', { shape: [11], dtype: 'float32', quantization: { dtype: 'float16' } }, halves.buffer],
  ['uint8', { shape: [2, 2], dtype: 'float32', quantization }, Uint8Array.from([0, 1, 128, 255]).buffer],
  ['uint8 as whole numbers', { shape: [3], dtype: 'int32', quantization }, Uint8Array.from([0, 3, 255]).buffer],
  [
    'uint16',
    { shape: [2], dtype: 'float32', quantization: { ...quantization, dtype: 'uint16' } },
    Uint16Array.from([1, 65535]).buffer,
  ],
];

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);

function expectAsTensorFlow(weights: ArrayBuffer, weightSpecs: Spec[]): void {
  const theirs = io.decodeWeights(weights, weightSpecs);
  const ours = decodeWeights({ weights, weightSpecs });
  expect(ours.map(({ name }) => name)).toEqual(weightSpecs.map(({ name }) => name));
  for (const { name, shape, data } of ours) {
    const tensor = theirs[name]!;
    expect(shape).toEqual(tensor.shape);
    const values = tensor.dataSync();
    expect(data.constructor).toBe(values.constructor);
    // Not toEqual, which takes seconds for millions of numbers.
    expect(bytesOf(data).equals(bytesOf(values))).toBe(true);
  }
}

test.each(CASES)('reads %s as TensorFlow.js does, from any byte on', (_, spec, bytes) => {
  const odd = { name: 'odd', shape: [1], dtype: 'float32', quantization } satisfies Spec;
  const weights = new Uint8Array(1 + bytes.byteLength);
  weights.set(new Uint8Array(bytes), 1);
  expectAsTensorFlow(weights.buffer, [odd, { name: 'it', ...spec }]);
});

test('reads the shipped network as TensorFlow.js does', async () => {
  const { weights, weightSpecs } = await readModel(SHIPPED);
  expectAsTensorFlow(weights, weightSpecs);
});

test('refuses a type that it does not know', () => {
  const weightSpecs: Spec[] = [{ name: 'it', shape: [1], dtype: 'bool' }];
  expect(() => decodeWeights({ weights: new ArrayBuffer(1), weightSpecs })).toThrow('unknown type bool');
});
