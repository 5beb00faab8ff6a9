import { describe, expect, test } from 'vitest';
import { lookAlikes, type Played, played, thresholds, unsureLevel, wordFigures } from '../../models/fit.ts';
import { calibrationError, median, mostConfused, reliability, tally } from '../../models/metrics.ts';
import { looksOf, playTally, recognitions, type Said, spread } from '../../models/play.ts';
import { fitFactor, logLoss } from '../../models/temperature.ts';
import { inkSize } from '../../shared/ink.ts';
import { chance } from '../support/chance.ts';
import { drawn } from '../support/drawings.ts';
import { probabilitiesOf, testWords } from '../support/words.ts';

const play = (label: number, peaks: [word: number, p: number, ink01: number][]): Played => {
  const byWord: Played['peaks'] = new Map();
  for (const [word, p, ink01] of peaks) byWord.set(word, [...(byWord.get(word) ?? []), { p, ink01, ms: null }]);
  return { label, timed: false, peaks: byWord, best: [] };
};

describe('metrics', () => {
  test('count top-1, top-3 and top-5, and precision', () => {
    const counted = tally();
    const p = Float32Array.from([0.4, 0.3, 0.1, 0.09, 0.08, 0.03]);
    for (const label of [0, 1, 4, 5]) counted.add(p, label);
    expect(counted.result()).toEqual({ n: 4, top1: 0.25, top3: 0.5, top5: 0.75, map3: 1.5 / 4 });
  });

  test('measure the calibration error', () => {
    const sure = Array.from({ length: 10 }, (_, i) => ({ p: 0.9, right: i < 7 }));
    const half = Array.from({ length: 10 }, (_, i) => ({ p: 0.5, right: i < 5 }));
    expect(calibrationError(reliability([...sure, ...half]))).toBeCloseTo(0.1, 6);
    expect(calibrationError(reliability([{ p: 1, right: true }]))).toBe(0);
  });

  test('list confused pairs, both directions together', () => {
    const counts = Uint32Array.from([0, 2, 0, 3, 0, 1, 0, 0, 0]);
    expect(mostConfused(counts, ['a', 'b', 'c'], 2)).toEqual([
      { a: 'a', b: 'b', n: 5 },
      { a: 'b', b: 'c', n: 1 },
    ]);
  });

  test('find the median', () => {
    expect([median([]), median([3]), median([4, 1, 3]), median([1, 2, 3, 4])]).toEqual([null, 3, 3, 2.5]);
  });
});

