/** What the trainer is fed. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSample } from '../../models/lab/samples.ts';
import { augment } from '../../models/train/augment.ts';
import { seeded, seedOf } from '../../shared/chance.ts';
import { bytesOf, packBatch } from '../../models/train/batch.ts';
import { augmentIn, ONE_WAY, presets } from '../../models/train/config.ts';
import { epochOrder, heldOut, type Labelled, trainingSet } from '../../models/train/epoch.ts';
import { withSample } from '../../models/train/sample.ts';
import { STEPS, type Stroke } from '../../shared/ink.ts';
import { unpackDrawing } from '../../shared/lab/sample.ts';
import { writeDataset } from '../support/dataset.ts';

const quick = presets.quick!;
const words = quick.words!;
const data = writeDataset(words, 14);

/** The header, and the first `count` bytes after it. */
function stream(count: number, ...args: string[]): Promise<{ header: Record<string, unknown>; bytes: Buffer }> {
  const child = spawn('node', [
    '--import',
    'tsx',
    'models/train/stream.ts',
    '--preset',
    'quick',
    ...(args.includes('--data') ? [] : ['--data', data]),
    ...args,
  ]);
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.stdout.on('data', (bytes: Buffer) => {
      read = Buffer.concat([read, bytes]);
      const line = read.indexOf(10);
      if (line < 0 || read.length < line + 1 + count) return;
      resolve({ header: JSON.parse(read.toString('utf8', 0, line)), bytes: read.subarray(line + 1, line + 1 + count) });
      child.kill();
    });
    child.on('exit', (code) => reject(new Error(`the stream ended with ${code}: ${errors}`)));
  });
}

const batch = quick.batch * bytesOf(words.length);

test('batches do not depend on the number of workers, and resume from any batch', async () => {
  const { header, bytes } = await stream(3 * batch, '--workers', '1');
  expect(header).toMatchObject({ preset: { name: 'quick' }, words, epoch: 6 });
  const two = await stream(3 * batch, '--workers', '2');
  expect(two.bytes.equals(bytes)).toBe(true);
  const later = await stream(batch, '--workers', '2', '--from', '2');
  expect(later.bytes.equals(bytes.subarray(2 * batch))).toBe(true);
}, 60_000);

test('a batch is the augmented drawings as the server sees them', async () => {
  const { bytes } = await stream(batch, '--workers', '1');
  const pools = await trainingSet(words, quick, { data, exports: [] });
  const drawings = pools.flatMap((pool) => pool.drawings);
  const order = epochOrder(pools, quick.seed, 0);
  const picked = Array.from(order.subarray(0, quick.batch), (index, i) => {
    const { ink, label } = drawings[index]!;
    const chance = seeded(seedOf(quick.seed, 0, index, i));
    return { label, ...augment(ink, augmentIn(quick, 0), !ONE_WAY.has(words[label]!), chance) };
  });
  expect(bytes.equals(packBatch(picked, words.length))).toBe(true);
}, 60_000);

test('no drawing is on both sides of the split in either format, and none is lost', async () => {
  const text = (drawings: { ink: unknown }[]) => drawings.map(({ ink }) => JSON.stringify(ink));
  const training = text((await trainingSet(words, quick, { data, exports: [] })).flatMap(({ drawings }) => drawings));
  const checked = [...text(await heldOut(words, data, 'simplified')), ...text(await heldOut(words, data, 'raw'))];
  expect(checked.length).toBeGreaterThan(5);
  expect(training.filter((ink) => checked.includes(ink))).toEqual([]);
  expect(training.length + checked.length).toBe(words.length * (14 + 4));
});

test('held-out drawings are not augmented, and cut only on request', async () => {
  const drawings = await heldOut(words, data, 'simplified');
  const count = drawings.length * bytesOf(words.length);
  const { header, bytes } = await stream(count, '--check', 'simplified');
  expect(header.drawings).toBe(drawings.length);
  const whole = Buffer.from(packBatch(drawings, words.length));
  expect(bytes.equals(whole)).toBe(true);
  const half = await stream(count, '--check', 'simplified', '--share', '0.5');
  expect(half.bytes.equals(whole)).toBe(false);
}, 60_000);

