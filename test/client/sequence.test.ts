import { expect, test } from 'vitest';
import { type Entry, sequence } from '../../client/screens/reveal/sequence.ts';

const hit = (player: string, place: number): Entry => ({ player, place, closeness: 0.9 });
const miss = (player: string, closeness: number): Entry => ({ player, place: -1, closeness });

test('results appear worst first: the least close of those that were missed, then from the last to the first', () => {
  const times = sequence([hit('ann', 0), hit('ben', 1), miss('near', 0.6), miss('blank', -1), miss('far', 0.1)]);
  expect([...times.keys()]).toEqual(['blank', 'far', 'near', 'ben', 'ann']);
});

test.each([2, 3, 4, 7, 12])('all %i are there within three seconds, and the best is awaited longest', (count) => {
  const times = [...sequence(Array.from({ length: count }, (_, i) => hit(`p${i}`, i))).values()];
  const pauses = times.slice(1).map((time, i) => time - times[i]!);
  expect(times[0]).toBeGreaterThan(0);
  for (const pause of pauses) expect(pause).toBeGreaterThan(150);
  expect(times.at(-1)).toBeLessThanOrEqual(2500);
  expect(pauses.at(-1)).toBeCloseTo(2 * (pauses.at(-2) ?? 600), 6);
});

test('one drawing alone is there at once', () => {
  expect([...sequence([hit('ann', 0)]).values()]).toEqual([0]);
  expect([...sequence([]).values()]).toEqual([]);
});