describe('a replayed drawing', () => {
  test('is judged point by point if it has no times', () => {
    const looks = looksOf({ ink: drawn.house });
    expect(looks).toHaveLength(inkSize(drawn.house));
    expect(looks.at(-1)).toMatchObject({ ink: { strokes: drawn.house.strokes }, ink01: 1, ms: null });
    for (const [i, look] of looks.slice(1).entries()) expect(look.ink01).toBeGreaterThanOrEqual(looks[i]!.ink01);
  });

  test('is judged chunk by chunk if it has times', () => {
    const ink = {
      rev: 0,
      strokes: [
        [0, 0, 8, 0, 16, 0, 24, 0],
        [0, 80, 8, 80],
      ],
    };
    const looks = looksOf({
      ink,
      times: [
        [0, 20, 60, 90],
        [400, 420],
      ],
    });
    expect(looks.map((look) => look.ms)).toEqual([50, 100, 420]);
    expect(looks.map((look) => look.ink.strokes.map((stroke) => stroke.length / 2))).toEqual([[2], [4], [4, 2]]);
  });

  const said = (...all: [word: string, p: number][]): Said[] =>
    all.map(([word, p], i) => ({
      look: { ink: drawn.house, ink01: (i + 1) / all.length, ms: i * 50 },
      probabilities: probabilitiesOf(word, p),
    }));

  test('is recognized at the first passing verdict, for each possible prompt', () => {
    const found = recognitions(testWords, said(['cat', 0.4], ['cat', 0.6], ['dog', 0.9], ['cat', 0.99]));
    expect(Object.fromEntries(found)).toEqual({ 0: { ink01: 0.5, ms: 50 }, 1: { ink01: 0.75, ms: 100 } });
  });

  test('adds up to the playing figures', () => {
    const counted = playTally(testWords);
    counted.add(said(['cat', 0.4], ['cat', 0.6], ['dog', 0.9], ['cat', 0.99]), 0);
    counted.add(said(['cat', 0.4], ['sun', 0.4]), 2);
    expect(counted.result()).toEqual({ drawings: 2, recognized: 0.5, ink: 0.5, seconds: 0.05, falseAccepts: 1 / 22 });
  });

  test('keeps each word’s rising peaks, to fit thresholds', () => {
    const open = { ...testWords, words: testWords.words.map((word) => ({ ...word, threshold: 0 })) };
    const { peaks, best } = played(open, said(['cat', 0.4], ['dog', 0.9], ['cat', 0.3], ['cat', 0.8]), 0);
    expect(peaks.get(0)!.map(({ p, ink01 }) => [Math.round(p * 10), ink01])).toEqual([
      [4, 0.25],
      [8, 1],
    ]);
    expect(best.map(({ right }) => right)).toEqual([true, false, true, true]);
  });

  test('is sampled evenly', () => {
    expect(spread([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([0, 2, 4, 6]);
    expect(spread([0, 1], 4)).toEqual([0, 1]);
  });
});

describe('fitting', () => {
  test('a threshold accepts at most its share of other drawings, and no word’s depends on its own', () => {
    const plays = [
      ...Array.from({ length: 100 }, (_, i) => play(0, [[1, (i + 1) / 200, 0.5]])),
      ...Array.from({ length: 50 }, () => play(1, [[1, 0.9, 0.5]])),
    ];
    const [none, some] = thresholds(plays, 2, 0.05);
    expect(none).toBeCloseTo(0.1);
    const accepted = plays.filter(({ label, peaks }) => label !== 1 && peaks.get(1)!.at(-1)!.p >= some!);
    expect(accepted).toHaveLength(5);
  });

  test('finds the temperature that spoilt good probabilities', () => {
    const { next } = chance(7);
    const rows = Array.from({ length: 3000 }, () => {
      const logits = Array.from({ length: 8 }, () => 3 * next());
      const softmax = (factor: number) => {
        const all = logits.map((logit) => Math.exp(logit * factor));
        const sum = all.reduce((a, b) => a + b);
        return Float32Array.from(all, (each) => each / sum);
      };
      let left = next();
      const label = softmax(1).findIndex((p) => {
        left -= p;
        return left <= 0;
      });
      return { probabilities: softmax(0.5), label: Math.max(0, label) };
    });
    const factor = fitFactor(rows);
    expect(factor).toBeGreaterThan(1.85);
    expect(factor).toBeLessThan(2.15);
    expect(logLoss(rows, factor)).toBeLessThan(logLoss(rows, 1));
  });

  test('below the sureness level, the best guess is right one time in ten', () => {
    // Right as often as its probability says: below 0.2 on average 0.1.
    const best = Array.from({ length: 6000 }, (_, i) => ({ p: i / 6000, right: (i * 3571) % 6000 < i }));
    const level = unsureLevel([{ ...play(0, []), best }]);
    expect(level).toBeGreaterThan(0.18);
    expect(level).toBeLessThan(0.22);
  });

  test('words that are mistaken for each other are alike, and others are not', () => {
    const row = (label: number, best: number) => ({
      label,
      probabilities: Float32Array.from([0, 1, 2], (word) => (word === best ? 0.8 : 0.1)),
    });
    const rows = [
      ...Array.from({ length: 20 }, (_, i) => row(0, i % 2)),
      ...Array.from({ length: 20 }, (_, i) => row(1, i % 2)),
      ...Array.from({ length: 20 }, (_, i) => row(2, i === 0 ? 0 : 2)),
    ];
    expect(Object.fromEntries(lookAlikes(rows, ['bus', 'school bus', 'sun']))).toEqual({
      bus: ['school bus'],
      'school bus': ['bus'],
    });
  });

  test('a word that takes more ink is harder; one that is hardly recognized is not a prompt', () => {
    const plays = [0, 1, 2].flatMap((label) =>
      Array.from({ length: 30 }, () => play(label, label === 2 ? [] : [[label, 0.9, label === 0 ? 0.2 : 0.7]])),
    );
    const figures = wordFigures(plays, [0.5, 0.5, 0.5]);
    expect(figures.map((word) => word.difficulty)).toEqual(['easy', 'medium', 'hard']);
    expect(figures.map((word) => word.prompt)).toEqual([true, true, false]);
    expect(figures[0]!.factor).toBeLessThan(figures[2]!.factor);
  });
});
