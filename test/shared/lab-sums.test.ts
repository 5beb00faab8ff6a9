/** The sums that the page shows are those of the engine, on a network with random numbers. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Maps, mapsOf, withMaps } from '../../client/lab/engine/look.ts';
import { buildNetwork, setWeights, weightsOf } from '../../client/lab/engine/network.ts';
import { seeded } from '../../shared/chance.ts';
import { kernelOf, layersOf } from '../../shared/lab/kernels.ts';
import { PICTURE_SIDE, pictureOf } from '../../shared/lab/picture.ts';
import { FIRST_RECIPE, type Layers, PRESETS, type Recipe } from '../../shared/lab/recipe.ts';
import { trialsOf, weigh } from '../../shared/lab/strokes.ts';
import { convolve, neuron, peakOf, pool, softmax, sumsOf, type Volume } from '../../shared/lab/sums.ts';

const STROKES = [
  [300, 300, 1500, 400, 1400, 1500, 350, 1450, 300, 300],
  [600, 700, 1200, 1200],
  [1200, 700, 600, 1200],
];
const ENOUGH = 4;

const NETWORKS: [string, Layers][] = [
  ['one convolution', PRESETS.tiny],
  ['the medium one', PRESETS.medium],
  // Sides 28, 14 and 7: pooling drops the last row and column of an odd side.
  ['the huge one', PRESETS.huge],
  [
    'wide kernels, no pooling, no dense layer',
    {
      convolutions: [
        { filters: 4, size: 5, pool: false },
        { filters: 4, size: 5, pool: true },
      ],
      dense: 0,
      dropout: 0,
    },
  ],
];

describe.each(NETWORKS)('%s', (_, layers) => {
  const recipe: Recipe = { ...FIRST_RECIPE, others: true, layers };
  let weights: Float32Array;
  let maps: Maps[];
  const picture: Volume = { shape: [PICTURE_SIDE, PICTURE_SIDE, 1], values: pictureOf(STROKES) };

  beforeAll(async () => {
    await tf.setBackend('cpu');
    const network = buildNetwork(recipe);
    // A new network has no bias.
    const chance = seeded(7);
    weights = weightsOf(network).map((weight) => weight + 0.2 * (chance() - 0.5));
    setWeights(network, weights);
    maps = mapsOf(withMaps(network), picture.values as Float32Array);
    network.dispose();
  });

  test('every number of every layer is the sum that it is said to be', () => {
    const all = layersOf({ recipe, weights });
    expect(all.map(({ shape }) => shape)).toEqual(maps.map(({ shape }) => shape));
    let worst = 0;
    let positive = 0;
    for (const [i, layer] of all.entries()) {
      const input = i === 0 ? picture : maps[i - 1]!;
      const { shape, values } = maps[i]!;
      const [high, wide, count] = shape;
      const near = (one: number, other: number) => {
        worst = Math.max(worst, Math.abs(one - other));
      };
      if (layer.kind === 'answer') {
        const sums = sumsOf(layer.kernels, input);
        for (const [label, share] of softmax(sums).entries()) near(share, values[label]!);
        for (const [label, sum] of sums.entries()) near(sum, neuron(layer.kernels, input, label).total);
        continue;
      }
      // All places of a few maps.
      for (let map = 0; map < count; map += layer.kind === 'dense' ? 1 : Math.ceil(count / ENOUGH)) {
        for (let y = 0; y < high; y++) {
          for (let x = 0; x < wide; x++) {
            const value = values[(y * wide + x) * count + map]!;
            if (layer.kind === 'convolution') near(Math.max(0, convolve(layer.kernels, input, map, x, y).total), value);
            else if (layer.kind === 'dense') near(Math.max(0, neuron(layer.kernels, input, map).total), value);
            else {
              const four = pool(input, map, x, y);
              near(four.values[four.largest]!, value);
            }
            positive += Number(value > 0);
          }
        }
      }
    }
    expect(worst).toBeLessThan(1e-4);
    expect(positive).toBeGreaterThan(100);
  });
});

test('kernels lie as TensorFlow.js has them: row, column, input, output, and the bias after them', () => {
  const layers: Layers = { convolutions: [{ filters: 4, size: 3, pool: true }], dense: 16, dropout: 0 };
  const recipe: Recipe = { ...FIRST_RECIPE, layers };
  const count = 9 * 4 + 4 + 14 * 14 * 4 * 16 + 16 + 16 * 6 + 6;
  const [first, pooling, dense, answer] = layersOf({
    recipe,
    weights: Float32Array.from({ length: count }, (_, i) => i),
  });
  expect(first!.kind === 'convolution' && kernelOf(first!.kernels, 0, 1)).toEqual([1, 5, 9, 13, 17, 21, 25, 29, 33]);
  expect(first!.kind === 'convolution' && [...first!.kernels.bias]).toEqual([36, 37, 38, 39]);
  expect(pooling!.kind).toBe('pooling');
  expect(dense!.kind === 'dense' && dense!.kernels.inputs).toBe(14 * 14 * 4);
  expect(answer!.kind === 'answer' && answer!.kernels.bias.at(-1)).toBe(count - 1);
});

test('a peak is where its map is strongest, whatever the others have', () => {
  const volume: Volume = { shape: [2, 3, 2], values: [0, 9, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0] };
  expect(peakOf(volume, 0)).toEqual({ x: 1, y: 1 });
  expect(peakOf(volume, 1)).toEqual({ x: 0, y: 0 });
});

test('strokes are left out one at a time, and of many only the longest', () => {
  const trials = trialsOf(STROKES);
  expect(trials.drawings).toEqual([
    STROKES,
    [STROKES[1], STROKES[2]],
    [STROKES[0], STROKES[2]],
    [STROKES[0], STROKES[1]],
  ]);
  const looks = [
    [0.1, 0.8, 0.1],
    [0.5, 0.2, 0.3],
    [0, 0.9, 0.1],
    [0.1, 0.8, 0.1],
  ];
  expect(weigh(trials, looks)).toEqual({
    best: 1,
    whole: 0.8,
    weights: [
      { stroke: 0, without: 0.2 },
      { stroke: 1, without: 0.9 },
      { stroke: 2, without: 0.8 },
    ],
  });
  const many = Array.from({ length: 30 }, (_, i) => [0, 0, 10 + i, 0]);
  expect(trialsOf(many).tried).toEqual(Array.from({ length: 24 }, (_, i) => i + 6));
});
