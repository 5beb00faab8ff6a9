/** What the trace promises to the network. */
import { describe, expect, test } from 'vitest';
import { BOARD, type Ink, SMALLEST_SIDE, type Stroke } from '../../shared/ink.ts';
import { TRACE_FEATURES, TRACE_POINTS, TRACE_SIZE, trace } from '../../shared/trace.ts';
import { chance } from '../support/chance.ts';
import { drawn, scribble } from '../support/drawings.ts';
import { drawingsOf, SAMPLE_WORDS } from '../support/quickdraw.ts';

interface Row {
  x: number;
  y: number;
  /** Direction. */
  dx: number;
  dy: number;
  starts: boolean;
  /** In the stroke. */
  place: number;
  age: number;
}

const numbers = (strokes: Stroke[]): Float32Array => {
  const out = new Float32Array(TRACE_SIZE).fill(7);
  trace({ strokes }, out);
  return out;
};

/** The rows of a trace, after the checks that hold for all ink except blank ink. */
function rowsOf(strokes: Stroke[]): Row[] {
  const values = numbers(strokes);
  const rows = Array.from({ length: TRACE_POINTS }, (_, n) => {
    const [x, y, dx, dy, starts, place, age] = values.subarray(n * TRACE_FEATURES, (n + 1) * TRACE_FEATURES);
    expect([0, 1]).toContain(starts);
    return { x: x!, y: y!, dx: dx!, dy: dy!, starts: starts === 1, place: place!, age: age! };
  });
  rows.forEach(({ x, y, dx, dy, starts, place, age }, n) => {
    for (const value of [x, y]) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    const length = Math.hypot(dx, dy);
    if (length > 0) expect(length).toBeCloseTo(1, 5);
    expect(place).toBeGreaterThanOrEqual(starts || n === 0 ? 0 : rows[n - 1]!.place);
    expect(place).toBeLessThanOrEqual(1);
    expect(age).toBeCloseTo(n / 95, 6);
  });
  expect(rows[0]!.starts).toBe(true);
  return rows;
}

const column = (rows: readonly Row[], name: 'x' | 'y' | 'dx' | 'dy' | 'place'): number[] =>
  rows.map((row) => row[name]);

const starts = (rows: readonly Row[]): number[] => rows.flatMap((row, n) => (row.starts ? [n] : []));

function near(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [n, value] of found.entries()) expect(value, `point ${n}`).toBeCloseTo(expected[n]!, 5);
}

const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

test('has 96 points of seven features', () => {
  expect([TRACE_POINTS, TRACE_FEATURES, TRACE_SIZE]).toEqual([96, 7, 672]);
});

test('is 0 for blank ink, whatever the buffer held', () => {
  for (const blank of [[], [[]], [[], []]]) expect(numbers(blank)).toEqual(new Float32Array(TRACE_SIZE));
});

test('writes only its own place in a batch', () => {
  const { strokes } = drawn.house;
  const out = new Float32Array(TRACE_SIZE * 3).fill(9);
  trace({ strokes }, out, TRACE_SIZE);
  expect(out.subarray(TRACE_SIZE, 2 * TRACE_SIZE)).toEqual(numbers(strokes));
  for (const other of [out.subarray(0, TRACE_SIZE), out.subarray(2 * TRACE_SIZE)])
    expect(other).toEqual(new Float32Array(TRACE_SIZE).fill(9));
});

