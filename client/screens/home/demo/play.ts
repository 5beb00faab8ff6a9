/** The home page's demo: four racers draw the same word, with the network's recorded guesses for each growing drawing. */
import type { Stroke } from '../../../../shared/ink.ts';
import { pointsIn } from '../../../../shared/ink.ts';
import type { Sureness } from '../../../../shared/verdict.ts';

/** What the network guessed for a drawing of so many points; it holds until the next look. */
export interface Look {
  points: number;
  sureness: Sureness;
  /** The best guess and its probability; at the moment of recognition, those of the prompt. */
  word: string;
  share: number;
}

/** All looks at one drawing. The drawing is over with the look that recognizes it. */
export interface Racer {
  /** Which of the word's drawings it is. */
  drawing: number;
  looks: Look[];
  recognized: boolean;
}

export interface Recorded {
  word: string;
  racers: Racer[];
}

/** A racer at one moment. */
export interface Lane {
  /** Points drawn. */
  points: number;
  look: Look | undefined;
  /** When the drawing was recognized, if it is. ms from the start */
  at: number | undefined;
  /** From 1. */
  place: number | undefined;
}

/** Points a second of each racer. */
const SPEEDS = [15, 13, 17, 14];
/** How long the finished drawings are shown. */
const REST_MS = 2800;

/** When a racer lifts the pen. ms from the start */
const end = ({ looks }: Racer, i: number): number => (looks.at(-1)!.points / SPEEDS[i]!) * 1000;

export const lasts = ({ racers }: Recorded): number => Math.max(...racers.map(end)) + REST_MS;

/** All racers at `time` ms of a race. */
export function scene({ racers }: Recorded, time: number): Lane[] {
  const recognized = racers.map((racer, i) => (racer.recognized && end(racer, i) <= time ? end(racer, i) : undefined));
  return racers.map(({ looks }, i) => {
    const points = Math.min(looks.at(-1)!.points, Math.floor((time / 1000) * SPEEDS[i]! + 1e-9));
    const at = recognized[i];
    return {
      points,
      look: looks.findLast((look) => look.points <= points),
      at,
      place: at === undefined ? undefined : 1 + recognized.filter((other) => other !== undefined && other < at).length,
    };
  });
}

/** The first `points` points. Whole strokes stay the same arrays, so they are not painted again. */
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
