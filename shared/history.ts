/**
 * The history of a drawing: what happened to it, in order. Its ink at the end, and at every moment before, follows from it. The
 * server keeps it while somebody draws; a record (`record.ts`) keeps it afterwards.
 */
import type { Ink } from './ink.ts';
import { emptyInk, pointsIn } from './ink.ts';
import { CHUNK_EVERY } from './protocol.ts';
import type { Sureness } from './verdict.ts';

/** What was shown of the network's guesses. */
export interface ShownGuesses {
  sureness: Sureness;
  /** Best first: word, probability 0..1. At most GUESSES_KEPT */
  top: [word: string, probability: number][];
  /** Probability of the prompt and its look-alikes together, 0..1. */
  target: number;
}

/** `at`: ms from the start of the round; it never decreases. */
export type InkEvent = { at: number } & (
  | { /** Index of the stroke: the last one, or a new one. */ stroke: number /** x, y, x, y, … */; points: number[] }
  | {
      erased: 'undo' | 'clear' /** How many strokes stayed. */;
      strokes: number /** Of the ink from then on. */;
      rev: number;
    }
  | { guesses: ShownGuesses }
);

export type History = InkEvent[];

/** Words of each look that a history keeps: the bars show the prompt and three others. */
export const GUESSES_KEPT = 4;

/** Applies an event to the ink, in place. */
export function apply(ink: Ink, event: InkEvent): void {
  if ('points' in event) {
    if (event.stroke === ink.strokes.length) ink.strokes.push(event.points.slice());
    else ink.strokes[event.stroke]!.push(...event.points);
  } else if ('erased' in event) {
    ink.strokes.length = event.strokes;
    ink.rev = event.rev;
  }
}

/** The ink as it was at a time: with all events until then. `until` in ms of the round */
export function inkAt(history: History, until = Infinity): Ink {
  const ink = emptyInk();
  for (const event of history) {
    if (event.at > until) break;
    apply(ink, event);
  }
  return ink;
}

/** A history that comes to this ink, as if all of it had been drawn at once. */
export const historyOf = ({ rev, strokes }: Ink, at: number): History => [
  { at, erased: 'clear', strokes: 0, rev },
  ...strokes.map((points, stroke) => ({ at, stroke, points })),
];

/** What it costs to keep an event, in points. */
export const costOf = (event: InkEvent): number => ('points' in event ? pointsIn(event.points) : 1);

/** The same ink and the same guesses, without what was erased. */
export function withoutErased(history: History): History {
  const { rev } = inkAt(history);
  let kept: History = [];
  for (const event of history) {
    if (!('erased' in event)) kept.push(event);
    else kept = kept.filter((each) => !('points' in each) || each.stroke < event.strokes);
  }
  return [{ at: 0, erased: 'clear', strokes: 0, rev }, ...kept];
}

/**
 * The same history at the pace of the hand: one event for each point. A page sends the points of CHUNK_EVERY together, so the
 * points of a chunk are spread over the time before it arrived, back to what was drawn or erased last.
 */
export function smoothed(history: History): History {
  let last = 0;
  const all = history.flatMap((event): History => {
    if ('guesses' in event) return [event];
    const since = Math.max(last, event.at - CHUNK_EVERY);
    last = event.at;
    if (!('points' in event)) return [event];
    const { at, stroke, points } = event;
    const count = points.length / 2;
    return Array.from({ length: count }, (_, i) => ({
      at: Math.round(since + ((at - since) * (i + 1)) / count),
      stroke,
      points: points.slice(2 * i, 2 * i + 2),
    }));
  });
  // A stable sort: what is drawn keeps its order, and guesses come after the points that were drawn by then.
  return all.sort((a, b) => a.at - b.at);
}

/** The strokes that stayed, with their times, as Quick, Draw!'s raw drawings have them. */
export type TimedStroke = [xs: number[], ys: number[], ts: number[]];

/** Times in ms of the round. As `smoothed` has them; a drawing may have many points, so nothing is made for each. */
export function timedStrokes(history: History): TimedStroke[] {
  const strokes: TimedStroke[] = [];
  let last = 0;
  for (const event of history) {
    if ('guesses' in event) continue;
    const since = Math.max(last, event.at - CHUNK_EVERY);
    last = event.at;
    if ('erased' in event) {
      strokes.length = event.strokes;
      continue;
    }
    if (event.stroke === strokes.length) strokes.push([[], [], []]);
    const [xs, ys, ts] = strokes[event.stroke]!;
    const count = event.points.length / 2;
    for (let i = 0; i < count; i++) {
      xs.push(event.points[2 * i]!);
      ys.push(event.points[2 * i + 1]!);
      ts.push(Math.round(since + ((event.at - since) * (i + 1)) / count));
    }
  }
  return strokes;
}
