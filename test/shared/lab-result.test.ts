/** What a learner reads from a training of the lab. */
import { expect, test } from 'vitest';
import { confusionOf, drawingsOf, type Figures, type Reading, readResult } from '../../shared/lab/result.ts';

const truth = Uint8Array.of(0, 0, 1, 1, 2, 2);
const answers = Uint8Array.of(0, 2, 1, 0, 2, 1);
const sureness = Float32Array.of(0.9, 0.5, 0.8, 0.7, 0.6, 0.95);

test('the confusion matrix has a row for each label and a column for each answer', () => {
  expect(confusionOf(truth, answers, 3)).toEqual([
    [1, 0, 1],
    [1, 1, 0],
    [0, 1, 1],
  ]);
});

test('mistakes are listed with the surest first, and a cell has its drawings alone', () => {
  expect(drawingsOf(truth, answers, sureness)).toEqual([5, 3, 1]);
  expect(drawingsOf(truth, answers, sureness, { truth: 1, answer: 0 })).toEqual([3]);
  expect(drawingsOf(truth, answers, sureness, { truth: 2, answer: 2 })).toEqual([4]);
  expect(drawingsOf(truth, answers, sureness, { truth: 0, answer: 1 })).toEqual([]);
});

test.each<[Partial<Figures>, Reading]>([
  [{ training: 0.99, validation: 0.95 }, 'good'],
  [{ training: 1, validation: 0.9 }, 'good'],
  [{ training: 0.98, validation: 0.7 }, 'overfit'],
  [{ training: 0.6, validation: 0.62 }, 'struggling'],
  [{ training: 0.85, validation: 0.82 }, 'fair'],
  [{ training: 0.9, validation: 0.2 }, 'blind'],
  [{ training: 0.45, validation: 0.45, labels: 3 }, 'blind'],
  [{ training: 0.45, validation: 0.45, labels: 10 }, 'struggling'],
  [{ training: 0.55, validation: 0.75, pranked: 0.4 }, 'pranked'],
  [{ training: 0.95, validation: 0.6, pranked: 0.4 }, 'misled'],
  [{ training: 0.95, validation: 0.6, pranked: 0 }, 'overfit'],
])('%j reads as %s', (figures, reading) => {
  expect(readResult({ training: 0, validation: 0, pranked: 0, labels: 6, ...figures })).toBe(reading);
});
