/** Trains for a moment, exports, and compares what serves with PyTorch. Needs python3 with models/train/requirements.txt. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { presets } from '../../models/train/config.ts';
import { BITMAP_SIZE } from '../../models/export/bitmap.ts';
import type { EngineName } from '../../server/inference/engine.ts';
import { readModel, SHIPPED } from '../../server/inference/model.ts';
import { nativeEngine } from '../../server/inference/native.ts';
import { wasmEngine } from '../../server/inference/wasm.ts';
import { inputOf } from '../../shared/input.ts';
import { writeDataset } from '../support/dataset.ts';
import { native } from '../support/native.ts';
import { drawingsOf, SAMPLE_WORDS } from '../support/quickdraw.ts';

// Not asked for in CI, which installs no PyTorch.
const withoutTorch = spawnSync('python3', ['-c', 'import torch, numpy']).status !== 0;
if (withoutTorch) console.warn('skipped, without python3 with torch and numpy: tests that train');

const python = (script: string, args: string[], input?: Uint8Array): Buffer =>
  execFileSync('python3', [`models/train/${script}`, ...args], {
    ...(input && { input }),
    maxBuffer: 1 << 28,
    stdio: 'pipe',
  });

/** The folder of a network of one dense layer on Google's bitmaps. */
function publicNetwork(words: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'public-'));
  const layers = [
    { class_name: 'Flatten', config: { name: 'flat' } },
    { class_name: 'Dense', config: { name: 'dense', activation: 'softmax' } },
  ];
  const weights = [
    { name: 'dense/kernel', shape: [BITMAP_SIZE, words.length], dtype: 'float32' },
    { name: 'dense/bias', shape: [words.length], dtype: 'float32' },
  ];
  const model = { modelTopology: { config: { layers } }, weightsManifest: [{ paths: ['weights.bin'], weights }] };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  const values = Float32Array.from({ length: (BITMAP_SIZE + 1) * words.length }, (_, i) => 0.1 * Math.sin(i));
  writeFileSync(join(folder, 'weights.bin'), values);
  writeFileSync(join(folder, 'class.json'), JSON.stringify(words));
  return folder;
}

describe.skipIf(withoutTorch)('training', () => {
  test('a run stops, resumes, and exports the model that is served', async () => {
    const words = presets.quick!.words!;
    const data = writeDataset(words, 14);
    const run = mkdtempSync(join(tmpdir(), 'run-'));
    const args = ['--preset', 'quick', '--data', data, '--run', run, '--threads', '1'];
    const log = () =>
      readFileSync(join(run, 'log.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));

    python('train.py', [...args, '--epochs', '2']);
    const [first] = log();
    expect(first).toMatchObject({
      epoch: 1,
      loss: expect.any(Number),
      top1: expect.any(Number),
      raw: expect.any(Number),
    });
    expect(log()[1]).toMatchObject({ epoch: 2, mean: expect.any(Number) });
    expect(python('train.py', [...args, '--epochs', '6']).toString()).toContain('continues after batch 12');
    expect(log().map(({ epoch }) => epoch)).toEqual(Array.from({ length: 6 }, (_, i) => i + 1));
    // Forty words at random lose ln 40 = 3.7; a net that learns is soon below.
    expect(log().at(-1).loss).toBeLessThan(first.loss - 0.1);
    expect(readFileSync(join(run, 'curves.svg'), 'utf8')).toMatch(/<polyline[\s\S]*<\/svg>/);

    const out = join(run, 'artifact');
    python('export.py', ['--run', run, '--out', out, '--name', 'tiny']);
    const model = await readModel(out);
    expect(model.words.model).toBe('tiny');
    expect(model.words.words.map(({ word }) => word)).toEqual(words);

    // Other runs go on from there, so their first epoch loses less; and with a teacher, they lose something else.
    const firstLoss = (name: string, ...options: string[]): number => {
      const other = join(run, name);
      python('train.py', [...args, '--run', other, '--epochs', '1', '--start', out, ...options]);
      return JSON.parse(readFileSync(join(other, 'log.jsonl'), 'utf8')).loss;
    };
    const further = firstLoss('further');
    expect(further).toBeLessThan(first.loss - 0.1);
    const taught = firstLoss('taught', '--teacher', out, '3');
    expect(Math.abs(taught - further)).toBeGreaterThan(0.01);
    const folder = publicNetwork(words);
    expect(Math.abs(firstLoss('joint', '--teacher', out, '3', '--public', folder, '3') - taught)).toBeGreaterThan(0.01);
    expect(() => firstLoss('none', '--teacher', out, '3', '--public', data, '3')).toThrow(
      /no public network: .*model.json/,
    );
    expect(() => firstLoss('other', '--teacher', SHIPPED, '1')).toThrow(/has other words than preset quick/);
    expect(() => firstLoss('public', '--public', SHIPPED, '1')).toThrow(/--public needs a --teacher too/);

    const small = join(run, 'small');
    python('export.py', ['--run', run, '--out', small, '--most', String(Math.round(model.weights.byteLength * 0.6))]);
    expect((await readModel(small)).weights.byteLength).toBeLessThan(model.weights.byteLength * 0.6);
    expect(() => python('export.py', ['--run', run, '--out', out, '--most', '1000'])).toThrow(
      /at most 1000 are allowed/,
    );
  }, 180_000);

  // Native first: loading it makes it the backend of the process.
  const engines: EngineName[] = native ? ['native', 'wasm'] : ['wasm'];
  test.for(engines)(
    'the %s engine and PyTorch compute the same probabilities from the shipped files',
    { timeout: 120_000 },
    async (name) => {
      const inks = SAMPLE_WORDS.flatMap((word) => drawingsOf(word, 12));
      const input = inputOf(inks);
      const numbers = [input.traces, input.rasters].map(({ buffer }) => Buffer.from(buffer));
      const bytes = python('artifact.py', [SHIPPED], Buffer.concat(numbers));
      const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      const model = await readModel();
      const engine = name === 'wasm' ? await wasmEngine(model) : await nativeEngine(model);
      const found = await engine.run(input);
      engine.close();
      expect(found).toHaveLength(expected.length);
      let apart = 0;
      for (let i = 0; i < found.length; i++) apart = Math.max(apart, Math.abs(found[i]! - expected[i]!));
      expect(apart).toBeLessThan(1e-3);
    },
  );
});
