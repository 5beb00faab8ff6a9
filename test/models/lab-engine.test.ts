/** The lab's engine: its gradients, which TensorFlow.js does not have all of, and training by them. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildNetwork, setWeights, weightsOf } from '../../client/lab/engine/network.ts';
import { startEngine } from '../../models/lab/engine.ts';
import { seeded } from '../../shared/chance.ts';
import { PICTURE_SIDE, PICTURE_SIZE } from '../../shared/lab/picture.ts';
import {
  type Convolution,
  FIRST_RECIPE,
  type Layers,
  PRESETS,
  parametersOf,
  type Recipe,
} from '../../shared/lab/recipe.ts';
import { discard, trained } from '../support/lab.ts';

beforeAll(startEngine);

const numbers = (count: number, seed: number): Float32Array => {
  const chance = seeded(seed);
  return Float32Array.from({ length: count }, () => chance() * 2 - 1);
};

/** The farthest that two lists are apart, as a share of the largest number of the first, if that is above 1. */
function apart(a: Float32Array, b: Float32Array): number {
  expect(b).toHaveLength(a.length);
  let most = 0;
  let largest = 1;
  a.forEach((each, i) => {
    most = Math.max(most, Math.abs(each - b[i]!));
    largest = Math.max(largest, Math.abs(each));
  });
  return most / largest;
}

async function onBackend<T>(name: 'wasm' | 'cpu', run: () => T): Promise<T> {
  await tf.setBackend(name);
  try {
    return run();
  } finally {
    await tf.setBackend('wasm');
  }
}

