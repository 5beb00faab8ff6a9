/** Drawings made by code: what a test needs in the repository without the data set. */
import type { Ink, Stroke } from '../../shared/ink.ts';
import { BOARD } from '../../shared/ink.ts';

const at = (share: number) => Math.round(share * BOARD);

function arc(x: number, y: number, rx: number, ry: number, from = 0, to = 2 * Math.PI, points = 24): number[] {
  const stroke: number[] = [];
  for (let i = 0; i <= points; i++) {
    const angle = from + ((to - from) * i) / points;
    stroke.push(at(x + rx * Math.cos(angle)), at(y + ry * Math.sin(angle)));
  }
  return stroke;
}

const path = (...points: [number, number][]) => points.flatMap(([x, y]) => [at(x), at(y)]);
const ink = (...strokes: number[][]): Ink => ({ rev: 0, strokes });

/** Each is what its name says, as somebody in a hurry draws it. */
export const drawn = {
  circle: ink(arc(0.5, 0.5, 0.4, 0.4)),
  square: ink(path([0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9], [0.1, 0.1])),
  triangle: ink(path([0.5, 0.1], [0.9, 0.85], [0.1, 0.85], [0.5, 0.1])),
  'smiley face': ink(
    arc(0.5, 0.5, 0.45, 0.45),
    arc(0.35, 0.38, 0.04, 0.05),
    arc(0.65, 0.38, 0.04, 0.05),
    arc(0.5, 0.55, 0.25, 0.2, 0.2, Math.PI - 0.2),
  ),
  house: ink(
    path([0.15, 0.45], [0.15, 0.95], [0.85, 0.95], [0.85, 0.45]),
    path([0.05, 0.5], [0.5, 0.05], [0.95, 0.5]),
    path([0.42, 0.95], [0.42, 0.65], [0.6, 0.65], [0.6, 0.95]),
  ),
  envelope: ink(
    path([0.05, 0.2], [0.95, 0.2], [0.95, 0.8], [0.05, 0.8], [0.05, 0.2]),
    path([0.05, 0.2], [0.5, 0.55], [0.95, 0.2]),
  ),
  ladder: ink(
    path([0.3, 0.05], [0.3, 0.95]),
    path([0.7, 0.05], [0.7, 0.95]),
    ...[0.2, 0.35, 0.5, 0.65, 0.8].map((y) => path([0.3, y], [0.7, y])),
  ),
} satisfies Record<string, Ink>;

/** A line that wanders over the board: nothing in particular, and always the same for one seed. */
export function scribble(seed: number): Stroke[] {
  const points = 14 + 3 * seed;
  const wave = (i: number, k: number) => Math.round(BOARD * (0.5 + 0.42 * Math.sin(i * k + seed)));
  return [Array.from({ length: points }, (_, i) => [wave(i, 0.83 + seed * 0.11), wave(i, 0.57)]).flat()];
}
