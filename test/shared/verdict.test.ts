import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, topGuesses, type Words } from '../../shared/verdict.ts';
import { drawn } from '../support/drawings.ts';

const word = (name: string, more: Partial<Words['words'][number]> = {}) => ({
  word: name,
  threshold: 0.3,
  difficulty: 'medium' as const,
  factor: 1,
  prompt: true,
  ...more,
});
const words: Words = {
  model: 'test',
  hash: '',
  unsure: 0.25,
  words: [
    word('cat'),
    word('tiger', { alike: ['cat'] }),
    word('house', { threshold: 0.12 }),
    word('sun'),
    word('tree'),
    word('moon'),
  ],
};
const look = (target: string, p: number[], ink = drawn.house) => judge(words, target, Float32Array.from(p), ink);

describe('top guesses', () => {
  test('are the most probable words, best first, equal ones in order', () => {
    expect(topGuesses([0.1, 0.4, 0.1, 0.3, 0.1], 3)).toEqual([
      { word: 1, p: 0.4 },
      { word: 3, p: 0.3 },
      { word: 0, p: 0.1 },
    ]);
    expect(topGuesses([0.5], 3)).toEqual([{ word: 0, p: 0.5 }]);
    expect(topGuesses([], 3)).toEqual([]);
  });

  test('equal a full sort', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true })), fc.integer({ min: 1, max: 8 }), (p, n) => {
        const sorted = p
          .map((value, index) => ({ word: index, p: value }))
          .sort((a, b) => b.p - a.p || a.word - b.word);
        expect(topGuesses(p, n)).toEqual(sorted.slice(0, n));
      }),
    );
  });
});

describe('a verdict', () => {
  test('recognizes the target at its own threshold', () => {
    expect(look('cat', [0.31, 0, 0.2, 0.2, 0.1, 0.19])).toMatchObject({
      recognized: true,
      sureness: 'guessing',
    });
    expect(look('cat', [0.29, 0, 0.3, 0.2, 0.1, 0.11])).toMatchObject({ recognized: false });
  });

  test('recognizes only a word among the three best guesses', () => {
    expect(look('house', [0.2, 0, 0.15, 0.5, 0.05, 0.1])).toMatchObject({ recognized: true });
    expect(look('house', [0.2, 0, 0.13, 0.4, 0.05, 0.22])).toMatchObject({
      recognized: false,
      target: expect.closeTo(0.13),
    });
  });

  test('counts a look-alike for the word, but not the reverse unless that is listed too', () => {
    const cat = [0.35, 0.1, 0.1, 0.2, 0.2, 0.05];
    expect(look('tiger', cat)).toMatchObject({ recognized: true, target: expect.closeTo(0.45) });
    expect(look('cat', [0.05, 0.7, 0.1, 0.05, 0.05, 0.05])).toMatchObject({
      recognized: false,
      target: expect.closeTo(0.05),
    });
  });

  test('is unsure if the best guess is improbable, unless the drawing was recognized', () => {
    expect(look('sun', [0.2, 0.2, 0.15, 0.15, 0.15, 0.15])).toMatchObject({ sureness: 'unsure', recognized: false });
    expect(look('house', [0.15, 0.17, 0.2, 0.16, 0.16, 0.16])).toMatchObject({
      sureness: 'guessing',
      recognized: true,
    });
  });

  test('is blank for no ink, a dot and a tick, however sure the network is', () => {
    for (const strokes of [[], [[5, 5]], [[100, 100, 150, 110]]])
      expect(look('cat', [1, 0, 0, 0, 0, 0], { rev: 0, strokes })).toEqual({
        sureness: 'blank',
        guesses: [],
        target: 0,
        recognized: false,
      });
  });

  test('recognizes no word that the model does not know', () => {
    expect(look('zebra crossing', [1, 0, 0, 0, 0, 0])).toMatchObject({ recognized: false });
  });

  test('shows five guesses', () => {
    expect(look('cat', [0.3, 0.2, 0.2, 0.1, 0.1, 0.1]).guesses.map((guess) => guess.word)).toEqual([0, 1, 2, 3, 4]);
  });
});
