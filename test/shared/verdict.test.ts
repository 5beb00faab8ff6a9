import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNCALIBRATED } from '../../shared/calibration.ts';
import { type Ink, inkLength } from '../../shared/ink.ts';
import { judge, topGuesses, type Words } from '../../shared/verdict.ts';
import { drawn } from '../support/drawings.ts';

const word = (name: string, more: Partial<Words['words'][number]> = {}) => ({
  word: name,
  threshold: 0,
  difficulty: 'medium' as const,
  factor: 1,
  prompt: true,
  ...more,
});
const words: Words = {
  model: 'test',
  hash: '',
  calibration: UNCALIBRATED,
  words: [
    word('cat'),
    word('tiger', { alike: ['cat'] }),
    word('house', { threshold: 0.6 }),
    word('sun'),
    word('tree'),
    word('moon'),
  ],
};
const look = (target: string, p: number[], ink: Pick<Ink, 'strokes'> = drawn.house) =>
  judge(words, target, Float32Array.from(p), inkLength(ink));

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
  test('recognizes the best guess, at four in ten or at its own higher threshold', () => {
    expect(look('cat', [0.41, 0, 0.2, 0.2, 0.1, 0.09])).toMatchObject({ recognized: true, sureness: 'guessing' });
    expect(look('cat', [0.39, 0, 0.21, 0.2, 0.1, 0.1])).toMatchObject({ recognized: false });
    expect(look('house', [0.1, 0, 0.59, 0.2, 0.1, 0.01])).toMatchObject({ recognized: false });
    expect(look('house', [0.1, 0, 0.61, 0.2, 0.08, 0.01])).toMatchObject({ recognized: true });
  });

  test('recognizes only the best guess', () => {
    expect(look('cat', [0.42, 0, 0.05, 0.43, 0.05, 0.05])).toMatchObject({
      recognized: false,
      target: expect.closeTo(0.42),
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

  test('is unsure only while the best guess is improbable, so never in the look that recognizes', () => {
    expect(look('sun', [0.09, 0.09, 0.09, 0.09, 0.09, 0.09])).toMatchObject({ sureness: 'unsure', recognized: false });
    expect(look('sun', [0.11, 0.09, 0.09, 0.09, 0.09, 0.09])).toMatchObject({ sureness: 'guessing' });
    // Six that nobody can tell apart share what one would have.
    const many = ['a', 'b', 'c', 'd', 'e', 'f'];
    const alike = {
      ...words,
      words: many.map((name) => word(name, { alike: many.filter((other) => other !== name) })),
    };
    expect(judge(alike, 'a', new Float32Array(6).fill(0.09), 1000)).toMatchObject({
      recognized: true,
      sureness: 'guessing',
    });
  });

  test('is blank for no ink, a dot and a tick, however sure the network is', () => {
    for (const strokes of [[], [[5, 5]], [[100, 100, 150, 110]]])
      expect(look('cat', [1, 0, 0, 0, 0, 0], { strokes })).toEqual({
        sureness: 'blank',
        guesses: [],
        target: 0,
        recognized: false,
      });
  });

  test('has nothing to do with a look-alike that the model does not know', () => {
    const one = { ...words, words: [word('cat', { alike: ['lynx'] })] };
    expect(judge(one, 'cat', Float32Array.from([0.5]), 1000)).toMatchObject({ recognized: true, target: 0.5 });
  });

  test('recognizes no word that the model does not know', () => {
    expect(look('zebra crossing', [1, 0, 0, 0, 0, 0])).toMatchObject({ recognized: false });
  });

  test('shows five guesses', () => {
    expect(look('cat', [0.3, 0.2, 0.2, 0.1, 0.1, 0.1]).guesses.map((guess) => guess.word)).toEqual([0, 1, 2, 3, 4]);
  });
});
