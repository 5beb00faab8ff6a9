/**
 * Makes the model's probabilities match how often it is right. How far they can be trusted changes as a drawing grows: the first
 * line of most drawings looks like a finished `line`. Fitted by `npm run calibrate`.
 */
import type { Ink } from './ink.ts';
import { BOARD, measureInk } from './ink.ts';

export interface Calibration {
  /** Sizes of drawings (`sizeOf`), rising. */
  sizes: number[];
  /** At each of them, the power that probabilities are raised to. Between them it changes evenly; outside it stays. */
  powers: number[];
}

/** Of a model that is not calibrated. */
export const UNCALIBRATED: Calibration = { sizes: [1], powers: [1] };

/** The longer side of the box around the ink, as a share of the board's, 0..1. */
export const sizeOf = (ink: Pick<Ink, 'strokes'>): number => measureInk(ink).side / BOARD;

export function powerAt({ sizes, powers }: Calibration, size: number): number {
  const next = sizes.findIndex((each) => each > size);
  if (next <= 0) return next === 0 ? powers[0]! : powers.at(-1)!;
  const [from, to] = [sizes[next - 1]!, sizes[next]!];
  return powers[next - 1]! + ((powers[next]! - powers[next - 1]!) * (size - from)) / (to - from);
}

/** Raises probabilities to a power, and normalizes. In place. */
export function raise(probabilities: Float32Array, power: number): void {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) sum += probabilities[i] = probabilities[i]! ** power;
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! /= sum;
}

/** Calibrates the model's rows of probabilities, one for each ink, in place. */
export function calibrate(rows: Float32Array, inks: readonly Pick<Ink, 'strokes'>[], calibration: Calibration): void {
  const each = rows.length / inks.length;
  inks.forEach((ink, i) => {
    raise(rows.subarray(i * each, (i + 1) * each), powerAt(calibration, sizeOf(ink)));
  });
}
