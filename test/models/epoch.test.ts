/** Which drawings an epoch has, how often it shows each word, and how it cuts them off. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { augmentIn, presets } from '../../models/train/config.ts';
import { drawingFiles, isHeldOut, readDrawings } from '../../models/train/dataset.ts';
import { epochBatches, epochOrder, type Pool, shownOf, trainingSet } from '../../models/train/epoch.ts';
import { writeDataset } from '../support/dataset.ts';

const full = presets.full!;

describe('a word with many drawings', () => {
  const words = ['many', 'further', 'few'];
  let data: string;
  let pools: Pool[];
  beforeAll(async () => {
    data = writeDataset(words, 1500);
    const lines = words.map((word) => readFileSync(join(data, 'simplified', `${word}.ndjson`), 'utf8').split('\n'));
    const write = (format: string, word: number, from: number, to: number) =>
      writeFileSync(join(data, format, `${words[word]}.ndjson`), `${lines[word]!.slice(from, to).join('\n')}\n`);
    mkdirSync(join(data, 'more'));
    write('simplified', 1, 0, 800);
    write('more', 1, 800, 1500);
    write('simplified', 2, 0, 100);
    pools = await trainingSet(words, full, { data, exports: [] });
  });

  /** The drawings of a folder that are in the training split. */
  async function training(format: string, word: string): Promise<string[]> {
    const inks: string[] = [];
    const file = (await drawingFiles(join(data, format))).find((name) => name.endsWith(`/${word}.ndjson`))!;
    for await (const { key, ink } of readDrawings(file)) if (!isHeldOut(key)) inks.push(JSON.stringify(ink));
    return inks;
  }
  const inksOf = ({ drawings }: Pool) => drawings.map(({ ink }) => JSON.stringify(ink));

  test('has at most 1,200, the simplified ones before the further ones', async () => {
    expect(pools).toHaveLength(4);
    const [many, further, few] = pools.map(inksOf);
    const all = await training('simplified', 'many');
    expect(all.length).toBeGreaterThan(1200);
    expect(many).toEqual(all.slice(0, 1200));
    const [simplified, more] = [await training('simplified', 'further'), await training('more', 'further')];
    expect(simplified.length).toBeLessThan(1200);
    expect(further).toEqual([...simplified, ...more].slice(0, 1200));
    expect(further).toHaveLength(1200);
    expect(few).toEqual(await training('simplified', 'few'));
  });

  test('has a cap of its own for raw drawings', async () => {
    const raw = (await trainingSet(words, { ...full, perWord: 2 }, { data, exports: [] }))[3]!;
    expect(raw.drawings.map(({ label }) => label)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(raw.shown).toBe(12);
  });

  test('is shown the square root of its surplus as often', async () => {
    // 1,200 drawings are 3 times the typical 400: √3 times 400 are 692.8.
    const few = pools[2]!.drawings.length;
    expect(pools.slice(0, 3).map(({ shown }) => shown)).toEqual([693, 693, few]);
    const shownWith = async (typical: number) =>
      (await trainingSet(words, { ...full, typical }, { data, exports: [] })).slice(0, 3).map(({ shown }) => shown);
    // 4 times 300 drawings: 2 times 300. A word with no more than the typical number is shown all.
    expect(await shownWith(300)).toEqual([600, 600, few]);
    expect(await shownWith(1200)).toEqual([1200, 1200, few]);
    expect(await shownWith(5000)).toEqual([1200, 1200, few]);
  });
});

describe('how often an epoch shows each word', () => {
  const pool = (labels: number[], shown: number): Pool => ({
    drawings: labels.map((label) => ({ ink: { rev: 0, strokes: [[0, 0]] }, label })),
    shown,
  });
  const words = ['cat', 'dog', 'sun'];
  const pools = [pool([0, 0, 0, 0], 4), pool(Array(16).fill(1), 12), pool([0, 1, 1, 1], 8)];

  test('is added up over the pools, and 0 for a word without drawings', () => {
    // The last pool, of raw drawings, shows each of its four twice.
    expect(shownOf(words, pools)).toEqual([4 + 2, 12 + 6, 0]);
  });

  test('is what the order has', () => {
    const labels = pools.flatMap(({ drawings }) => drawings.map(({ label }) => label));
    for (const epoch of [0, 1, 7]) {
      const counts = words.map(() => 0);
      for (const index of epochOrder(pools, 3, epoch)) counts[labels[index]!]!++;
      expect(counts).toEqual(shownOf(words, pools));
    }
  });

  test('makes as many full batches, and at least one', () => {
    expect(epochBatches(pools, { ...full, batch: 5 })).toBe(4);
    expect(epochBatches(pools, { ...full, batch: 24 })).toBe(1);
    expect(epochBatches(pools, { ...full, batch: 100 })).toBe(1);
  });
});

describe('the share of cut-off drawings', () => {
  const preset = { ...full, augment: { ...full.augment, prefixes: 0.5 }, growth: { prefixes: 0.8, epochs: 45 } };

  test.each([
    [0, 0.5],
    [22, 0.5 + (0.3 * 22) / 45],
    [45, 0.8],
    [90, 0.8],
  ])('grows evenly, and then stays: epoch %i', (epoch, share) => {
    const before = structuredClone(preset);
    const { prefixes, ...others } = augmentIn(preset, epoch);
    expect(prefixes).toBeCloseTo(share, 10);
    const { prefixes: _, ...unchanged } = preset.augment;
    expect(others).toEqual(unchanged);
    expect(preset).toEqual(before);
  });

  test.each(Object.values(presets))('is a share, and never falls, with the $name preset', (each) => {
    const shares = [0, 22, 45, 90].map((epoch) => augmentIn(each, epoch).prefixes);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBe(each.augment.prefixes);
    expect(shares[3]).toBe(each.growth.prefixes);
    expect(shares[0]).toBeGreaterThan(0);
    expect(shares[3]).toBeLessThan(1);
  });
});