describe('gradients on wasm are those of the cpu backend', () => {
  const WORDS = 3;
  const BATCH = 3;

  /** The gradient of the loss by each of the network's numbers. */
  function gradientsOf(layers: Layers, weights: Float32Array): Float32Array[] {
    const network = buildNetwork({ ...FIRST_RECIPE, words: ['cat', 'dog', 'sun'], layers });
    setWeights(network, weights);
    const gradients = tf.tidy(() => {
      const x = tf.tensor4d(numbers(BATCH * PICTURE_SIZE, 2), [BATCH, PICTURE_SIDE, PICTURE_SIDE, 1]);
      const y = tf.oneHot(tf.tensor1d([0, 2, 1], 'int32'), WORDS);
      const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const loss = () => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(network.apply(x) as tf.Tensor)), 1))) as tf.Scalar;
      const { grads } = tf.variableGrads(loss, variables);
      return variables.map(({ name }) => grads[name]!.dataSync<'float32'>().slice());
    });
    network.dispose();
    return gradients;
  }

  const conv = (size: 3 | 5, pool: boolean, filters: Convolution['filters'] = 4): Convolution => ({
    size,
    pool,
    filters,
  });
  const NETWORKS: [string, Layers][] = [
    ['kernel 3, pooled', { convolutions: [conv(3, true)], dense: 0, dropout: 0 }],
    ['kernel 5, pooled, dense', { convolutions: [conv(5, true)], dense: 16, dropout: 0 }],
    ['kernel 3, not pooled', { convolutions: [conv(3, false)], dense: 0, dropout: 0 }],
    ['kernel 5, not pooled, dense', { convolutions: [conv(5, false)], dense: 16, dropout: 0 }],
    [
      'kernels 3 and 5, the second not pooled',
      { convolutions: [conv(3, true), conv(5, false, 8)], dense: 0, dropout: 0 },
    ],
    [
      'kernels 5 and 3, the first not pooled',
      { convolutions: [conv(5, false), conv(3, true, 8)], dense: 32, dropout: 0 },
    ],
    [
      'three, the last of 7 x 7 pooled to 3 x 3',
      { convolutions: [conv(3, true), conv(3, true, 8), conv(5, true, 8)], dense: 16, dropout: 0 },
    ],
    [
      'three, the last of 7 x 7 not pooled',
      { convolutions: [conv(5, true), conv(5, true, 8), conv(3, false, 4)], dense: 0, dropout: 0 },
    ],
  ];

  test.for(NETWORKS)('%s', async ([, layers]) => {
    const weights = numbers(parametersOf(layers, WORDS), 1).map((each) => each * 0.3);
    const [wasm, cpu] = [
      await onBackend('wasm', () => gradientsOf(layers, weights)),
      await onBackend('cpu', () => gradientsOf(layers, weights)),
    ];
    // A kernel and a bias of each layer that learns.
    expect(cpu).toHaveLength(2 * (layers.convolutions.length + Number(layers.dense > 0) + 1));
    cpu.forEach((gradient, i) => {
      expect(Math.max(...gradient.map(Math.abs)), `gradient ${i} says something`).toBeGreaterThan(1e-4);
      expect(apart(gradient, wasm[i]!), `gradient ${i}`).toBeLessThan(1e-5);
    });
  });

  /** Batch, height, width, channels · kernel's height, width · filters · strides · padding. */
  type Shape = [[number, number, number, number], [number, number], number, [number, number], 'same' | 'valid'];
  const SHAPES: Shape[] = [
    [[2, 28, 28, 1], [3, 3], 4, [1, 1], 'same'],
    [[2, 28, 28, 1], [5, 5], 4, [1, 1], 'same'],
    [[3, 14, 14, 8], [3, 3], 16, [1, 1], 'same'],
    [[3, 7, 7, 8], [5, 5], 4, [1, 1], 'same'],
    [[1, 9, 9, 2], [3, 3], 3, [1, 1], 'valid'],
    [[2, 10, 7, 3], [3, 3], 2, [1, 1], 'valid'],
    [[2, 8, 8, 2], [3, 3], 4, [2, 2], 'same'],
    [[2, 9, 9, 2], [3, 3], 4, [2, 2], 'same'],
    [[2, 10, 10, 2], [3, 3], 4, [2, 2], 'valid'],
    [[2, 11, 6, 3], [5, 3], 2, [2, 1], 'same'],
    [[1, 12, 9, 2], [2, 4], 5, [1, 2], 'valid'],
  ];
  test.for(SHAPES)('of a kernel alone: %j %j %d %j %s', async ([xShape, size, filters, strides, pad]) => {
    const filterShape: [number, number, number, number] = [...size, xShape[3], filters];
    const { outShape } = tf.backend_util.computeConv2DInfo(xShape, filterShape, strides, 1, pad);
    const gradient = () =>
      tf.tidy(() => {
        const inputs = {
          x: tf.tensor(numbers(tf.util.sizeFromShape(xShape), 3), xShape),
          dy: tf.tensor(numbers(tf.util.sizeFromShape(outShape), 4), outShape),
        };
        const attrs = { strides, pad, dataFormat: 'NHWC', dimRoundingMode: undefined, filterShape };
        const result = tf
          .engine()
          .runKernel(tf.Conv2DBackpropFilter, inputs, attrs as unknown as tf.NamedAttrMap) as tf.Tensor;
        expect(result.shape).toEqual(filterShape);
        return result.dataSync<'float32'>().slice();
      });
    const [wasm, cpu] = [await onBackend('wasm', gradient), await onBackend('cpu', gradient)];
    expect(apart(cpu, wasm)).toBeLessThan(1e-5);
  });
});

describe('training', () => {
  const recipe: Recipe = { ...FIRST_RECIPE, words: ['cat', 'house', 'bicycle'], drawings: 20 };

  /** The weights after so many epochs, and the accuracy on drawings that it never saw. */
  async function train(recipe: Recipe, epochs: number): Promise<{ weights: Float32Array; accuracy: number }> {
    const { network, accuracy } = await trained(recipe, epochs);
    const weights = weightsOf(network);
    discard(network);
    return { weights, accuracy };
  }

  test('gives the same numbers again with the same seed, and others with another', async () => {
    const dropping = { ...recipe, partial: true, layers: { ...PRESETS.medium, dropout: 0.25 } };
    const first = await train(dropping, 2);
    expect((await train(dropping, 2)).weights).toEqual(first.weights);
    expect(apart(first.weights, (await train({ ...dropping, seed: 2 }, 2)).weights)).toBeGreaterThan(0.01);
  });

  test('leaves no tensor behind, ten times', async () => {
    const before = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) {
      await train({ ...recipe, layers: PRESETS.tiny }, 1);
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  test('teaches: of three words, far more than a third of new drawings are right', async () => {
    const { accuracy } = await train({ ...recipe, drawings: 50 }, 6);
    expect(accuracy).toBeGreaterThan(0.8);
  });
});
