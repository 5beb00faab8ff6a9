/**
 * Points for one recognized drawing: a quick one is worth more, and so is a hard word.
 *
 *     points = factor × (1000 − 700 × at / limit)
 *
 * So a word of factor 1 is worth 1000 points at the first instant and 300 at the last; what is not recognized is worth 0.
 */
const MOST = 1000;
const LEAST = 300;

/** `at`: ms from the round's start to the stroke that did it, 0..limit. `factor`: the prompt's difficulty. */
export function points(at: number, limit: number, factor: number): number {
  const share = Math.min(1, Math.max(0, at / limit));
  return Math.round(factor * (MOST - (MOST - LEAST) * share));
}
