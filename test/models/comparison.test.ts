/** When a new network is taken. */
import { expect, test } from 'vitest';
import { compare, FEWEST, objection, type Pair } from '../../models/comparison.ts';
import { chance } from '../support/chance.ts';

/** `n` drawings at two shares of the ink, of which each network gets these shares right, by chance. */
function pairs(n: number, shipped: [number, number], candidate: [number, number], source = 'a', seed = 1): Pair[] {
  const { next } = chance(seed);
  const roll = (shares: readonly number[]) => shares.map((share) => next() < share);
  return Array.from({ length: n }, () => ({ source, shipped: roll(shipped), candidate: roll(candidate) }));
}

test('a network that is clearly better at one measure and no worse at the other is taken', () => {
  const rows = compare(pairs(2000, [0.3, 0.6], [0.3, 0.7]));
  expect(rows.map(({ source, drawings }) => [source, drawings])).toEqual([
    ['all', 2000],
    ['a', 2000],
  ]);
  const { full } = rows[0]!;
  expect(full.candidate - full.shipped).toBeCloseTo(full.gain, 10);
  expect(full.low).toBeGreaterThan(0);
  expect(full.low).toBeLessThan(full.gain);
  expect(full.high).toBeGreaterThan(full.gain);
  expect(objection(rows)).toBeNull();
});

test('the same network is not better than itself', () => {
  const same = pairs(2000, [0.3, 0.6], [0, 0]).map((pair) => ({ ...pair, candidate: pair.shipped }));
  const rows = compare(same);
  expect(rows[0]!.full).toMatchObject({ gain: 0, low: 0, high: 0 });
  expect(objection(rows)).toMatch(/neither/);
});

test('chance takes no network: of twenty pairs of equals, at most three seem better', () => {
  const better = Array.from({ length: 20 }, (_, i) => compare(pairs(FEWEST, [0.3, 0.6], [0.3, 0.6], 'a', i + 1)));
  expect(better.filter((rows) => objection(rows) === null).length).toBeLessThanOrEqual(3);
});

test('too few drawings decide nothing', () => {
  expect(objection(compare(pairs(FEWEST - 1, [0, 0], [1, 1])))).toMatch(/too few/);
  expect(objection(compare(pairs(FEWEST, [0, 0], [1, 1])))).toBeNull();
});

test('a gain must not be paid for by the other measure, nor by one source', () => {
  expect(objection(compare(pairs(2000, [0.6, 0.6], [0.2, 0.75])))).toMatch(/mean|worse/);
  const mixed = [...pairs(4000, [0.3, 0.6], [0.4, 0.7], 'a'), ...pairs(600, [0.4, 0.7], [0.2, 0.5], 'players', 2)];
  expect(objection(compare(mixed))).toBe('it is worse on the drawings of players');
});
