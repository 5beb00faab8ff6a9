import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isHeldOut } from '../../models/train/dataset.ts';
import { readModel, SHIPPED } from '../../server/inference/model.ts';
import { STEPS } from '../../shared/ink.ts';
import { CONVINCED } from '../../shared/verdict.ts';
import { chance } from '../support/chance.ts';
import { drawn } from '../support/drawings.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'calibrate-'));
  await cp(SHIPPED, join(dir, 'model'), { recursive: true });
  const { next } = chance(3);
  let key = 0;
  for (const format of ['simplified', 'raw']) {
    await mkdir(join(dir, format));
    for (const [word, { strokes }] of Object.entries(drawn)) {
      const lines = Array.from({ length: 6 }, (_, i) => {
        // The last one of each word is in the training split: it must not be fitted to.
        do key++;
        while (isHeldOut(String(key)) !== i < 5);
        const shake = (n: number) => Math.max(0, Math.min(255, Math.round(n / STEPS + 6 * next())));
        const drawing = strokes.map((stroke, s) => {
          const [xs, ys] = [0, 1].map((axis) => stroke.filter((_, at) => at % 2 === axis).map(shake));
          return format === 'raw' ? [xs, ys, xs!.map((_, at) => 1000 * s + 40 * at)] : [xs, ys];
        });
        return JSON.stringify({ word, key_id: String(key), recognized: true, drawing });
      });
      await writeFile(join(dir, format, `${word}.ndjson`), `${lines.join('\n')}\n`);
    }
  }
});
afterAll(() => rm(dir, { recursive: true }));

test('npm run calibrate writes a complete model, with figures for every word', async () => {
  const model = join(dir, 'model');
  const before = await readModel(model);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'models/calibrate.ts', '--data', dir, '--model', model],
    { cwd: new URL('../..', import.meta.url).pathname },
  );
  // Five of each word in either format.
  expect(stdout).toContain('simplified: 35 drawings, filling the board');
  expect(stdout).toContain('raw: 35 drawings, filling the board');
  expect(stdout).toContain('raw: 35 replayed');

  const after = await readModel(model);
  const { sizes, powers } = after.words.calibration;
  expect(powers).toHaveLength(sizes.length);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(after.words.words.map(({ word }) => word)).toEqual(before.words.words.map(({ word }) => word));
  for (const { threshold, difficulty, factor } of after.words.words) {
    expect(threshold).toBeGreaterThanOrEqual(CONVINCED);
    expect(threshold).toBeLessThanOrEqual(1);
    expect(factor).toBe({ easy: 1, medium: 1.25, hard: 1.5 }[difficulty]);
  }
}, 60_000);
