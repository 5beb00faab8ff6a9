/** What a learner can read from a training: which drawings a network mixes up, and what its figures mean. */

/** How often drawings of each label (row) got each answer (column). */
export function confusionOf(truth: Uint8Array, answers: Uint8Array, labels: number): number[][] {
  const counts = Array.from({ length: labels }, () => new Array<number>(labels).fill(0));
  truth.forEach((label, i) => {
    counts[label]![answers[i]!]!++;
  });
  return counts;
}

/** A cell of the confusion matrix: drawings of one label that got one answer. */
export interface Cell {
  truth: number;
  answer: number;
}

/** Which drawings are in the cell, or without one all with a wrong answer. The surest answers come first. */
export function drawingsOf(truth: Uint8Array, answers: Uint8Array, sureness: Float32Array, cell?: Cell): number[] {
  const isIn = (i: number) => (cell ? truth[i] === cell.truth && answers[i] === cell.answer : truth[i] !== answers[i]);
  return Array.from(truth.keys())
    .filter(isIn)
    .sort((a, b) => sureness[b]! - sureness[a]!);
}

/**
 * `blind`: hardly better than chance. `pranked`: it saw through wrong labels. `misled`: it learned them by heart. `overfit`: it learned its
 * drawings by heart.
 * `struggling`: bad even at the drawings that it learns from.
 */
export type Reading = 'blind' | 'pranked' | 'misled' | 'overfit' | 'good' | 'struggling' | 'fair';

/** What a network gets right, as shares of 1. */
export interface Figures {
  training: number;
  validation: number;
  /** Share of the training drawings with a wrong label. */
  pranked: number;
  labels: number;
}

export const chanceOf = (labels: number): number => 1 / labels;

export function readResult({ training, validation, pranked, labels }: Figures): Reading {
  if (validation < 1.5 * chanceOf(labels)) return 'blind';
  if (pranked > 0 && validation > training) return 'pranked';
  if (validation >= 0.88) return 'good';
  if (training - validation > 0.1) return pranked > 0 ? 'misled' : 'overfit';
  return training < 0.75 ? 'struggling' : 'fair';
}
