/** Which strokes of a drawing a guess hangs on: the network looks again, each time without one of them. */
import { inkLength, type Stroke } from '../ink.ts';

/** Of more strokes, only the longest are left out. */
export const MOST_TRIED = 24;

/** The drawing, and after it the drawing without each stroke of `tried`. */
export interface Trials {
  /** Places in the drawing. */
  tried: number[];
  drawings: Stroke[][];
}

export function trialsOf(strokes: Stroke[]): Trials {
  const tried = strokes
    .map((stroke, i) => ({ i, length: inkLength({ strokes: [stroke] }) }))
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_TRIED)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
  return { tried, drawings: [strokes, ...tried.map((left) => strokes.filter((_, i) => i !== left))] };
}

export interface StrokeWeights {
  /** The best guess for the whole drawing: a label's index, and its probability. */
  best: number;
  whole: number;
  /** The probability of the same label without each of the strokes, in their order. */
  weights: { stroke: number; without: number }[];
}

/** `looks`: the probabilities of the labels for each of the trials' drawings. */
export function weigh({ tried }: Trials, looks: readonly ArrayLike<number>[]): StrokeWeights {
  const [whole, ...others] = looks.map((look) => Array.from(look));
  const best = whole!.indexOf(Math.max(...whole!));
  return {
    best,
    whole: whole![best]!,
    weights: tried.map((stroke, i) => ({ stroke, without: others[i]![best]! })),
  };
}

/** How much of the guess goes without a stroke, 0..1. */
export const lossOf = (whole: number, without: number): number =>
  whole > 0 ? Math.max(0, whole - without) / whole : 0;
