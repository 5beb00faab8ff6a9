/** Decides whether a network is better than another one, from the same held-out drawings. Pure. */
import { seeded } from '../shared/chance.ts';

/** What two networks think of one drawing. */
export interface Pair {
  /** Where the drawing comes from. */
  source: string;
  /** Whether the best guess is right, at each share of the ink; the last is all of it. */
  shipped: boolean[];
  candidate: boolean[];
}

/** By how much the candidate is better, and what 95 of a hundred samples of drawings would say. Shares. */
export interface Difference {
  shipped: number;
  candidate: number;
  gain: number;
  low: number;
  high: number;
}

export interface Compared {
  source: string;
  drawings: number;
  /** Top-1 for the whole drawing. */
  full: Difference;
  /** The mean of top-1 over the shares of the ink. */
  mean: Difference;
}

/** With fewer drawings, the intervals are too wide to decide anything. */
export const FEWEST = 500;
const SAMPLES = 1000;

const ALL = 'all';

/** A row for each source, and one for all drawings, which is the first. */
export function compare(pairs: readonly Pair[]): Compared[] {
  const sources = [...new Set(pairs.map(({ source }) => source))];
  return [ALL, ...sources].map((source) => {
    const some = pairs.filter((pair) => source === ALL || pair.source === source);
    return {
      source,
      drawings: some.length,
      full: difference(some, (right) => Number(right.at(-1))),
      mean: difference(some, (right) => right.filter(Boolean).length / right.length),
    };
  });
}

/** A bootstrap over drawings: both networks saw the same ones, so their difference is drawn again for each as a whole. */
function difference(pairs: readonly Pair[], score: (right: boolean[]) => number): Difference {
  const n = pairs.length;
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / n;
  const gains = Float64Array.from(pairs, ({ shipped, candidate }) => score(candidate) - score(shipped));
  const next = seeded(1);
  const samples = Float64Array.from({ length: SAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += gains[Math.floor(next() * n)]!;
    return sum / n;
  }).sort();
  return {
    shipped: average(pairs.map(({ shipped }) => score(shipped))),
    candidate: average(pairs.map(({ candidate }) => score(candidate))),
    gain: average([...gains]),
    low: samples[Math.floor(0.025 * SAMPLES)]!,
    high: samples[Math.ceil(0.975 * SAMPLES) - 1]!,
  };
}

/**
 * Better: over all drawings, one of both measures is certainly higher and the other is not lower; and for no source is one certainly
 * lower. Certainly means that the whole interval lies on that side of 0. Null if so, else the reason why not.
 */
export function objection(rows: readonly Compared[]): string | null {
  const [all, ...sources] = rows;
  if (all!.drawings < FEWEST) return `${all!.drawings} drawings are too few to decide: ${FEWEST} are needed`;
  for (const { source, full, mean } of sources)
    if (full.high < 0 || mean.high < 0) return `it is worse on the drawings of ${source}`;
  const { full, mean } = all!;
  if (full.low <= 0 && mean.low <= 0) return 'neither top-1 nor its mean over the ink is certainly higher';
  if (full.gain < 0) return 'top-1 on full ink is lower';
  if (mean.gain < 0) return 'the mean of top-1 over the ink is lower';
  return null;
}
