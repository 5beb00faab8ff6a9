/**
 * Simplifies a raw drawing as Google did for Quick, Draw!'s `simplified/`: aligned to the top left corner, scaled to 255, resampled
 * at 1 px, simplified by Ramer-Douglas-Peucker with an epsilon of 2.0.
 *
 * Points at equal distances often tie for the farthest one, so the last bit of each number decides which of them stay. The order of
 * every operation here was found by comparing with Google's own files, see test/models/simplify.test.ts.
 */

/** A stroke in Quick, Draw!'s form: `[xs, ys]`, in raw drawings with `ts` after them. */
export type Lists = number[][];
type Point = [number, number];

const SIDE = 255;
const EPSILON = 2;

export function simplify(drawing: readonly Lists[]): Lists[] {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const [xs, ys] of drawing) {
    for (const x of xs!) {
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
    for (const y of ys!) {
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  // A single dot has no size to scale.
  const side = Math.max(right - left, bottom - top) || SIDE;
  return drawing.map(([xs, ys]) => {
    const points = xs!.map((x, i): Point => [((x - left) * SIDE) / side, ((ys![i]! - top) * SIDE) / side]);
    const kept = douglasPeucker(resample(points));
    return [kept.map(([x]) => roundHalfEven(x)), kept.map(([, y]) => roundHalfEven(y))];
  });
}

/** Points at each whole pixel of the line's length, and the last one: a dot becomes two equal points. */
function resample(points: readonly Point[]): Point[] {
  const samples = [points[0]!];
  let length = 0;
  let next = 1;
  for (let i = 1; i < points.length; i++) {
    const [fromX, fromY] = points[i - 1]!;
    const [x, y] = points[i]!;
    const step = Math.sqrt((x - fromX) ** 2 + (y - fromY) ** 2);
    for (; step > 0 && next <= length + step; next++) {
      const share = (next - length) / step;
      samples.push([(1 - share) * fromX + share * x, (1 - share) * fromY + share * y]);
    }
    length += step;
  }
  samples.push(points.at(-1)!);
  return samples;
}

/** Distances are to the line through both ends, not to the part between them. */
export function douglasPeucker(points: readonly Point[], epsilon = EPSILON): Point[] {
  const kept = new Uint8Array(points.length);
  kept[0] = kept[points.length - 1] = 1;
  const spans = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span as [number, number];
    const [ax, ay] = points[from]!;
    const [bx, by] = points[to]!;
    const width = bx - ax;
    const height = by - ay;
    const length = Math.sqrt(width * width + height * height);
    let farthest = 0;
    let most = 0;
    for (let i = from + 1; i < to; i++) {
      const [x, y] = points[i]!;
      const distance =
        length > 0 ? Math.abs(width * (ay - y) - height * (ax - x)) / length : Math.sqrt((x - ax) ** 2 + (y - ay) ** 2);
      if (distance > most) {
        most = distance;
        farthest = i;
      }
    }
    if (most <= epsilon) continue;
    kept[farthest] = 1;
    spans.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, i) => kept[i]);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
