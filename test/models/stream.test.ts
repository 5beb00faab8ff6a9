/** What the trainer is fed. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { augment, seeded, seedOf } from '../../models/train/augment.ts';
import { ONE_WAY, presets } from '../../models/train/config.ts';
import { heldOut, shuffled, trainingSet } from '../../models/train/epoch.ts';
import { RASTER_SIZE, rasterize } from '../../shared/raster.ts';
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
    '--data',
    data,
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

const batch = quick.batch * (2 + RASTER_SIZE);

test('batches do not depend on the number of workers, and resume from any batch', async () => {
  const { header, bytes } = await stream(3 * batch, '--workers', '1');
  expect(header).toMatchObject({ preset: { name: 'quick' }, words, epoch: 3 });
  const two = await stream(3 * batch, '--workers', '2');
  expect(two.bytes.equals(bytes)).toBe(true);
  const later = await stream(batch, '--workers', '2', '--from', '2');
  expect(later.bytes.equals(bytes.subarray(2 * batch))).toBe(true);
}, 60_000);

test('a batch is the augmented drawings in the server’s raster', async () => {
  const { bytes } = await stream(batch, '--workers', '1');
  const drawings = await trainingSet(words, quick, data);
  const order = shuffled(drawings.length, seedOf(quick.seed, 0));
  for (let i = 0; i < quick.batch; i++) {
    const { ink, label } = drawings[order[i]!]!;
    expect(bytes.readUInt16LE(2 * i)).toBe(label);
    const raster = new Uint8Array(RASTER_SIZE);
    const chance = seeded(seedOf(quick.seed, 0, order[i]!));
    rasterize(augment(ink, quick.augment, !ONE_WAY.has(words[label]!), chance), raster);
    const at = 2 * quick.batch + i * RASTER_SIZE;
    expect(bytes.subarray(at, at + RASTER_SIZE).equals(raster)).toBe(true);
  }
}, 60_000);

test('no drawing is on both sides of the split in either format, and none is lost', async () => {
  const text = (drawings: { ink: unknown }[]) => drawings.map(({ ink }) => JSON.stringify(ink));
  const training = text(await trainingSet(words, { ...quick, rawRepeats: 1 }, data));
  const checked = [...text(await heldOut(words, data, 'simplified')), ...text(await heldOut(words, data, 'raw'))];
  expect(checked.length).toBeGreaterThan(5);
  expect(training.filter((ink) => checked.includes(ink))).toEqual([]);
  expect(training.length + checked.length).toBe(words.length * (14 + 4));
});

test('held-out drawings are not augmented, and cut only on request', async () => {
  const drawings = await heldOut(words, data, 'simplified');
  const { header, bytes } = await stream(drawings.length * (2 + RASTER_SIZE), '--check', 'simplified');
  expect(header.drawings).toBe(drawings.length);
  const raster = new Uint8Array(RASTER_SIZE);
  rasterize(drawings[1]!.ink, raster);
  const at = 2 * drawings.length + RASTER_SIZE;
  expect(bytes.subarray(at, at + RASTER_SIZE).equals(raster)).toBe(true);
  const half = await stream(drawings.length * (2 + RASTER_SIZE), '--check', 'simplified', '--share', '0.5');
  expect(half.bytes.subarray(at, at + RASTER_SIZE).equals(raster)).toBe(false);
}, 60_000);

test('reports bad data', async () => {
  await expect(stream(1, '--data', '/nowhere')).rejects.toThrow('/nowhere/categories.txt');
  await expect(stream(1, '--preset', 'slow')).rejects.toThrow('unknown preset "slow"; there are full, quick');
}, 60_000);
