/** The daily six in the browser: days in a row, and the result as text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levelOf, resultText } from '../../client/archive/daily/result.ts';
import { countDay, streakOn } from '../../client/archive/daily/streak.ts';
import { createMemory, newStorage } from '../../client/net/memory.ts';

const newMemory = () => createMemory(newStorage());

describe('the streak', () => {
  test('is the number of days in a row, and is over after a day without a try', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 20_000, max: 20_012 }), { minLength: 1 }), (days) => {
        const memory = newMemory();
        const played = [...days].sort((a, b) => a - b);
        for (const day of played) {
          // Whoever reports it, and however often.
          countDay(memory, day);
          countDay(memory, day);
        }
        const last = played.at(-1)!;
        let run = 1;
        while (played.includes(last - run)) run++;
        expect([last, last + 1, last + 2].map((today) => streakOn(memory, today))).toEqual([run, run, 0]);
      }),
    );
  });

  test('survives a day that is reported late, and what cannot be read', () => {
    const memory = newMemory();
    for (const day of [10, 11, 10]) countDay(memory, day);
    expect(streakOn(memory, 11)).toBe(2);
    for (const text of ['', '{', 'null', '7', '{"last":"x","days":{}}']) {
      memory.set('daily', text);
      expect(streakOn(memory, 11)).toBe(0);
      countDay(memory, 11);
      expect(streakOn(memory, 11)).toBe(1);
    }
  });
});

describe('the result', () => {
  test('has four levels', () => {
    const levels = [0, 5000, 5001, 10_000, 10_001, 20_000, null].map((at) => levelOf({ at }));
    expect(levels).toEqual(['soon', 'soon', 'later', 'later', 'late', 'late', 'missed']);
  });

  test('as text has shapes, times and the link, and no word', () => {
    const rounds = [3100, 6000, 14_200, null].map((at, i) => ({ at, word: `secret ${i}` }));
    const text = resultText({
      ...{ rounds, title: 'the six of 28 Nov', link: 'https://a.example/daily' },
      seconds: (ms) => `${ms / 1000} s`,
    });
    expect(text).toBe('the six of 28 Nov\n🟩🟡🔶❌\n3.1 s · 6 s · 14.2 s · –\nhttps://a.example/daily');
    expect(text).not.toContain('secret');
  });
});
