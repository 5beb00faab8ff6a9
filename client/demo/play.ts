/** The home page's show: a drawing grows point by point, beside what the network saw at each of them. */
import type { Stroke } from '../../shared/ink.ts';
import { pointsIn } from '../../shared/ink.ts';
import type { Sureness } from '../../shared/verdict.ts';

export interface Look {
  /** Points drawn when the network looked. */
  points: number;
  sureness: Sureness;
  top: [word: string, probability: number][];
  target: number;
}

export interface Recorded {
  word: string;
  looks: Look[];
}

/** Points a second. */
const SPEED = 46;
/** The finished drawing is shown this long. ms */
const REST = 2600;

/** What has been drawn, and the newest look, at `time` ms of one drawing's show. */
export function scene(
  strokes: Stroke[],
  looks: Look[],
  time: number,
): { points: number; look: Look | undefined; over: boolean } {
  const total = strokes.reduce((sum, stroke) => sum + pointsIn(stroke), 0);
  const points = Math.min(total, Math.floor((time / 1000) * SPEED));
  return {
    points,
    look: looks.findLast((look) => look.points <= points),
    over: time > (total / SPEED) * 1000 + REST,
  };
}

/** The first `points` points; the whole strokes among them are the same arrays, so that they need not be painted again. */
export function upTo(strokes: Stroke[], points: number): Stroke[] {
  const shown: Stroke[] = [];
  let left = points;
  for (const stroke of strokes) {
    if (left <= 0) break;
    shown.push(left >= pointsIn(stroke) ? stroke : stroke.slice(0, left * 2));
    left -= pointsIn(stroke);
  }
  return shown;
}
