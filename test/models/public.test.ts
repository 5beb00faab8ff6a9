/** Public networks as teachers, against TensorFlow.js and numbers worked out by hand. Needs python3 with models/train/requirements.txt. */
import '@tensorflow/tfjs-backend-cpu';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, setBackend, tensor } from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { bitmapOf, BITMAP_SIZE } from '../../models/export/bitmap.ts';
import { bytesOf, packBatch } from '../../models/train/batch.ts';
import { seeded } from '../../shared/chance.ts';
import { RASTER_SIZE } from '../../shared/raster.ts';
import { STEPS } from '../../shared/ink.ts';
import { drawn } from '../support/drawings.ts';

// Not asked for in CI, which installs no PyTorch.
const withoutTorch = spawnSync('python3', ['-c', 'import torch, numpy']).status !== 0;
if (withoutTorch) console.warn('skipped, without python3 with torch and numpy: public networks as teachers');

const python = (script: string, ...args: string[]) =>
  JSON.parse(
    execFileSync('python3', ['-c', `import json, sys, torch\nsys.path.insert(0, "models/train")\n${script}`, ...args], {
      stdio: 'pipe',
    }).toString(),
  );

describe('bitmaps of a batch', () => {
  const ink = drawn.house;
  const bitmap = (share?: number) => {
    const bytes = packBatch([{ ink, label: 0, ...(share !== undefined && { share }) }], 3);
    const at = bytes.length - RASTER_SIZE - BITMAP_SIZE;
    return { share: bytes[at - 1], bitmap: bytes.subarray(at, at + BITMAP_SIZE) };
  };

  test('are as Google drew them, and blank where much of the ink is missing', () => {
    expect(packBatch([{ ink, label: 0 }], 3)).toHaveLength(bytesOf(3));
    const lists = ink.strokes.map((stroke) =>
      [0, 1].map((odd) => stroke.filter((_, i) => i % 2 === odd).map((value) => value / STEPS)),
    );
    const google = bitmapOf(lists);
    expect(google.some((value) => value === 255)).toBe(true);
    expect(bitmap()).toEqual({ share: 255, bitmap: google });
    expect(bitmap(0.8)).toEqual({ share: 204, bitmap: google });
    expect(bitmap(0.5)).toEqual({ share: 128, bitmap: new Uint8Array(BITMAP_SIZE) });
  });
});

