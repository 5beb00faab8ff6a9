/** What the home page draws while nobody plays: drawn by code, with the little tremble of a hand. */
import type { Stroke } from '../../shared/ink.ts';
import { BOARD } from '../../shared/ink.ts';

type Curve = [x: number, y: number][];

/** Part of an ellipse; angles in turns, clockwise from the right. */
function arc(x: number, y: number, rx: number, ry = rx, from = 0, to = 1): Curve {
  const points = Math.max(6, Math.round(Math.abs(to - from) * 40 * Math.sqrt(Math.max(rx, ry) * 4)));
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
    const points = Math.max(2, Math.round(Math.hypot(next[0] - x, next[1] - y) * 30));
    return Array.from({ length: points }, (_, k): [number, number] => [
      x + ((next[0] - x) * k) / points,
      y + ((next[1] - y) * k) / points,
    ]);
  });
}

/** The same tremble every time: sums of slow waves. */
function hand(curves: Curve[]): Stroke[] {
  return curves.map((curve, s) =>
    curve.flatMap(([x, y], i) => {
      const wave = (k: number) => Math.sin(i * 0.37 + s * 2.1 + k) * 0.005 + Math.sin(i * 0.13 + s + k * 3) * 0.007;
      return [Math.round((x + wave(0)) * BOARD), Math.round((y + wave(1.7)) * BOARD)];
    }),
  );
}

export const DRAWINGS: Record<string, Stroke[]> = {
  bicycle: hand([
    arc(0.26, 0.64, 0.17, 0.17, -0.25, 0.78),
    arc(0.74, 0.64, 0.17, 0.17, -0.25, 0.78),
    path([0.26, 0.64], [0.38, 0.42], [0.64, 0.42], [0.49, 0.64], [0.26, 0.64]),
    path([0.49, 0.64], [0.36, 0.36]),
    path([0.3, 0.36], [0.43, 0.36]),
    path([0.74, 0.64], [0.62, 0.32], [0.7, 0.29]),
  ]),
  fish: hand([
    arc(0.42, 0.5, 0.29, 0.18, 0.02, 0.98),
    path([0.69, 0.48], [0.9, 0.33], [0.88, 0.67], [0.69, 0.53]),
    arc(0.27, 0.45, 0.025),
    arc(0.36, 0.5, 0.08, 0.13, -0.2, 0.2),
    arc(0.15, 0.55, 0.07, 0.04, 0.02, 0.22),
  ]),
  umbrella: hand([
    arc(0.5, 0.5, 0.38, 0.36, 0.5, 1),
    [
      ...arc(0.215, 0.5, 0.095, 0.06, 0.5, 1),
      ...arc(0.405, 0.5, 0.095, 0.06, 0.5, 1),
      ...arc(0.595, 0.5, 0.095, 0.06, 0.5, 1),
      ...arc(0.785, 0.5, 0.095, 0.06, 0.5, 1),
    ],
    [...path([0.5, 0.14], [0.5, 0.82]), ...arc(0.43, 0.82, 0.07, 0.08, 0, 0.5)],
  ]),
  cat: hand([
    arc(0.5, 0.56, 0.3, 0.27, -0.2, 0.82),
    path([0.24, 0.42], [0.22, 0.14], [0.42, 0.31]),
    path([0.58, 0.31], [0.78, 0.14], [0.76, 0.42]),
    arc(0.39, 0.5, 0.035, 0.05),
    arc(0.61, 0.5, 0.035, 0.05),
    path([0.46, 0.61], [0.54, 0.61], [0.5, 0.66], [0.46, 0.61]),
    [...arc(0.45, 0.67, 0.05, 0.05, 0, 0.45)].reverse(),
    arc(0.55, 0.67, 0.05, 0.05, 0.05, 0.5).reverse(),
    path([0.4, 0.63], [0.1, 0.57]),
    path([0.4, 0.66], [0.11, 0.7]),
    path([0.6, 0.63], [0.9, 0.57]),
    path([0.6, 0.66], [0.89, 0.7]),
  ]),
};
