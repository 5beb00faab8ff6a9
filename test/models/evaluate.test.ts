import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Evaluation } from '../../models/evaluation.ts';
import { readModel } from '../../server/inference/model.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import { type Calibration, sizeOf, UNCALIBRATED } from '../../shared/calibration.ts';
import { prefix, STEPS } from '../../shared/ink.ts';
import { drawn } from '../support/drawings.ts';
import { native } from '../support/native.ts';

const root = new URL('../..', import.meta.url).pathname;
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'models/evaluate.ts', ...args], { cwd: root });

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'evaluate-'));
  await mkdir(join(dir, 'data'));
  for (const [word, { strokes }] of Object.entries(drawn)) {
    const lists = strokes.map((stroke) => [0, 1].map((axis) => stroke.filter((_, i) => i % 2 === axis)));
    const simplified = lists.map((list) => list.map((values) => values.map((value) => Math.round(value / STEPS))));
    const raw = lists.map(([xs, ys], s) => [xs, ys, xs!.map((_, i) => s * 900 + i * 25)]);
    const line = (key: string, drawing: unknown) =>
      `${JSON.stringify({ word, key_id: `${word}-${key}`, recognized: key === 'raw', drawing })}\n`;
    await writeFile(join(dir, 'data', `${word}.ndjson`), line('simplified', simplified) + line('raw', raw));
  }
});
afterAll(() => rm(dir, { recursive: true }));

describe('npm run evaluate', () => {
  test.each(native ? ['native', 'wasm'] : ['wasm'])(
    'reports every figure with the %s engine',
    async (engine) => {
      const file = join(dir, `${engine}.json`);
      const report = join(dir, `${engine}-report`);
      const { stdout } = await run('--data', join(dir, 'data'), '--engine', engine, '--json', file, '--report', report);
      const figures: Evaluation = JSON.parse(await readFile(file, 'utf8'));
      const { words } = await readModel();
      expect(figures).toMatchObject({ engine, model: words.model, n: 14 });
      expect(figures.byInk.map((each) => each.ink)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
      expect(figures.byInk.at(-1)).toMatchObject({ ink: 1, top1: figures.top1, top3: figures.top3 });
      expect(figures.top3).toBeGreaterThanOrEqual(figures.top1);
      expect(figures.top5).toBeGreaterThanOrEqual(figures.top3);
      expect(figures.map3).toBeGreaterThanOrEqual(figures.top1);
      for (const { ece } of figures.byInk) expect(ece >= 0 && ece <= 1).toBe(true);
      expect(figures.play).toMatchObject({ drawings: 14 });
      const shares = figures.playAt.map(({ play }) => play.recognized);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(shares[0]).toBeGreaterThan(shares.at(-1)!);
      expect(figures.recognized.n).toBe(7);
      expect(stdout).toContain(`14 drawings, model ${words.model}, engine ${engine}`);
      const files = ['accuracy.svg', 'confusion.svg', 'reliability.svg', 'report.md', 'threshold.svg'];
      expect((await readdir(report)).sort()).toEqual(files);
      // What was drawn for these tests, the network knows nearly all of.
      expect(figures.top3).toBeGreaterThan(0.8);
    },
    60_000,
  );

  test.each([
    ['a cut-off line', '{"word":"house","key_id":"1","recogn', 'not a line of JSON'],
    [
      'an unknown word',
      '{"word":"hose pipe","key_id":"1","recognized":true,"drawing":[[[0,1],[0,1]]]}',
      'unknown word',
    ],
    ['an empty drawing', '{"word":"house","key_id":"1","recognized":true,"drawing":[]}', 'an empty drawing'],
  ])(
    'names file and line of %s, and writes nothing',
    async (_, line, reason) => {
      const broken = join(dir, 'broken');
      await rm(broken, { recursive: true, force: true });
      await mkdir(broken);
      const file = join(broken, 'house.ndjson');
      const good = (await readFile(join(dir, 'data/house.ndjson'), 'utf8')).trim();
      await writeFile(file, `${good}\n${line}\n`);
      const json = join(dir, 'broken.json');
      await expect(run('--data', broken, '--json', json)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`${file}:3: ${reason}`),
      });
      expect(await readdir(dir)).not.toContain('broken.json');
    },
    60_000,
  );

  test('says what is missing', async () => {
    await expect(run()).rejects.toMatchObject({ stderr: expect.stringContaining('--data DIR') });
    await expect(run('--data', '/nowhere')).rejects.toMatchObject({ stderr: expect.stringContaining('/nowhere') });
    await expect(run('--data', dir, '--engine', 'gpu')).rejects.toMatchObject({
      stderr: expect.stringContaining('unknown engine "gpu"'),
    });
  }, 60_000);
});

test('calibration is the same function of the ink in both engines', async () => {
  const inks = [drawn.house, prefix(drawn.house, 0.3)];
  for (const engine of native ? (['native', 'wasm'] as const) : (['wasm'] as const)) {
    const answer = async (calibration: Calibration) => {
      const recognizer = await startRecognizer({ engine, calibration });
      const rows = await recognizer.recognize(inks);
      await recognizer.close();
      return rows;
    };
    const plain = await answer(UNCALIBRATED);
    const sizes = inks.map(sizeOf);
    const meant = await answer({ sizes: [sizes[1]!, sizes[0]!], powers: [0.5, 1.5] });
    for (const [i, power] of [1.5, 0.5].entries()) {
      const powers = plain[i]!.map((p) => p ** power);
      const sum = powers.reduce((a, b) => a + b, 0);
      for (const [word, p] of meant[i]!.entries()) expect(p).toBeCloseTo(powers[word]! / sum, 5);
    }
  }
}, 60_000);