describe('worked out by hand', () => {
  test('a dot rests in the middle', () => {
    const rows = rowsOf([[1234, 77]]);
    for (const name of ['x', 'y', 'dx', 'dy', 'place'] as const) near(column(rows, name), times(96, 0));
    expect(starts(rows)).toEqual([0]);
  });

  test('dots have equally many points each', () => {
    const rows = rowsOf([
      [900, 500],
      [100, 500],
      [500, 500],
    ]);
    near(column(rows, 'x'), [...times(32, 1), ...times(32, -1), ...times(32, 0)]);
    for (const name of ['y', 'dx', 'dy', 'place'] as const) near(column(rows, name), times(96, 0));
    expect(starts(rows)).toEqual([0, 32, 64]);
  });

  test('a straight line', () => {
    // Its first point, then half a step further, then a step each: 95 steps are the whole line.
    const along = Array.from({ length: 96 }, (_, n) => Math.max(0, n - 0.5) / 95);
    const right = rowsOf([[300, 700, 1800, 700]]);
    near(
      column(right, 'x'),
      along.map((share) => 2 * share - 1),
    );
    near(column(right, 'y'), times(96, 0));
    near(column(right, 'dx'), times(96, 1));
    near(column(right, 'dy'), times(96, 0));
    near(column(right, 'place'), along);
    expect(starts(right)).toEqual([0]);
    const up = rowsOf([[700, 1800, 700, 300]]);
    near(
      column(up, 'y'),
      along.map((share) => 1 - 2 * share),
    );
    near(column(up, 'x'), times(96, 0));
    near(column(up, 'dx'), times(96, 0));
    near(column(up, 'dy'), times(96, -1));
    near(column(up, 'place'), along);
  });

  test('two strokes have points in proportion to their lengths', () => {
    const rows = rowsOf([
      [0, 0, 1600, 0],
      [0, 1600, 0, 800],
    ]);
    // 2400 steps of the board for 94 steps of the trace: 62.7 of them, and the first point, for the first stroke.
    expect(starts(rows)).toEqual([0, 64]);
    near(column(rows, 'dx'), [...times(64, 1), ...times(32, 0)]);
    near(column(rows, 'dy'), [...times(64, 0), ...times(32, -1)]);
    near(column(rows.slice(0, 64), 'y'), times(64, -1));
    near(column(rows.slice(64), 'x'), times(32, -1));
    expect(rows[64]).toMatchObject({ y: 1, place: 0 });
    expect(rows[95]!.y).toBeCloseTo(0, 1);
    expect(rows[95]!.place).toBeGreaterThan(0.95);
  });

  test('a stroke that has one point only has no direction', () => {
    const rows = rowsOf([
      [0, 0, 1600, 0],
      [800, 400],
    ]);
    expect(starts(rows)).toEqual([0, 95]);
    near(column(rows, 'dx'), [...times(95, 1), 0]);
    near(column(rows, 'x').slice(95), [0]);
    near(column(rows, 'dy'), times(96, 0));
  });

  test('ink below the smallest side stays small', () => {
    const side = SMALLEST_SIDE / 2;
    const rows = rowsOf([[0, 0, side, 0]]);
    expect(rows[0]!.x).toBeCloseTo(-0.5, 5);
    expect(rows[95]!.x).toBeCloseTo(-0.5 + 94.5 / 95, 5);
  });
});

test('many dots leave points for the line', () => {
  const dots = Array.from({ length: 90 }, (_, i) => [10 * i, 900]);
  // 24 steps for the line, 91 for the rests, on 96 points: the line has 25 of the 115 steps.
  expect(starts(rowsOf([[0, 0, 1600, 0], ...dots]))[1]).toBe(21);
});

test('ink without length counts as a dot', () => {
  const dot = numbers([[800, 800]]);
  expect(numbers([[800, 800, 800, 800, 800, 800]])).toEqual(dot);
  const line = [0, 0, 900, 600];
  expect(numbers([line, [500, 10, 500, 10]])).toEqual(numbers([line, [500, 10]]));
  expect(numbers([[], line, []])).toEqual(numbers([line]));
});

test.each([20, 60, 72])('each of %i strokes starts with its first point, however short it is', (most) => {
  for (let seed = 1; seed <= 60; seed++) {
    const { next, int } = chance(seed);
    // Fractions, so that no two strokes begin at the same point.
    const strokes = Array.from({ length: 1 + int(most) }, (_, i) => {
      const stroke = [next() * BOARD, next() * BOARD];
      const size = next() < 0.3 ? 3 : BOARD / 4;
      for (let more = i === 0 ? 2 : int(4); more > 0; more--)
        stroke.push(stroke.at(-2)! + size * (next() - 0.5), stroke.at(-2)! + size * (next() - 0.5));
      return stroke;
    });
    const box = [0, 1].map((axis) => {
      const values = strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === axis));
      return [Math.min(...values), Math.max(...values)] as const;
    });
    const half = Math.max(SMALLEST_SIDE, ...box.map(([low, high]) => high - low)) / 2;
    const rows = rowsOf(strokes);
    const first = rows.filter((row) => row.starts);
    expect(first, `seed ${seed}`).toHaveLength(strokes.length);
    for (const [i, row] of first.entries()) {
      const [x, y] = strokes[i]! as [number, number];
      near(
        [row.x, row.y],
        [(2 * x - box[0]![0] - box[0]![1]) / 2 / half, (2 * y - box[1]![0] - box[1]![1]) / 2 / half],
      );
      expect(row.place).toBe(0);
    }
  }
});

