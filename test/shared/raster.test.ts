/** Golden pictures, kept as text so that a change shows what changed; and what the raster promises to the network. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD, STEPS } from '../../shared/ink.ts';
import { CHANNELS, RASTER_SIZE, rasterize, SIDE } from '../../shared/raster.ts';

const raster = (...strokes: Stroke[]): Uint8Array => {
  const out = new Uint8Array(RASTER_SIZE).fill(7);
  rasterize({ strokes }, out);
  return out;
};

/** One channel at half size, dark as text. */
function picture(bytes: Uint8Array, channel: number): string {
  const rows: string[] = [];
  for (let y = 0; y < SIDE; y += 2) {
    let row = '';
    for (let x = 0; x < SIDE; x += 2) {
      let sum = 0;
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const)
        sum += bytes[((y + dy) * SIDE + x + dx) * CHANNELS + channel]!;
      row += ' .:-=+*#%@'[Math.min(9, Math.floor(sum / 80))];
    }
    rows.push(row.trimEnd());
  }
  return rows.join('\n');
}

const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, byte, i) => sum + Math.abs(byte - b[i]!), 0) / a.length;

const HOUSE: Stroke[] = [
  [400, 1600, 400, 800, 1200, 800, 1200, 1600, 400, 1600],
  [400, 800, 800, 300, 1200, 800],
  [700, 1600, 700, 1200, 900, 1200, 900, 1600],
];

describe('golden pictures', () => {
  test.each([
    ['ink', 0],
    ['age', 1],
    ['place in the stroke', 2],
  ])('a house: %s', (_, channel) => {
    expect(picture(raster(...HOUSE), channel)).toMatchSnapshot();
  });

  test('a dot stays a dot, in the middle', () => {
    expect(picture(raster([20, 2000]), 0)).toMatchSnapshot();
  });

  test('a circle', () => {
    const circle = Array.from({ length: 60 }, (_, i) => [
      900 + 500 * Math.cos(i / 9),
      900 + 500 * Math.sin(i / 9),
    ]).flat();
    expect(picture(raster(circle), 0)).toMatchSnapshot();
  });
});

test('blank ink gives a blank raster, whatever the buffer held', () => {
  expect(raster().every((byte) => byte === 0)).toBe(true);
  expect(raster([]).every((byte) => byte === 0)).toBe(true);
});

test('writes only its own place in a batch', () => {
  const out = new Uint8Array(RASTER_SIZE * 3).fill(9);
  rasterize({ strokes: HOUSE }, out, RASTER_SIZE);
  expect(out.subarray(RASTER_SIZE, 2 * RASTER_SIZE)).toEqual(raster(...HOUSE));
  expect(out.subarray(0, RASTER_SIZE).every((byte) => byte === 9)).toBe(true);
  expect(out.subarray(2 * RASTER_SIZE).every((byte) => byte === 9)).toBe(true);
});

const strokes = fc.array(
  fc
    .array(fc.nat(BOARD / 4), { minLength: 1, maxLength: 8 })
    .map((list) => list.flatMap((x, i) => [x, (x * (i + 7)) % (BOARD / 4)])),
  { minLength: 1, maxLength: 4 },
);
const mapped = (ink: Stroke[], map: (value: number, i: number) => number) => ink.map((stroke) => stroke.map(map));

test('place and size do not change the picture', () => {
  fc.assert(
    fc.property(strokes, fc.nat(900), fc.constantFrom(1, 2, 4), (ink, shift, times) => {
      const extents = [0, 1].map((axis) => {
        const values = ink.flat().filter((_, i) => i % 2 === axis);
        return Math.max(...values) - Math.min(...values);
      });
      // Smaller ink is not blown up to full size.
      fc.pre(Math.max(...extents) > 24 * STEPS);
      const moved = mapped(ink, (value) => value * times + shift);
      expect(difference(raster(...moved), raster(...ink))).toBeLessThan(0.5);
    }),
    { numRuns: 500 },
  );
});

test('sampling density does not change the picture', () => {
  const dense = HOUSE.map((stroke) => {
    const points: number[] = stroke.slice(0, 2);
    for (let i = 2; i < stroke.length; i += 2)
      for (let k = 1; k <= 20; k++)
        for (const d of [0, 1]) points.push(stroke[i - 2 + d]! + ((stroke[i + d]! - stroke[i - 2 + d]!) * k) / 20);
    return points;
  });
  expect(difference(raster(...dense), raster(...HOUSE))).toBeLessThan(0.2);
});

test('all ink lies within the picture, and no channel is brighter than the ink', () => {
  fc.assert(
    fc.property(strokes, (ink) => {
      const out = raster(...ink);
      let sum = 0;
      let brighter = 0;
      for (let i = 0; i < out.length; i += CHANNELS) {
        sum += out[i]!;
        if (out[i + 1]! > out[i]! || out[i + 2]! > out[i]!) brighter++;
      }
      expect(sum).toBeGreaterThan(0);
      expect(brighter).toBe(0);
      for (let k = 0; k < SIDE; k++) {
        expect(out[k * CHANNELS]).toBe(0);
        expect(out[((SIDE - 1) * SIDE + k) * CHANNELS]).toBe(0);
      }
    }),
  );
});
