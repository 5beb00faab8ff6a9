/** What the index says of itself: `index.json`, which is replaced last. */
import type { ExploreAverage, ExploreBiases, Origin } from '../../shared/explore.ts';

export const INDEX_VERSION = 3;

export interface Manifest {
  version: typeof INDEX_VERSION;
  /** The beginning of the hash of the network that judged. */
  model: string;
  origins: Partial<Record<Origin, { words: Record<string, number>; biases: ExploreBiases }>>;
  /** Files of donated drawings that are in the index. */
  covered: string[];
}

/** Average pictures of all drawings of a word that are shown, and of each kind. */
export interface Averages {
  all: ExploreAverage;
  kinds: ExploreAverage[];
}
