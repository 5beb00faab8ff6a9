/** The demo's drawings: made by code, with the slight tremble of a hand. */
import type { Stroke } from '../../../../shared/ink.ts';
import { BOARD } from '../../../../shared/ink.ts';

type Curve = [x: number, y: number][];

/** Part of an ellipse; angles in turns, clockwise from the right. */
function arc(x: number, y: number, rx: number, ry = rx, from = 0, to = 1): Curve {
  const points = Math.max(5, Math.round(Math.abs(to - from) * 26 * Math.sqrt(Math.max(rx, ry) * 4)));
  return Array.from({ length: points + 1 }, (_, i) => {
    const angle = (from + ((to - from) * i) / points) * 2 * Math.PI;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** Straight from corner to corner, with points on the way. */
function path(...corners: Curve): Curve {
  return corners.flatMap(([x, y], i) => {
    const next = corners[i + 1];
    if (!next) return [[x, y]];
    const points = Math.max(2, Math.round(Math.hypot(next[0] - x, next[1] - y) * 20));
    return Array.from({ length: points }, (_, k): [number, number] => [
      x + ((next[0] - x) * k) / points,
      y + ((next[1] - y) * k) / points,
    ]);
  });
}

/** A tremble of slow waves: the same every time, different for each `seed`. */
function hand(seed: number, curves: Curve[]): Stroke[] {
  return curves.map((curve, s) =>
    curve.flatMap(([x, y], i) => {
      const wave = (k: number) =>
        Math.sin(i * 0.57 + s * 2.1 + k + seed) * 0.006 + Math.sin(i * 0.21 + s + k * 3 + seed * 2) * 0.009;
      return [Math.round((x + wave(0)) * BOARD), Math.round((y + wave(1.7)) * BOARD)];
    }),
  );
}

const mirrored = (curves: Curve[]): Curve[] => curves.map((curve) => curve.map(([x, y]) => [1 - x, y]));

/** Four drawings of each word, as four people would begin it. */
export const DRAWINGS: Record<string, Stroke[][]> = {
  bicycle: [
    hand(0, [
      path([0.26, 0.64], [0.38, 0.42], [0.64, 0.42], [0.49, 0.64], [0.26, 0.64]),
      arc(0.26, 0.64, 0.17, 0.17, -0.25, 0.78),
      arc(0.74, 0.64, 0.17, 0.17, -0.25, 0.78),
      path([0.49, 0.64], [0.36, 0.36]),
      path([0.3, 0.36], [0.43, 0.36]),
      path([0.74, 0.64], [0.62, 0.32], [0.7, 0.29]),
    ]),
    // The frame first.
    hand(3, [
      path([0.24, 0.68], [0.36, 0.4], [0.66, 0.38], [0.47, 0.68], [0.36, 0.4]),
      path([0.29, 0.36], [0.42, 0.35]),
      path([0.76, 0.68], [0.63, 0.26], [0.74, 0.24]),
      arc(0.24, 0.69, 0.19, 0.18, 0.1, 1.13),
      arc(0.77, 0.69, 0.18, 0.19, 0.6, 1.62),
    ]),
    // To the other side, without much of a frame.
    hand(
      5,
      mirrored([
        arc(0.24, 0.62, 0.2, 0.2, 0.75, -0.28),
        path([0.24, 0.62], [0.5, 0.62], [0.66, 0.36], [0.78, 0.63]),
        arc(0.78, 0.63, 0.18, 0.2, 0.75, -0.28),
        path([0.5, 0.62], [0.38, 0.34]),
        path([0.31, 0.33], [0.46, 0.34]),
        path([0.67, 0.37], [0.6, 0.27], [0.5, 0.29]),
      ]),
    ),
    // With love for every spoke.
    hand(8, [
      arc(0.27, 0.62, 0.2, 0.2, 0.5, 1.52),
      path([0.27, 0.43], [0.27, 0.81]),
      path([0.08, 0.62], [0.46, 0.62]),
      path([0.14, 0.49], [0.4, 0.76]),
      path([0.4, 0.48], [0.14, 0.76]),
      arc(0.27, 0.62, 0.03),
      arc(0.76, 0.62, 0.2, 0.2, 0.5, 1.52),
      path([0.27, 0.62], [0.4, 0.38], [0.66, 0.36], [0.76, 0.62]),
    ]),
  ],
  fish: [
    hand(0, [
      arc(0.27, 0.45, 0.025),
      arc(0.36, 0.5, 0.08, 0.13, -0.2, 0.2),
      arc(0.42, 0.5, 0.29, 0.18, 0.02, 0.98),
      path([0.69, 0.48], [0.9, 0.33], [0.88, 0.67], [0.69, 0.53]),
    ]),
    // A ribbon, in one line.
    hand(3, [
      [
        ...path([0.93, 0.3], [0.74, 0.48]),
        ...arc(0.44, 0.5, 0.32, 0.23, 0.06, 0.94),
        ...path([0.76, 0.44], [0.94, 0.72], [0.93, 0.3]),
      ],
      arc(0.26, 0.45, 0.03),
    ]),
    // The fin and the tail first.
    hand(
      5,
      mirrored([
        path([0.34, 0.3], [0.44, 0.17], [0.52, 0.3]),
        path([0.7, 0.5], [0.92, 0.32], [0.92, 0.68], [0.7, 0.5]),
        path([0.44, 0.5], [0.54, 0.44], [0.54, 0.57], [0.44, 0.5]),
        arc(0.41, 0.5, 0.3, 0.21, 0, 1.02),
        arc(0.24, 0.45, 0.03),
      ]),
    ),
    // Scale by scale.
    hand(7, [
      arc(0.24, 0.42, 0.03),
      arc(0.34, 0.42, 0.05, 0.06, -0.25, 0.25),
      arc(0.34, 0.55, 0.05, 0.06, -0.25, 0.25),
      arc(0.46, 0.4, 0.05, 0.06, -0.25, 0.25),
      arc(0.46, 0.52, 0.05, 0.06, -0.25, 0.25),
      arc(0.57, 0.46, 0.05, 0.06, -0.25, 0.25),
      arc(0.42, 0.48, 0.31, 0.22, 0.3, 1.32),
      path([0.72, 0.46], [0.92, 0.3], [0.9, 0.68], [0.72, 0.52]),
    ]),
  ],
  umbrella: [
    hand(0, [
      arc(0.5, 0.5, 0.36, 0.34, 0.5, 1),
      path([0.14, 0.5], [0.86, 0.5]),
      [...path([0.5, 0.5], [0.5, 0.82]), ...arc(0.43, 0.82, 0.07, 0.08, 0, 0.45)],
    ]),
    // The handle first, and a scalloped edge.
    hand(3, [
      [...arc(0.58, 0.8, 0.07, 0.09, 0.45, 0), ...path([0.52, 0.8], [0.51, 0.12])].reverse(),
      arc(0.51, 0.46, 0.37, 0.31, 0.5, 1),
      arc(0.265, 0.46, 0.125, 0.06, 0.5, 1),
      arc(0.51, 0.46, 0.12, 0.06, 0.5, 1),
      arc(0.755, 0.46, 0.125, 0.06, 0.5, 1),
    ]),
    // In one line, to the other side.
    hand(
      5,
      mirrored([
        [...path([0.12, 0.48]), ...arc(0.5, 0.48, 0.38, 0.28, 0.5, 1), ...path([0.88, 0.48], [0.12, 0.48])],
        [...path([0.5, 0.2], [0.5, 0.84]), ...arc(0.44, 0.84, 0.06, 0.07, 0, 0.5)],
      ]),
    ),
    // With all of its ribs, and rain.
    hand(8, [
      path([0.2, 0.1], [0.17, 0.2]),
      path([0.82, 0.08], [0.79, 0.18]),
      arc(0.5, 0.52, 0.35, 0.3, 0.5, 1),
      arc(0.5, 0.52, 0.12, 0.3, 0.5, 1),
      path([0.15, 0.52], [0.85, 0.52]),
      path([0.5, 0.22], [0.5, 0.16]),
      [...path([0.5, 0.52], [0.5, 0.86]), ...arc(0.44, 0.86, 0.06, 0.06, 0, 0.4)],
    ]),
  ],
};
