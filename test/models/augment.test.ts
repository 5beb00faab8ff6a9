import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { augment } from '../../models/train/augment.ts';
import { seeded, seedOf } from '../../shared/chance.ts';
import { ONE_WAY, presets } from '../../models/train/config.ts';
import { shuffled } from '../../models/train/epoch.ts';
import { BOARD, type Ink, inkLength, prefix } from '../../shared/ink.ts';
import { drawn } from '../support/drawings.ts';

const how = presets.full!.augment;
const none = {
  ...how,
  prefixes: 0,
  mirror: 0,
  drop: 0,
  swap: 0,
  reverse: 0,
  rotate: 0,
  shear: 0,
  aspect: 0,
  warp: 0,
  shift: 0,
  jitter: 0,
};
const coordinate = fc.integer({ min: 0, max: BOARD });
const strokes = fc.array(
  fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 30 }).map((points) => points.flat()),
  { minLength: 1, maxLength: 8 },
);

describe('augmentation', () => {
  test('stays on the board, never empty, and leaves the drawing itself alone', () => {
    fc.assert(
      fc.property(strokes, fc.integer(), fc.boolean(), (lines, seed, mirrored) => {
        const ink: Ink = { rev: 0, strokes: lines };
        const before = structuredClone(ink);
        const varied = augment(ink, how, mirrored, seeded(seed)).ink;
        expect(ink).toEqual(before);
        const all = varied.strokes.flat();
        expect(all.length).toBeGreaterThan(0);
        for (const value of all) expect(value >= 0 && value <= BOARD, String(value)).toBe(true);
      }),
    );
  });

  test('depends on the seed alone', () => {
    const at = (seed: number) => augment(drawn.house, how, true, seeded(seed));
    expect(at(5)).toEqual(at(5));
    expect(at(5)).not.toEqual(at(6));
  });

  test('with everything off, only moves the drawing to the corner of the board', () => {
    const varied = augment(drawn.square, none, true, seeded(1)).ink;
    const side = BOARD * 0.8 * Math.min(1.5, 1 / 0.8);
    expect(Math.max(...varied.strokes.flat())).toBeCloseTo(side, -1);
    expect(Math.min(...varied.strokes.flat())).toBe(0);
  });

  test('mirrors where the word allows it, and only there', () => {
    const mirror = { ...none, mirror: 1 };
    const [plain, turned] = [
      augment(drawn.ladder, none, true, seeded(1)).ink,
      augment(drawn.ladder, mirror, true, seeded(1)).ink,
    ];
    expect(turned.strokes[0]![0]).toBe(plain.strokes[1]![0]);
    expect(augment(drawn.ladder, mirror, false, seeded(1)).ink).toEqual(plain);
  });

  test('cuts last: a cut drawing is a prefix of the whole one', () => {
    const cut = { ...how, prefixes: 1, shortest: 0.4 };
    for (let seed = 1; seed <= 50; seed++) {
      const { ink: part, share } = augment(drawn.ladder, cut, true, seeded(seed));
      const { ink: whole, share: all } = augment(drawn.ladder, { ...how, prefixes: 0 }, true, seeded(seed));
      expect(all).toBe(1);
      expect(share).toBeGreaterThanOrEqual(0.4);
      expect(share).toBeLessThanOrEqual(1);
      // Points are rounded to the board's steps.
      expect(inkLength(part) / inkLength(whole)).toBeCloseTo(share, 3);
      expect(inkLength(prefix(whole, share))).toBeCloseTo(inkLength(part), 3);
      expect(whole.strokes[0]!.slice(0, 2)).toEqual(part.strokes[0]!.slice(0, 2));
    }
  });

  test('makes as many prefixes as configured', () => {
    let cut = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const chance = seeded(seedOf(1, seed));
      const whole = augment(drawn.circle, none, false, seeded(1)).ink;
      const varied = augment(drawn.circle, { ...none, prefixes: 0.45 }, false, chance).ink;
      if (inkLength(varied) < inkLength(whole) - 1) cut++;
    }
    expect(cut / 2000).toBeGreaterThan(0.4);
    expect(cut / 2000).toBeLessThan(0.5);
  });
});

test('an epoch has every drawing once, in its own order', () => {
  const order = shuffled(1000, 7);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(shuffled(1000, 7)).toEqual(order);
  expect(shuffled(1000, 8)).not.toEqual(order);
});

test('the words that are not mirrored exist', async () => {
  const { default: shipped } = await import('../../models/quickdraw/words.json');
  const known = new Set(shipped.words.map(({ word }: { word: string }) => word));
  for (const word of [...ONE_WAY, ...presets.quick!.words!]) expect(known, word).toContain(word);
});
