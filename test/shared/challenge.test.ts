import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomesOf, resultOf, resultText } from '../../client/archive/beat/result.ts';
import { duel } from '../../shared/challenge.ts';

const times = fc.array(fc.option(fc.integer({ min: 0, max: 20_000 })), { maxLength: 8 });

describe('a duel', () => {
  test.each([
    [[1000], [1001], 1, 0],
    [[1001], [1000], 0, 1],
    [[1000], [1000], 0, 0],
    [[0], [null], 1, 0],
    [[null], [20_000], 0, 1],
    [[null], [null], 0, 0],
    [[], [], 0, 0],
    [[3000, null, 5000, 9000], [2999, 4000, null, 9001], 2, 2],
  ])('%j against %j is %i : %i', (mine, theirs, won, lost) => {
    expect(duel(mine, theirs)).toEqual({ won, lost });
  });

  test('is the same from both sides, and the sum of its words', () => {
    fc.assert(
      fc.property(times, times, (mine, theirs) => {
        const length = Math.min(mine.length, theirs.length);
        const [a, b] = [mine.slice(0, length), theirs.slice(0, length)];
        const { won, lost } = duel(a, b);
        expect(duel(b, a)).toEqual({ won: lost, lost: won });
        const outcomes = outcomesOf(a, b);
        expect(outcomes.filter((each) => each === 'won')).toHaveLength(won);
        expect(outcomes.filter((each) => each === 'lost')).toHaveLength(lost);
        expect(resultOf(a, b)).toBe(won > lost ? 'won' : won < lost ? 'lost' : 'even');
      }),
    );
  });

  test('as text has shapes, both times and the link', () => {
    const text = resultText({
      ...{ mine: [3100, 6000, null, null], theirs: [3200, 5900, 4000, null] },
      ...{ title: '1 : 2 against Ann', link: 'https://a.example/beat/x' },
      seconds: (ms) => `${ms / 1000} s`,
    });
    expect(text).toBe(
      '1 : 2 against Ann\n🟩🔶🔶➖\n3.1 s : 3.2 s · 6 s : 5.9 s · – : 4 s · – : –\nhttps://a.example/beat/x',
    );
  });
});
