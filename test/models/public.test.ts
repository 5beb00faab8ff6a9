/** Public networks as teachers. Needs python3 with models/train/requirements.txt. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { BITMAP_SIZE, bitmapOf } from '../../models/export/bitmap.ts';
import { bytesOf, packBatch } from '../../models/train/batch.ts';
import { type Ink, prefix } from '../../shared/ink.ts';
import { RASTER_SIZE, rasterize } from '../../shared/raster.ts';
import { blankInput } from '../../shared/input.ts';
import { trace } from '../../shared/trace.ts';
import { drawn } from '../support/drawings.ts';
import { chainOf, graphOf, saveLayers } from '../support/layers.ts';

// Not asked for in CI, which installs no PyTorch.
const withoutTorch = spawnSync('python3', ['-c', 'import torch, numpy']).status !== 0;
if (withoutTorch) console.warn('skipped, without python3 with torch and numpy: public networks as teachers');

/** What the script prints, as JSON. */
function python(script: string, ...args: string[]) {
  const start = 'import io, json, sys, torch\nfrom pathlib import Path\nsys.path.insert(0, "models/train")\n';
  const output = execFileSync('python3', ['-c', start + script, ...args], { stdio: 'pipe', maxBuffer: 1 << 24 });
  return JSON.parse(output.toString());
}

/** The drawing in Google's format: at the top left, and 255 units wide or high. */
function googles({ strokes }: Ink): number[][][] {
  const [xs, ys] = [0, 1].map((axis) => strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === axis)));
  const [left, top] = [Math.min(...xs!), Math.min(...ys!)];
  const scale = 255 / Math.max(Math.max(...xs!) - left, Math.max(...ys!) - top);
  return strokes.map((stroke) => [
    stroke.filter((_, i) => i % 2 === 0).map((x) => (x - left) * scale),
    stroke.filter((_, i) => i % 2 === 1).map((y) => (y - top) * scale),
  ]);
}

describe('a batch for public networks', () => {
  const drawings = [
    { ink: drawn.house, label: 2, soft: Uint8Array.of(1, 2, 252) },
    { ink: prefix(drawn.ladder, 0.8), label: 1, share: 0.8 },
    { ink: prefix(drawn.circle, 0.6), label: 0, share: 0.6 },
  ];
  const bitmaps = [
    bitmapOf(googles(drawn.house)),
    bitmapOf(googles(prefix(drawn.ladder, 0.8))),
    new Uint8Array(BITMAP_SIZE),
  ];
  const weights = [255, 128, 0];

  test('has Google’s bitmaps of drawings that are nearly whole', () => {
    const bytes = packBatch(drawings, 3, true);
    expect(bytes).toHaveLength(3 * bytesOf(3));
    const end = bytes.length - 3 * RASTER_SIZE;
    const at = end - 3 * BITMAP_SIZE;
    expect([...bytes.subarray(at - 3, at)]).toEqual(weights);
    expect(bytes.subarray(at, end)).toEqual(Uint8Array.from(bitmaps.flatMap((each) => [...each])));
    for (const bitmap of bitmaps.slice(0, 2)) expect(Math.max(...bitmap)).toBeGreaterThan(200);
  });

  test('has none and no weights unless it is for public networks', () => {
    const bytes = packBatch(drawings, 3);
    const end = bytes.length - 3 * RASTER_SIZE;
    expect(bytes.subarray(end - 3 * BITMAP_SIZE - 3, end).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(end)).toEqual(packBatch(drawings, 3, true).subarray(end));
  });

  test.skipIf(withoutTorch)('is read as it was packed', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'batch-')), 'batch');
    writeFileSync(file, packBatch(drawings, 3, true));
    const read = python(
      `
from types import SimpleNamespace
from feed import _read
batch = _read(SimpleNamespace(stdout=open(sys.argv[1], "rb")), 3, 3)
print(json.dumps({name: each.flatten(1).tolist() if each.ndim > 1 else each.tolist() for name, each in batch._asdict().items()
    if name != "rasters"} | {"rasters": batch.rasters.permute(0, 2, 3, 1).flatten(1).tolist()}))`,
      file,
    );
    const input = blankInput(3);
    drawings.forEach(({ ink }, i) => {
      rasterize(ink, input.rasters, i * RASTER_SIZE);
      trace(ink, input.traces, (i * input.traces.length) / 3);
    });
    expect(read).toMatchObject({
      labels: [2, 1, 0],
      softs: [
        [1, 2, 252],
        [0, 0, 0],
        [0, 0, 0],
      ],
      public_weights: weights,
    });
    expect(read.bitmaps).toEqual(bitmaps.map((each) => [...each]));
    expect(read.rasters.flat()).toEqual([...input.rasters]);
    expect(Float32Array.from(read.traces.flat())).toEqual(input.traces);
  });
});

const WORDS = ['cat', 'hot dog', 'The Eiffel Tower', 'sun', 'moon'];
const COUNT = 3;
const pixels = Array.from({ length: COUNT * BITMAP_SIZE }, (_, i) => Math.abs(Math.sin(i * 78.233)));

