/** The sample of Google's drawings that ships: its format, and that it has what the galleries show. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BOARD, STEPS } from '../../shared/ink.ts';
import { encodeStroke, readSample } from '../../shared/sample.ts';

const text = readFileSync(new URL('../../client/archive/gallery/sample.txt', import.meta.url), 'utf8');
const { words } = JSON.parse(readFileSync(new URL('../../models/quickdraw/words.json', import.meta.url), 'utf8'));

test('a drawing comes out as it went in', () => {
  const strokes = [
    [0, 0, 255 * STEPS, 255 * STEPS, 64 * STEPS, 3 * STEPS],
    [1 * STEPS, 2 * STEPS],
  ];
  const line = `# a comment\nhot dog\t${strokes.map(encodeStroke).join(' ')}\t${encodeStroke(strokes[1]!)}\n`;
  expect(readSample(line)).toEqual(new Map([['hot dog', [strokes, [strokes[1]]]]]));
});

test('it has drawings of every word, is credited, and small', () => {
  const sample = readSample(text);
  expect([...sample.keys()].sort()).toEqual(words.map(({ word }: { word: string }) => word).sort());
  for (const [word, drawings] of sample) expect(drawings.length, word).toBeGreaterThanOrEqual(word === 'line' ? 1 : 6);
  const isOnBoard = (value: number) => Number.isInteger(value) && value >= 0 && value <= BOARD;
  expect([...sample.values()].flat(3).every(isOnBoard)).toBe(true);
  expect(text).toMatch(/^# .*Quick, Draw! data set, Google, CC BY 4\.0/);
  expect(text.length).toBeLessThan(500_000);
});
