import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Chunk, Ink } from '../../shared/ink.ts';
import { append, clear, copyInk, emptyInk, inkLength, inkSize, prefix, undo } from '../../shared/ink.ts';

const chunk = (rev: number, stroke: number, from: number, ...points: number[]): Chunk => ({
  rev,
  stroke,
  from,
  points,
});

describe('append', () => {
  test('begins strokes and continues the last one', () => {
    const ink = emptyInk();
    expect(append(ink, chunk(0, 0, 0, 1, 2))).toBe(true);
    expect(append(ink, chunk(0, 0, 1, 3, 4, 5, 6))).toBe(true);
    expect(append(ink, chunk(0, 1, 3, 7, 8))).toBe(true);
    expect(ink.strokes).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 8],
    ]);
  });

  test.each([
    ['a gap', chunk(0, 0, 2, 9, 9)],
    ['a repetition', chunk(0, 0, 0, 9, 9)],
    ['an older drawing', chunk(1, 0, 1, 9, 9)],
    ['a stroke too far', chunk(0, 2, 1, 9, 9)],
    ['a stroke before the last', chunk(0, -1, 1, 9, 9)],
  ])('refuses %s and changes nothing', (_, wrong) => {
    const ink: Ink = { rev: 0, strokes: [[1, 2]] };
    expect(append(ink, wrong)).toBe(false);
    expect(ink).toEqual({ rev: 0, strokes: [[1, 2]] });
  });
});

/** A drawing as a list of what was done to it. */
const points = fc.array(fc.nat(2040), { minLength: 1, maxLength: 6 }).map((list) => list.flatMap((x) => [x, 2040 - x]));
const deed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ begin: fc.boolean(), points }) },
  { weight: 1, arbitrary: fc.constant('undo' as const) },
  { weight: 1, arbitrary: fc.constant('clear' as const) },
);

test('the same chunks give the same ink, despite lost, repeated and late ones', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), fc.array(fc.nat(9), { minLength: 1 }), (deeds, fate) => {
      const drawn = emptyInk();
      const seen = emptyInk();
      const old: Chunk[] = [];
      deeds.forEach((what, i) => {
        if (what === 'undo' || what === 'clear') {
          for (const ink of [drawn, seen]) what === 'undo' ? undo(ink) : clear(ink);
          return;
        }
        const stroke = what.begin || drawn.strokes.length === 0 ? drawn.strokes.length : drawn.strokes.length - 1;
        const next = { rev: drawn.rev, stroke, from: inkSize(drawn), points: what.points };
        expect(append(drawn, next)).toBe(true);
        // Something stale, from anywhere in the past, never changes a thing.
        const stale = old[fate[i % fate.length]! % Math.max(1, old.length)];
        if (stale) {
          const before = copyInk(seen);
          if (stale.from !== inkSize(seen) || stale.rev !== seen.rev) expect(append(seen, stale)).toBe(false);
          expect(seen).toEqual(before);
        }
        expect(append(seen, next)).toBe(true);
        old.push(next);
      });
      expect(seen).toEqual(drawn);
    }),
  );
});

describe('prefix', () => {
  const ink: Ink = {
    rev: 0,
    strokes: [
      [0, 0, 100, 0],
      [0, 50, 0, 150, 100, 150],
    ],
  };

  test('ends at that share of the length, between two points if necessary', () => {
    expect(inkLength(ink)).toBe(300);
    expect(prefix(ink, 0.5).strokes).toEqual([
      [0, 0, 100, 0],
      [0, 50, 0, 100],
    ]);
    expect(prefix(ink, 1).strokes).toEqual(ink.strokes);
    expect(prefix(ink, 0).strokes).toEqual([[0, 0]]);
  });

  test('has that share of the length, and is a prefix of any longer one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1, noNaN: true }), (share) => {
        expect(inkLength(prefix(ink, share))).toBeCloseTo(share * 300, 6);
        expect(prefix(ink, share).strokes.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
