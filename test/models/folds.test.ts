import { expect, test } from 'vitest';
import { FOLDS, foldOf, inFold, knownTo } from '../../models/folds.ts';

const drawings = Array.from({ length: 2000 }, (_, i) => ({ i, fold: foldOf(String(4_500_000_000_000_000 + i)) }));

test('a fold is measured with what no drawing of its own was fitted to, and every drawing is measured once', () => {
  const measured = FOLDS.flatMap((fold) => {
    const own = inFold(fold, drawings);
    const known = new Set(knownTo(fold, drawings));
    expect(own.filter((each) => known.has(each))).toEqual([]);
    expect(own.length + known.size).toBe(drawings.length);
    return own;
  });
  expect(measured.map(({ i }) => i).sort((a, b) => a - b)).toEqual(drawings.map(({ i }) => i));
});

test('folds are about equally large', () => {
  for (const fold of FOLDS) expect(Math.abs(inFold(fold, drawings).length - 400)).toBeLessThan(80);
});