test('up to 72 strokes have a first point each, where one begins exactly between two points too', () => {
  const { next } = chance(5);
  const grid = () => 8 * Math.floor(next() * 4);
  for (let i = 0; i < 300; i++) {
    const strokes = Array.from({ length: 1 + Math.floor(next() * 8) }, () =>
      Array.from({ length: 1 + Math.floor(next() * 3) }, () => [grid(), grid()]).flat(),
    );
    expect(starts(rowsOf(strokes)), JSON.stringify(strokes)).toHaveLength(strokes.length);
  }
});

describe.each([73, 80, 96, 97, 150, 1000])('%i short strokes', (count) => {
  // Rows of a hatching, from top to bottom, so that y says which stroke a point is on.
  const strokes = Array.from({ length: count }, (_, i) => [500, 2 * i, 520, 2 * i]);
  const half = Math.max(SMALLEST_SIDE, 2 * (count - 1)) / 2;
  const strokeOf = ({ y }: Row) => Math.abs(Math.round((y * half + count - 1) / 2));

  test('start where the points move on to another stroke, and are spread over all of them', () => {
    const rows = rowsOf(strokes);
    const on = rows.map(strokeOf);
    for (const [n, row] of rows.entries()) {
      expect(on[n]).toBe(Math.floor(((n + 0.5) * count) / 96));
      expect(row.starts).toBe(n === 0 || on[n] !== on[n - 1]);
      expect(Math.abs(row.x)).toBeLessThanOrEqual(10 / half + 1e-6);
    }
  });

  test('also as dots', () => {
    const dots = strokes.map((stroke) => stroke.slice(0, 2));
    const on = rowsOf(dots).map(strokeOf);
    expect(on).toEqual(on.map((_, n) => Math.floor(((n + 0.5) * count) / 96)));
  });
});

describe('the same drawing has the same trace', () => {
  const inks: Pick<Ink, 'strokes'>[] = [
    ...Object.values(drawn),
    ...[1, 2, 3].map((seed) => ({ strokes: scribble(seed) })),
    ...SAMPLE_WORDS.flatMap((word) => drawingsOf(word, 2)),
  ];
  const mapped = (strokes: Stroke[], map: (value: number, axis: number) => number) =>
    strokes.map((stroke) => stroke.map((value, i) => map(value, i % 2)));

  function same(found: Float32Array, expected: Float32Array): void {
    const apart = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(apart).toBeLessThan(1e-3);
  }

  test.each([
    [-731, 94],
    [0, 1500.25],
  ])('moved by %d, %d', (right, down) => {
    for (const { strokes } of inks)
      same(numbers(mapped(strokes, (value, axis) => value + (axis === 0 ? right : down))), numbers(strokes));
  });

  test.each([0.37, 0.5, 3.1])('scaled by %d', (scale) => {
    for (const { strokes } of inks) same(numbers(mapped(strokes, (value) => value * scale)), numbers(strokes));
  });

  test('with points inserted on its lines, and points twice', () => {
    const { next, int } = chance(5);
    for (const { strokes } of inks) {
      const dense = strokes.map((stroke) => {
        const points = stroke.slice(0, 2);
        for (let i = 2; i < stroke.length; i += 2) {
          const shares = [...Array.from({ length: int(6) }, next).sort((a, b) => a - b), 1, 1];
          for (const share of shares)
            for (const axis of [0, 1])
              points.push(stroke[i - 2 + axis]! + (stroke[i + axis]! - stroke[i - 2 + axis]!) * share);
        }
        return points;
      });
      same(numbers(dense), numbers(strokes));
    }
  });

  test('and another one has another: a turn, a mirror, the order and the direction of strokes show', () => {
    const { strokes } = drawn.house;
    const others = [
      mapped(strokes, (value, axis) => (axis === 0 ? BOARD - value : value)),
      mapped(strokes, (value, axis) => (axis === 1 ? BOARD - value : value)),
      strokes.map((stroke) => stroke.map((_, i) => stroke[i ^ 1]!)),
      strokes.toReversed(),
      strokes.map((stroke) => stroke.map((_, i) => stroke[stroke.length - 2 - i + 2 * (i % 2)]!)),
    ];
    for (const other of others) {
      const apart = numbers(other).reduce((sum, value, i) => sum + Math.abs(value - numbers(strokes)[i]!), 0);
      expect(apart / TRACE_SIZE).toBeGreaterThan(0.03);
    }
  });
});
