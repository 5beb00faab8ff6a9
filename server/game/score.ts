/**
 * Points for one recognized drawing. Time has a half-life, so that seconds matter equally in rounds of any length; the first in a
 * round get more, and so do difficult words.
 *
 *     time = max(100, 1000 × 2^(−at / 10 s)) · word = time × (factor − 1) · place = 150, 75, 25
 *     points = (time + word + place) × 2 in a round that counts double
 */
import type { PointParts } from '../../shared/protocol.ts';

const MOST = 1000;
const LEAST = 100;
const HALF_LIFE_MS = 10_000;
/** For the first three of a round. Of two, only the first beat somebody; alone, nobody did. */
const PLACES = [150, 75, 25];
const PLACES_OF_TWO = [75];

/** What a drawing is worth. */
export interface Feat {
  /** From the round's start to the stroke that was recognized. ms */
  at: number;
  /** Among the recognized, from 0. */
  place: number;
  /** How many draw in the round. */
  drawers: number;
  /** The prompt's difficulty. */
  factor: number;
  double: boolean;
}

export function pointParts({ at, place, drawers, factor, double }: Feat): PointParts {
  const time = Math.round(Math.max(LEAST, MOST * 2 ** (-Math.max(0, at) / HALF_LIFE_MS)));
  const word = Math.round(time * (factor - 1));
  const bonus = placesFor(drawers)[place] ?? 0;
  return { time, word, place: bonus, double: double ? time + word + bonus : 0 };
}

const placesFor = (drawers: number): number[] => (drawers > 2 ? PLACES : drawers === 2 ? PLACES_OF_TWO : []);

export const pointsOf = ({ time, word, place, double }: PointParts): number => time + word + place + double;