function softmax(row: number[]): number[] {
  const odds = row.map((value) => Math.exp(value - Math.max(...row)));
  const sum = odds.reduce((total, each) => total + each, 0);
  return odds.map((value) => value / sum);
}

describe.skipIf(withoutTorch)('a public network', () => {
  /** Compares probabilities of `asked`, some of the words that the network knows. */
  async function compare(model: LayersModel, folder: string, known: string[], asked: string[]): Promise<void> {
    const expected = (await (model.predict(tensor(pixels, [COUNT, 28, 28, 1])) as Tensor).array()) as number[][];
    writeFileSync(join(folder, 'given.json'), JSON.stringify({ pixels, asked }));
    const found: number[][] = python(
      `
from public import PublicNetwork
folder = Path(sys.argv[1])
given = json.loads((folder / "given.json").read_text())
bitmaps = torch.tensor(given["pixels"]).view(-1, 1, 28, 28)
print(json.dumps(PublicNetwork(folder, given["asked"]).logits(bitmaps).tolist()))`,
      folder,
    );
    for (const [i, row] of found.map(softmax).entries()) {
      const wanted = asked.map((word) => expected[i]![known.indexOf(word)]!);
      const sum = wanted.reduce((total, p) => total + p, 0);
      for (const [j, p] of row.entries()) expect(p).toBeCloseTo(wanted[j]! / sum, 4);
    }
    // Otherwise the comparison proves little.
    expect(Math.max(...expected.flat())).toBeGreaterThan(0.3);
  }

  test('gives what TensorFlow.js gives: a chain, whose words have another order', { timeout: 60_000 }, async () => {
    const model = await chainOf(5);
    const known = ['moon', 'The Eiffel Tower', 'cat', 'sun', 'hot dog'];
    const folder = await saveLayers(model, ['class_names.txt', 'moon\nThe_Eiffel_Tower\ncat\nsun\nhot_dog\n']);
    await compare(model, folder, known, WORDS);
    await compare(model, folder, known, ['sun', 'cat']);
    const load = (words: string[]) =>
      python('from public import PublicNetwork\nPublicNetwork(Path(sys.argv[1]), sys.argv[2:])', folder, ...words);
    expect(() => load(['cat', 'whale'])).toThrow(/has no word whale/);
    const json = join(folder, 'model.json');
    writeFileSync(json, readFileSync(json, 'utf8').replace('"padding":"same"', '"padding":"valid"'));
    expect(() => load(['cat'])).toThrow(/has padding valid, only same is supported/);
  });

  test('gives what TensorFlow.js gives: a graph', { timeout: 60_000 }, async () => {
    const model = await graphOf(5);
    await compare(model, await saveLayers(model, ['class.json', JSON.stringify(WORDS)]), WORDS, WORDS);
  });

  test('counts with its weight for whole drawings, less for cut-off ones, and not without a bitmap', () => {
    const exported: [number[], number][] = [
      [[5, 3, 2], 3],
      [[2, 2, 6], 1],
    ];
    const networks: [number[], number][] = [
      [[1, 1, 8], 2],
      [[4, 5, 1], 0.5],
    ];
    const weights = [255, 51, 0];
    const found: { probabilities: number[][]; public_weights: number[]; power: number } = python(
      `
from feed import Batch
from team import OPINION_POWER, Teachers
given = json.loads(sys.argv[1])

class Fixed:
    def __init__(self, odds):
        self.logs = torch.tensor(odds).log()
    def run(self, rasters, traces):
        return self.logs.expand(len(rasters), -1)
    def logits(self, bitmaps):
        return self.logs.expand(len(bitmaps), -1)

weights = torch.tensor(given["weights"], dtype=torch.uint8)
count = len(weights)
batch = Batch(torch.zeros(count, 3, 64, 64), torch.zeros(count, 96, 7), torch.zeros(count), torch.zeros(count, 3), weights,
    torch.zeros(count, 1, 28, 28, dtype=torch.uint8))
groups = [[(Fixed([float(odd) for odd in odds]), weight) for odds, weight in given[name]] for name in ("exported", "networks")]
opinion = Teachers(*groups, "cpu")(batch)
print(json.dumps({name: value.tolist() for name, value in opinion._asdict().items()} | {"power": OPINION_POWER}))`,
      JSON.stringify({ exported, networks, weights }),
    );
    for (const [i, byte] of weights.entries()) {
      expect(found.public_weights[i]).toBeCloseTo(byte / 255, 5);
      const all = [...exported, ...networks.map(([odds, weight]) => [odds, (weight * byte) / 255] as const)];
      const total = all.reduce((sum, [, weight]) => sum + weight, 0);
      const logs = [0, 1, 2].map((word) =>
        all.reduce((sum, [odds, weight]) => sum + (found.power * weight * Math.log(odds[word]! / 10)) / total, 0),
      );
      for (const [word, p] of softmax(logs).entries()) expect(found.probabilities[i]![word]).toBeCloseTo(p, 5);
    }
  });
});
