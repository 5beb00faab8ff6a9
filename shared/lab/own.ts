/** A word that a learner draws: how many drawings it takes, and how few of them teach as much as many. */
import type { Chance } from '../chance.ts';
import { BOARD, measureInk, SMALLEST_SIDE, type Stroke } from '../ink.ts';
import { packDrawing, simplified } from './sample.ts';

/** A network needs that many drawings of it. */
export const FEWEST_OWN = 10;
/** That many teach it about as well as OWN_EXAMPLES that nobody varies. */
export const WANTED_OWN = 20;
export const MOST_OWN = 40;
/** A learner's drawings are varied until there are as many. */
export const OWN_EXAMPLES = 100;
/** Every so many of them is kept for validation. */
export const OWN_VALIDATION = 5;

/**
 * Packs a drawing as large as the board, so that a small one keeps its details on the coarse grid, and with as few points as those
 * that ship, so that varied points do not fray the line. A dot stays a dot.
 */
export function packOwn(strokes: readonly Stroke[]): string {
  const { box, side } = measureInk({ strokes: strokes as Stroke[] });
  const scale = BOARD / Math.max(side, SMALLEST_SIDE);
  return packDrawing(strokes.map((stroke) => simplified(stroke.map((value, i) => (value - box[i % 2]!) * scale))));
}

/** The farthest turn, in radians, stretch, and shift of a point, as a share of the drawing's side. */
const TURN = 0.25;
const STRETCH = 0.2;
const SHIFT = 0.02;

/** A drawing like this one, as the same hand might draw it again: turned, stretched, and less steady. */
export function vary(strokes: readonly Stroke[], chance: Chance): Stroke[] {
  const between = (most: number) => (chance() * 2 - 1) * most;
  const { side } = measureInk({ strokes: strokes as Stroke[] });
  const turn = between(TURN);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const wide = 1 + between(STRETCH);
  return strokes.map((stroke) => {
    const varied: Stroke = [];
    for (let i = 0; i < stroke.length; i += 2) {
      const x = stroke[i]! * wide;
      const y = stroke[i + 1]!;
      varied.push(x * cos - y * sin + between(SHIFT * side), x * sin + y * cos + between(SHIFT * side));
    }
    return varied;
  });
}
