import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Drawing,
  drawingFiles,
  isHeldOut,
  parseDrawing,
  readDrawings,
  readWords,
} from '../../models/train/dataset.ts';
import { BOARD, prefix, STEPS } from '../../shared/ink.ts';
import { CHANNELS, RASTER_SIZE, rasterize } from '../../shared/raster.ts';
import { SAMPLE } from '../support/quickdraw.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'drawings-'));
const line = (fields: object): string => JSON.stringify({ word: 'cat', key_id: '1', recognized: true, ...fields });

async function read(text: string, words?: Set<string>): Promise<Drawing[]> {
  const file = join(folder(), 'cat.ndjson');
  writeFileSync(file, text);
  const drawings: Drawing[] = [];
  for await (const drawing of readDrawings(file, words)) drawings.push(drawing);
  return drawings;
}

describe('the reader', () => {
  test('puts a simplified drawing on the board where it is', async () => {
    const [drawing, ...others] = await read(
      `${line({
        drawing: [
          [
            [0, 255],
            [10, 20],
          ],
          [[3], [4]],
        ],
      })}\n`,
    );
    expect(others).toEqual([]);
    expect(drawing).toEqual({
      word: 'cat',
      key: '1',
      recognized: true,
      ink: {
        rev: 0,
        strokes: [
          [0, 10 * STEPS, BOARD, 20 * STEPS],
          [3 * STEPS, 4 * STEPS],
        ],
      },
    });
  });

  test('fits a raw drawing into the board, keeping its shape and its times', async () => {
    const raw = [
      [
        [100, 300],
        [50, 150],
        [0, 40],
      ],
      [[200.5], [100], [90]],
    ];
    const [drawing] = await read(line({ drawing: raw, recognized: false }));
    expect(drawing!.ink.strokes).toEqual([
      [0, 0, BOARD, BOARD / 2],
      [Math.round(100.5 * (BOARD / 200)), BOARD / 4],
    ]);
    expect(drawing!.times).toEqual([[0, 40], [90]]);
    expect(drawing!.recognized).toBe(false);
  });

  test('accepts a raw drawing of a single dot', () => {
    expect(parseDrawing(line({ drawing: [[[7], [9], [0]]] }), 'f', 1).ink.strokes).toEqual([[0, 0]]);
  });

  test.each([
    ['a truncated line', '{"word":"cat","key_id":"2","recog', 'not a line of JSON'],
    ['no word', line({ word: undefined, drawing: [[[1], [2]]] }), 'no word'],
    ['no key', line({ key_id: 5, drawing: [[[1], [2]]] }), 'no key_id'],
    ['no strokes', line({ drawing: [] }), 'an empty drawing'],
    ['a stroke without points', line({ drawing: [[[], []]] }), 'a stroke that is not'],
    ['lists of two lengths', line({ drawing: [[[1, 2], [3]]] }), 'a stroke that is not'],
    [
      'a point that is not a number',
      line({
        drawing: [
          [
            [1, null],
            [3, 4],
          ],
        ],
      }),
      'a stroke that is not',
    ],
    [
      'a mixture of formats',
      line({
        drawing: [
          [[1], [2], [0]],
          [[1], [2]],
        ],
      }),
      'a stroke that is not',
    ],
    ['null', 'null', 'no word'],
  ])('names file and line of %s', async (_, bad, reason) => {
    const good = line({ drawing: [[[1], [2]]] });
    await expect(read(`${good}\n${bad}\n`)).rejects.toThrow(new RegExp(`cat\\.ndjson:2: ${reason}`));
  });

  test('names file and line of an unknown word', async () => {
    await expect(read(line({ word: 'cta', drawing: [[[1], [2]]] }), new Set(['cat']))).rejects.toThrow(
      /:1: unknown word "cta"/,
    );
  });

  test('says which file is missing, and which folder holds no drawings', async () => {
    await expect(readDrawings('/nowhere/cat.ndjson').next()).rejects.toThrow('/nowhere/cat.ndjson');
    const empty = folder();
    await expect(drawingFiles(empty)).rejects.toThrow(empty);
  });

  test('refuses a word list with a duplicate', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'categories.txt'), 'cat\ndog\ncat\n');
    await expect(readWords(dir)).rejects.toThrow(/categories\.txt:3/);
  });
});

test('the validation split is about 7 %, and never changes', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => String(4503599627370496 + i * 7919 * 65536));
  const held = keys.filter(isHeldOut);
  expect(held.length / keys.length).toBeGreaterThan(0.062);
  expect(held.length / keys.length).toBeLessThan(0.078);
  // Should these ever change, a model would be measured on drawings that it was trained with.
  const first = Array.from({ length: 200 }, (_, i) => i).filter((i) => isHeldOut(String(5_000_000_000_000_000 + i)));
  expect(first).toEqual([14, 38, 52, 82, 115, 131, 140, 146, 158, 159, 180, 193]);
});

describe('the drawings of the sample', () => {
  test('raw drawings rasterize like their simplified versions, whole and half drawn', async () => {
    const ratios: Record<string, number[]> = { whole: [], half: [] };
    const twins = new Map<string, Drawing>();
    for (const file of await drawingFiles(join(SAMPLE, 'simplified')))
      for await (const drawing of readDrawings(file)) twins.set(drawing.key, drawing);
    for (const file of await drawingFiles(join(SAMPLE, 'raw')))
      for await (const { key, ink, times } of readDrawings(file)) {
        expect(times).toBeDefined();
        const twin = twins.get(key);
        expect(twin, `${file} ${key}`).toBeDefined();
        ratios.whole!.push(difference(ink, twin!.ink));
        ratios.half!.push(difference(prefix(ink, 0.5), prefix(twin!.ink, 0.5)));
      }
    expect(ratios.whole!.length).toBeGreaterThan(20);
    // Of all inked pixels, how much ink is in one picture only: lines are 1.5 pixels wide, simplifying moves them by up to half of one.
    expect(median(ratios.whole!)).toBeLessThan(0.2);
    expect(Math.max(...ratios.whole!)).toBeLessThan(0.4);
    expect(median(ratios.half!)).toBeLessThan(0.3);
  }, 30_000);
});

function difference(a: Drawing['ink'], b: Drawing['ink']): number {
  const [one, other] = [new Uint8Array(RASTER_SIZE), new Uint8Array(RASTER_SIZE)];
  rasterize(a, one);
  rasterize(b, other);
  let apart = 0;
  let inked = 0;
  for (let i = 0; i < RASTER_SIZE; i += CHANNELS) {
    apart += Math.abs(one[i]! - other[i]!);
    inked += Math.max(one[i]!, other[i]!);
  }
  return apart / inked;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
