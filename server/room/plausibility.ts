/**
 * Whether a hand could have drawn an ink by now. Sessions are free and the data set is public, so a program could send a real
 * drawing in the first millisecond; it must not win by that. None of the 6,810 raw drawings that we have is implausible.
 */
import { PEN_HZ } from '../../shared/protocol.ts';
import type { Drawing } from './drawing.ts';

/** Nothing counts as recognized that was drawn in less time. ms */
const SHORTEST_MS = 500;
/** Points ahead of the pen's rate: pens report late, and in bursts. The raw drawings have 65 at most. */
const AHEAD = 120;

/** From when on the drawing can count as drawn by hand. ms of the round */
export const plausibleFrom = ({ began, measure }: Pick<Drawing, 'began' | 'measure'>): number =>
  Math.max(began + SHORTEST_MS, ((measure.points - AHEAD) * 1000) / PEN_HZ);

/** Whether more was drawn since the round began than a pen can. */
export const isImplausible = ({ at, measure }: Pick<Drawing, 'at' | 'measure'>): boolean =>
  measure.points > AHEAD + (at * PEN_HZ) / 1000;