test('without a data set, quick learns from the lab’s drawings, and is checked with those of the lab', async () => {
  delete process.env.QUICKDRAW_DATA;
  const lines: string[] = [];
  const missing = { data: '/nowhere', exports: [] };
  const folders = await withSample(missing, quick, (line) => lines.push(line), '/nowhere');
  expect(lines).toEqual([
    expect.stringMatching(/^No data set in \S+: training with the lab's drawings, 160 of each of 40/),
  ]);
  const cat = words.indexOf('cat');
  const sample = await readSample('cat');
  const cats = (drawings: Labelled[]) => drawings.filter(({ label }) => label === cat).map(({ ink }) => ink.strokes);
  // Google's format has coarser steps than the board.
  const expectNear = (found: Stroke[][], wanted: string[]) => {
    const points = wanted.map(unpackDrawing).flat(2);
    expect(found.flat(2)).toHaveLength(points.length);
    expect(found.flat(2).filter((at, i) => Math.abs(at - points[i]!) > STEPS / 2)).toEqual([]);
  };
  expectNear(cats((await trainingSet(words, quick, folders)).flatMap(({ drawings }) => drawings)), sample.training);
  expectNear(cats(await heldOut(words, folders.data, 'simplified')), sample.validation);
  expect(await heldOut(words, folders.data, 'raw')).toEqual([]);

  // A folder that somebody named must be right; and other presets need more words.
  const elsewhere = { data: '/elsewhere', exports: [] };
  expect(await withSample(elsewhere, quick, console.error, '/nowhere')).toBe(elsewhere);
  const there = { data, exports: [] };
  expect(await withSample(there, quick, console.error, data)).toBe(there);
  await expect(withSample(missing, presets.full!, console.error, '/nowhere')).rejects.toThrow(
    /Preset full needs more drawings than ship with the game.*npm run data/,
  );
});

test('words with many drawings are shown more often, but not in proportion; all their drawings equally often', () => {
  const drawing = (label: number) => ({ ink: { rev: 0, strokes: [[0, 0]] }, label });
  const pool = (label: number, count: number, shown: number) => ({
    drawings: Array.from({ length: count }, () => drawing(label)),
    shown,
  });
  const pools = [pool(0, 10, 10), pool(1, 30, 20), pool(2, 3, 6)];
  const counts = new Map<number, number>();
  for (let epoch = 0; epoch < 3; epoch++) {
    const order = epochOrder(pools, 1, epoch);
    expect(order).toHaveLength(36);
    for (const index of order) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  expect(Array.from({ length: 43 }, (_, i) => counts.get(i))).toEqual([
    ...Array(10).fill(3),
    ...Array(30).fill(2),
    ...Array(3).fill(6),
  ]);
});

test('further drawings and soft labels are used if they are there', async () => {
  const more = writeDataset(words, 14);
  mkdirSync(join(more, 'more'));
  const lines = readFileSync(join(data, 'simplified', 'cat.ndjson'), 'utf8').replaceAll('"key_id":"', '"key_id":"more');
  writeFileSync(join(more, 'more', 'cat.ndjson'), lines);
  const keys = lines.match(/more\d+/g)!;
  writeFileSync(join(more, 'soft-labels.tsv.gz'), gzipSync(keys.map((key) => `${key}\t5:200 0:55\n`).join('')));
  const cats = (await trainingSet(words, quick, { data: more, exports: [] }))[words.indexOf('cat')]!.drawings;
  const plain = (await trainingSet(words, quick, { data, exports: [] }))[words.indexOf('cat')]!.drawings;
  expect(cats.length).toBeGreaterThan(plain.length);
  const soft = cats.filter((each) => each.soft);
  expect(soft).toHaveLength(cats.length - plain.length);
  expect([...soft[0]!.soft!.entries()].filter(([, weight]) => weight > 0)).toEqual([
    [0, 55],
    [5, 200],
  ]);
  writeFileSync(join(more, 'soft-labels.tsv.gz'), gzipSync(`${keys[0]}\t5:200 99:3\n`));
  await expect(trainingSet(words, quick, { data: more, exports: [] })).rejects.toThrow(
    'soft-labels.tsv.gz:1: "99:3" is no word’s weight',
  );
});

test('reports bad data', async () => {
  await expect(stream(1, '--data', '/nowhere')).rejects.toThrow('/nowhere/categories.txt');
  await expect(stream(1, '--preset', 'slow')).rejects.toThrow(
    'unknown preset "slow"; there are full, distilled, wide, joint, quick',
  );
}, 60_000);
