/** Sorts the drawings of a word into kinds: k-means on the network's features, with as many kinds as the drawings show. Pure. */

export interface Kinds {
  /** By drawing. The largest kind is 0. */
  kinds: Uint8Array;
  /** How far each drawing is from the middle of its kind. */
  distances: Float32Array;
  count: number;
}

/** Fewer drawings are one kind. */
const MIN_DRAWINGS = 40;
/** A kind is no smaller than this part of the drawings. */
const MIN_SHARE = 0.05;
const MOST = 4;
/** Below it, the kinds are no better than chance would make them. */
const MIN_SILHOUETTE = 0.06;
const ROUNDS = 25;
const STARTS = 3;
/** From so many drawings the middles are found; the others join them. */
const SAMPLE = 2000;
/** As many are compared with each other. */
const COMPARED = 300;

/** `random` gives numbers from 0 to 1. */
export function sortKinds(features: readonly Float32Array[], random: () => number): Kinds {
  const points = features.map(normalized);
  const sample =
    points.length > SAMPLE
      ? Array.from({ length: SAMPLE }, (_, i) => points[Math.floor((i * points.length) / SAMPLE)]!)
      : points;
  let best = { middles: [middleOf(sample)], score: MIN_SILHOUETTE };
  for (let count = 2; count <= MOST && points.length >= MIN_DRAWINGS; count++) {
    const middles = bestOf(sample, count, random);
    const kinds = sample.map((point) => nearest(point, middles).kind);
    const sizes = middles.map((_, kind) => kinds.filter((each) => each === kind).length);
    if (Math.min(...sizes) < sample.length * MIN_SHARE) continue;
    const score = silhouette(sample.slice(0, COMPARED), kinds, count);
    if (score > best.score) best = { middles, score };
  }
  const found = points.map((point) => nearest(point, best.middles));
  const sizes = best.middles.map((_, kind) => found.filter((each) => each.kind === kind).length);
  const order = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]!);
  return {
    kinds: Uint8Array.from(found, ({ kind }) => order.indexOf(kind)),
    distances: Float32Array.from(found, ({ distance }) => distance),
    count: best.middles.length,
  };
}

function normalized(values: Float32Array): Float32Array {
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
}

const squared = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
};

function nearest(point: Float32Array, middles: readonly Float32Array[]): { kind: number; distance: number } {
  let found = { kind: 0, distance: Infinity };
  for (const [kind, middle] of middles.entries()) {
    const distance = squared(point, middle);
    if (distance < found.distance) found = { kind, distance };
  }
  return found;
}

function middleOf(points: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(points[0]?.length ?? 0);
  for (const point of points) for (let i = 0; i < sum.length; i++) sum[i]! += point[i]! / points.length;
  return sum;
}

/** Of several starts, the one whose drawings are nearest to their middles. */
function bestOf(points: readonly Float32Array[], count: number, random: () => number): Float32Array[] {
  let best: Fit = { middles: [], error: Infinity };
  for (let start = 0; start < STARTS; start++) {
    const found = kMeans(points, count, random);
    if (found.error < best.error) best = found;
  }
  return best.middles;
}

interface Fit {
  middles: Float32Array[];
  error: number;
}

function kMeans(points: readonly Float32Array[], count: number, random: () => number): Fit {
  let middles = spreadOut(points, count, random);
  let error = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const found = points.map((point) => nearest(point, middles));
    const now = found.reduce((sum, { distance }) => sum + distance, 0);
    middles = middles.map((middle, kind) => {
      const own = points.filter((_, i) => found[i]!.kind === kind);
      return own.length > 0 ? middleOf(own) : middle;
    });
    if (error - now < error * 1e-4) break;
    error = now;
  }
  return { middles, error };
}

/** Arthur and Vassilvitskii's k-means++: the next middle is a drawing that is probably far from those before. */
function spreadOut(points: readonly Float32Array[], count: number, random: () => number): Float32Array[] {
  const middles = [points[Math.floor(random() * points.length)]!];
  while (middles.length < count) {
    const distances = points.map((point) => nearest(point, middles).distance);
    let rest = random() * distances.reduce((a, b) => a + b, 0);
    let at = 0;
    while (at < points.length - 1 && rest > distances[at]!) rest -= distances[at++]!;
    middles.push(points[at]!);
  }
  return middles;
}

/** How much nearer drawings are to their own kind than to the next one: 0 for kinds that mean nothing, 1 at the most. */
export function silhouette(points: readonly Float32Array[], kinds: readonly number[], count: number): number {
  let total = 0;
  for (const [i, point] of points.entries()) {
    const sums = new Float64Array(count);
    const sizes = new Uint32Array(count);
    for (const [j, other] of points.entries()) {
      if (i === j) continue;
      sums[kinds[j]!]! += Math.sqrt(squared(point, other));
      sizes[kinds[j]!]!++;
    }
    const means = Array.from(sums, (sum, kind) => (sizes[kind] ? sum / sizes[kind]! : Infinity));
    const own = means[kinds[i]!]!;
    const next = Math.min(...means.filter((_, kind) => kind !== kinds[i]));
    if (Number.isFinite(own) && Number.isFinite(next)) total += (next - own) / Math.max(own, next, 1e-9);
  }
  return points.length > 0 ? total / points.length : 0;
}

/** The same numbers for the same word, so that an index made again has the same kinds. */
export function seeded(text: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
