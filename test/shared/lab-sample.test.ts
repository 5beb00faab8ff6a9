/** The drawings that ship for the lab: that all are there, of use, and small. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BOARD } from '../../shared/ink.ts';
import { type Sample, TRAINING_DRAWINGS, unpackDrawing, VALIDATION_DRAWINGS } from '../../shared/lab/sample.ts';
import { LAB_WORDS, SOMETHING_ELSE } from '../../shared/lab/words.ts';

const FOLDER = new URL('../../client/lab/sample/', import.meta.url);
const MOST_BYTES = 12_000;
const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const files = readdirSync(FOLDER);
const samples = files.map((file): Sample => JSON.parse(read(file)));

test('there is a file of each word, and of what is none of them', () => {
  expect(samples.map(({ word }) => word).sort()).toEqual([...LAB_WORDS, SOMETHING_ELSE].sort());
  for (const [i, { word }] of samples.entries()) expect(files[i]).toBe(`${word.replaceAll(' ', '-')}.json`);
});

test('no drawing is in two files, or twice in one', () => {
  const all = samples.flatMap(({ training, validation }) => [...training, ...validation]);
  const counts = new Map<string, number>();
  for (const drawing of all) counts.set(drawing, (counts.get(drawing) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
});

describe.each(samples)('$word', ({ word, training, validation, heldOut }) => {
  test('has all its drawings, and none both to learn from and to check with', () => {
    expect(training).toHaveLength(TRAINING_DRAWINGS);
    expect(validation).toHaveLength(VALIDATION_DRAWINGS);
    const learned = new Set(training);
    expect(learned.size).toBe(TRAINING_DRAWINGS);
    expect(validation.filter((drawing) => learned.has(drawing))).toEqual([]);
    expect(heldOut).toBeGreaterThan(0);
    expect(heldOut).toBeLessThanOrEqual(VALIDATION_DRAWINGS);
  });

  test('unpacks into ink on the board', () => {
    for (const drawing of [...training, ...validation]) {
      const strokes = unpackDrawing(drawing);
      expect(strokes.length).toBeGreaterThan(0);
      expect(strokes.flat().every((value) => Number.isInteger(value) && value >= 0 && value <= BOARD)).toBe(true);
    }
  });

  test('is small on its way', () => {
    const bytes = gzipSync(read(`${word.replaceAll(' ', '-')}.json`), { level: 9 }).length;
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  });
});
