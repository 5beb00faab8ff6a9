/** Chance from a seed, so that a failing run can be run again. */

export interface Chance {
  /** 0 ≤ x < 1 */
  next(): number;
  /** 0 ≤ n < below */
  int(below: number): number;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return { next, int, pick: (list) => list[int(list.length)]! };
}

/** The seeds to run: SEEDS=7 or SEEDS=1,2,3 of the environment, else 1 to `count`. */
export const seeds = (count: number): number[] =>
  process.env.SEEDS?.split(',').map(Number) ?? Array.from({ length: count }, (_, i) => i + 1);