/** Saves a network as the public ones are saved. */
async function save(model: layers.LayersModel, words: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'public-'));
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }];
      writeFileSync(join(folder, 'model.json'), JSON.stringify({ modelTopology, weightsManifest: manifest }));
      writeFileSync(join(folder, 'group1-shard1of1.bin'), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
    }),
  );
  for (const [name, text] of Object.entries(words)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Random weights, so norms, biases and steps matter. */
function fill(model: layers.LayersModel): void {
  const chance = seeded(5);
  model.setWeights(
    model.weights.map(({ shape, name }) => {
      const size = shape.reduce<number>((product, side) => product * side!, 1);
      const values = Array.from({ length: size }, () => 1.4 * chance() - 0.6);
      return tensor(
        values.map((value) => (/variance|gamma/.test(name) ? Math.abs(value) + 0.3 : value)),
        shape as number[],
      );
    }),
  );
}

const WORDS = ['cat', 'hot dog', 'The Eiffel Tower', 'sun', 'moon'];
const COUNT = 3;
const pixels = Array.from({ length: COUNT * BITMAP_SIZE }, (_, i) => Math.abs(Math.sin(i * 78.233)));

describe.skipIf(withoutTorch)('a public network', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  const softmax = (row: number[]): number[] => {
    const odds = row.map((value) => Math.exp(value - Math.max(...row)));
    return odds.map((value) => value / odds.reduce((sum, each) => sum + each, 0));
  };

  async function compare(model: layers.LayersModel, folder: string, known: string[], asked: string[]): Promise<void> {
    const output = model.predict(tensor(pixels, [COUNT, 28, 28, 1])) as ReturnType<typeof tensor>;
    const expected = (await output.array()) as number[][];
    writeFileSync(join(folder, 'given.json'), JSON.stringify({ pixels, asked }));
    const found: number[][] = python(
      `
from pathlib import Path
from public import Public
given = json.load(open(sys.argv[1] + "/given.json"))
bitmaps = torch.tensor(given["pixels"]).view(-1, 1, 28, 28)
print(json.dumps(Public(Path(sys.argv[1]), given["asked"]).logits(bitmaps).tolist()))`,
      folder,
    );
    const order = asked.map((word) => known.indexOf(word));
    for (const [i, row] of found.map(softmax).entries())
      for (const [j, p] of row.entries()) {
        const all = order.reduce((sum, at) => sum + expected[i]![at]!, 0);
        expect(p).toBeCloseTo(expected[i]![order[j]!]! / all, 4);
      }
    // Otherwise the comparison proves little.
    expect(Math.max(...expected.flat())).toBeGreaterThan(0.3);
  }

  test('gives what TensorFlow.js gives: a chain with pooling, whose words have another order', async () => {
    const model = layers.sequential({
      layers: [
        layers.layers.conv2d({
          filters: 4,
          kernelSize: 3,
          padding: 'same',
          activation: 'relu',
          inputShape: [28, 28, 1],
        }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.dropout({ rate: 0.5 }),
        layers.layers.flatten(),
        layers.layers.dense({ units: 8, activation: 'tanh' }),
        layers.layers.dense({ units: 5, activation: 'softmax' }),
      ],
    });
    fill(model);
    const listed = ['moon', 'The_Eiffel_Tower', 'cat', 'sun', 'hot_dog'];
    const folder = await save(model, { 'class_names.txt': `${listed.join('\n')}\n` });
    const known = listed.map((word) => word.replaceAll('_', ' '));
    await compare(model, folder, known, WORDS);
    // A network of fewer words is asked for those alone.
    await compare(model, folder, known, ['sun', 'cat']);
    expect(() =>
      python(
        'from pathlib import Path\nfrom public import Public\nPublic(Path(sys.argv[1]), ["cat", "whale"])',
        folder,
      ),
    ).toThrow(/does not know whale/);
  });

  test('gives what TensorFlow.js gives: a graph with norms, steps and sums', async () => {
    const input = layers.input({ shape: [28, 28, 1] });
    const of = (layer: layers.layers.Layer, x: layers.SymbolicTensor | layers.SymbolicTensor[]) =>
      layer.apply(x) as layers.SymbolicTensor;
    const first = of(layers.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }), input);
    const normed = of(layers.layers.reLU(), of(layers.layers.batchNormalization({ epsilon: 0.001 }), first));
    const second = of(layers.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }), normed);
    const sum = of(layers.layers.add(), [normed, of(layers.layers.batchNormalization(), second)]);
    const down = of(layers.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same' }), sum);
    const odd = of(layers.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same' }), down);
    const odder = of(layers.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same' }), odd);
    const mean = of(layers.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }), odder);
    const model = layers.model({
      inputs: input,
      outputs: of(layers.layers.dense({ units: 5, activation: 'softmax' }), mean),
    });
    fill(model);
    await compare(model, await save(model, { 'class.json': JSON.stringify(WORDS) }), WORDS, WORDS);
  });

  test('counts fully for whole drawings, less for nearly whole ones, and not at all for the others', () => {
    const exported = [0.5, 0.3, 0.2];
    const publicly = [0.1, 0.1, 0.8];
    const found: { probabilities: number[][]; public: number[] } = python(`
from feed import Batch
from team import SHARPER, Teachers

class Says:
    def __init__(self, odds):
        self.odds = torch.tensor(odds).log()
    def run(self, rasters, traces):
        return self.odds.expand(len(rasters), -1)
    def logits(self, bitmaps):
        return self.odds.expand(len(bitmaps), -1)

count = 4
bitmaps = torch.zeros(count, 1, 28, 28, dtype=torch.uint8)
bitmaps[:3, 0, 5, 5] = 9
batch = Batch(torch.zeros(count, 3, 64, 64), torch.zeros(count, 96, 7), torch.zeros(count), torch.zeros(count, 3),
    torch.tensor([255, 204, 102, 255], dtype=torch.uint8), bitmaps)
opinion = Teachers([(Says([5.0, 3.0, 2.0]), 0.5), (Says([5.0, 3.0, 2.0]), 0.5)], [(Says([1.0, 1.0, 8.0]), 1.0)], "cpu")(batch)
print(json.dumps({"probabilities": opinion.probabilities.tolist(), "public": opinion.public.tolist()}))`);
    // 255, 204 and 102 are all, 80 % and 40 % of the ink. The last drawing has no bitmap.
    for (const [i, weight] of [1, 0.5, 0, 0].entries()) {
      expect(found.public[i]).toBeCloseTo(weight, 5);
      const mean = exported.map((p, j) =>
        Math.exp((1.15 * (Math.log(p) + weight * Math.log(publicly[j]!))) / (1 + weight)),
      );
      const sum = mean.reduce((total, each) => total + each, 0);
      for (const [j, p] of found.probabilities[i]!.entries()) expect(p).toBeCloseTo(mean[j]! / sum, 5);
    }
  });
});
