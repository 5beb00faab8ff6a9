import { describe, expect, test } from 'vitest';
import { fitCalibration } from '../../models/calibration.ts';
import { conformal, lookAlikes, nearestWords, secondsTo, thresholdsFor, wordFigures } from '../../models/fit.ts';
import { calibrationError, median, mostConfused, reliability, tally } from '../../models/metrics.ts';
import {
  acceptedOf,
  type Answered,
  looksOf,
  outcomeOf,
  type Played,
  played,
  playFigures,
  spread,
} from '../../models/play.ts';
import { powerAt } from '../../shared/calibration.ts';
import { inkSize } from '../../shared/ink.ts';
import { chance } from '../support/chance.ts';
import { drawn } from '../support/drawings.ts';
import { probabilitiesOf, testWords } from '../support/words.ts';

const play = (label: number, peaks: [word: number, p: number, ink01: number][]): Played => {
  const byWord: Played['peaks'] = new Map();
  for (const [word, p, ink01] of peaks) byWord.set(word, [...(byWord.get(word) ?? []), { p, ink01, ms: null }]);
  return { label, timed: false, peaks: byWord };
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

  const answers = (...all: [word: string, p: number][]): Answered[] =>
    all.map(([word, p], i) => ({
      look: { ink: drawn.house, ink01: (i + 1) / all.length, ms: i * 50 },
      probabilities: probabilitiesOf(word, p),
    }));

  test('keeps the rising peaks of each word while that is the best guess', () => {
    const { peaks, timed } = played(testWords, answers(['cat', 0.4], ['dog', 0.9], ['cat', 0.3], ['cat', 0.8]), 0);
    expect(timed).toBe(true);
    const shown = [...peaks].map(([word, all]) => [word, ...all.map(({ p, ink01, ms }) => [p.toFixed(1), ink01, ms])]);
    expect(shown).toEqual([
      [0, ['0.4', 0.25, 0], ['0.8', 1, 150]],
      [1, ['0.9', 0.5, 50]],
    ]);
  });

  test('counts for a word that its best guess is accepted for', () => {
    const words = {
      ...testWords,
      words: testWords.words.map((each) => (each.word === 'dog' ? { ...each, alike: ['cat'] } : each)),
    };
    const { peaks } = played(words, answers(['cat', 0.5], ['dog', 0.8]), 0);
    expect([...peaks].map(([word, all]) => [word, all.length])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(peaks.get(1)![0]!.p).toBeCloseTo(0.5 + 0.5 / 11);
  });

  test('adds up to the playing figures, of which those that are never recognized are the last', () => {
    const plays = [
      played(testWords, answers(['cat', 0.4], ['cat', 0.6], ['dog', 0.9], ['cat', 0.99]), 0),
      played(testWords, answers(['cat', 0.5], ['sun', 0.3]), 2),
      played(testWords, answers(['tree', 0.3], ['tree', 0.7]), 3),
    ];
    const near = testWords.words.map((_, word) => (word === 1 ? [0] : []));
    const half = testWords.words.map(() => 0.5);
    const relations = { accepted: acceptedOf(testWords), near };
    const outcomes = plays.map((each) => outcomeOf(each, half, relations));
    expect(playFigures(outcomes)).toEqual({
      drawings: 3,
      recognized: 2 / 3,
      ink: 1,
      seconds: 0.05,
      meanInk: (0.5 + 1 + 1) / 3,
      falseAccepts: 2 / (3 * 11),
      nearAccepts: 1,
    });
    expect(playFigures(outcomes.slice(1))).toMatchObject({
      recognized: 0.5,
      ink: null,
      seconds: null,
      nearAccepts: null,
    });
    // A look-alike is no other word: a cat may be accepted for a dog.
    const alike = relations.accepted.map((labels, word) => (word === 1 ? [...labels, 0] : labels));
    expect(playFigures([outcomeOf(plays[0]!, half, { accepted: alike, near })])).toMatchObject({
      falseAccepts: 0,
      nearAccepts: null,
    });
  });

  test('is sampled evenly', () => {
    expect(spread([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([0, 2, 4, 6]);
    expect(spread([0, 1], 4)).toEqual([0, 1]);
  });
});

describe('fitting', () => {
  test('a new score is above the threshold of known ones as rarely as it promises', () => {
    const scores = (n: number) => Array.from({ length: n }, (_, i) => (i + 1) / n);
    // A new one is above the k-th highest of n with a chance of k / (n + 1).
    expect(conformal(scores(59), 0.05)).toBeCloseTo(57 / 59, 3);
    expect(conformal(scores(39), 0.05)).toBeCloseTo(38 / 39, 3);
    expect(conformal(scores(19), 0.05)).toBeCloseTo(1, 3);
    expect(conformal(scores(18), 0.05)).toBe(null);
    const { next } = chance(11);
    let above = 0;
    for (let i = 0; i < 4000; i++) if (next() >= conformal(Array.from({ length: 39 }, next), 0.05)!) above++;
    expect(above / 4000).toBeCloseTo(0.05, 2);
  });

  test('a threshold only raises what convinces, for random drawings or for those of near words', () => {
    const others = Array.from({ length: 199 }, (_, i) => play(0, [[1, i / 200, 0.5]]));
    const near = Array.from({ length: 39 }, (_, i) => play(2, [[1, 0.5 + i / 100, 0.5]]));
    const own = Array.from({ length: 50 }, () => play(1, [[1, 0.999, 0.5]]));
    const fitted = (plays: Played[], random: number, accepted = [[0], [1], [2]]) =>
      thresholdsFor(plays, { accepted, near: [[], [2], []] }, { random, near: 0.05 });
    const rounded = (all: { threshold: number }[]) => all.map(({ threshold }) => Math.round(threshold * 100) / 100);
    expect(rounded(fitted([...others, ...own], 0.05))).toEqual([0.4, 0.95, 0.4]);
    expect(rounded(fitted([...others, ...own], 0.9))).toEqual([0.4, 0.4, 0.4]);
    expect(rounded(fitted([...others, ...near], 0.9))[1]).toBe(0.87);
    // What is accepted for the word is no reason to raise its threshold.
    expect(rounded(fitted([...others, ...near], 0.9, [[0], [1, 2], [2]]))[1]).toBe(0.4);
    expect(fitted([...others, ...near], 0.9)[1]!.bounded).toBe(true);
    expect(fitted([...others, ...near.slice(0, 18)], 0.9)[1]!.bounded).toBe(false);
  });

  test('finds the words that drawings are most easily taken for, but for look-alikes', () => {
    const row = (label: number, ...p: number[]) => ({ label, probabilities: Float32Array.from(p) });
    const rows = [row(0, 0.7, 0.2, 0.1, 0), row(1, 0.3, 0.5, 0.2, 0), row(2, 0.1, 0, 0.9, 0), row(3, 0.4, 0, 0, 0.6)];
    const words = ['a', 'b', 'c', 'd'].map((word) => ({ word }));
    expect(nearestWords(rows, words)).toEqual([[3, 1, 2], [0], [1, 0], []]);
    expect(nearestWords(rows, [{ word: 'a', alike: ['d'] }, ...words.slice(1)])[0]).toEqual([1, 2]);
  });

  /** Right as often as `softmax(1)` says; what is fitted gets it raised to 1 / `power`. */
  function spoilt(n: number, power: number, size: number) {
    const { next } = chance(7);
    return Array.from({ length: n }, () => {
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
      return { probabilities: softmax(1 / power), label: Math.max(0, label), size };
    });
  }

  test('finds the power that was taken from good probabilities, at each size', () => {
    const calibration = fitCalibration([...spoilt(4000, 0.5, 0.22), ...spoilt(4000, 2, 1), ...spoilt(10, 3, 0.5)]);
    expect(calibration.sizes).toEqual([0.2, 1]);
    for (const [size, power] of [
      [0, 0.5],
      [0.6, 1.25],
      [1, 2],
    ] as const)
      expect(Math.abs(powerAt(calibration, size) / power - 1)).toBeLessThan(0.1);
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

  test('a word that takes longer is harder; one that is hardly recognized is not a prompt', () => {
    const plays = [0, 1, 2, 3].flatMap((label) =>
      Array.from({ length: 30 }, () => play(label, label === 3 ? [] : [[label, 0.9, label === 0 ? 0.2 : 0.7]])),
    );
    // The third word is drawn slowly.
    const figures = wordFigures(plays, [0.5, 0.5, 0.5, 0.5], [5, 5, 15, 5]);
    expect(figures.map((word) => word.difficulty)).toEqual(['easy', 'medium', 'hard', 'hard']);
    expect(figures.map((word) => word.prompt)).toEqual([true, true, true, false]);
    expect(figures.map((word) => word.factor)).toEqual([1, 1.25, 1.5, 1.5]);
  });

  test('a drawing with times takes its own time', () => {
    const drawing = play(0, [[0, 0.6, 0.5]]);
    expect(secondsTo(drawing, 0.5, 8)).toBe(4);
    expect(secondsTo(drawing, 0.7, 8)).toBe(Infinity);
    drawing.peaks.get(0)![0]!.ms = 2500;
    expect(secondsTo(drawing, 0.5, 8)).toBe(2.5);
  });
});
