/** The pace of a card: that of the hand, without its pauses, and no longer than somebody watches a picture in a chat. */
import type { InkEvent, ShownGuesses } from './history.ts';
import { smoothed } from './history.ts';
import type { Record } from './record.ts';

/** Of a pause, so much stays: without any, strokes would run into each other. ms */
export const PAUSE_MS = 300;
/** A card that is longer still plays everything faster. ms */
export const LONGEST_MS = 8_000;
/** Guesses that came sooner after others are left out, so that they can be read. ms of the card */
const READABLE_MS = 200;

export interface Paced {
  /** A point each, or what was erased. `at`: ms of the card */
  ink: Exclude<InkEvent, { guesses: ShownGuesses }>[];
  guesses: { at: number; guesses: ShownGuesses }[];
  /** When it was recognized; null if it was not. */
  recognizedAt: number | null;
  /** ms */
  length: number;
}

/** A pause is the time between two points, or before the first; guesses and the verdict keep their place in it. */
export function paced({ history, verdict }: Pick<Record, 'history' | 'verdict'>): Paced {
  const events = smoothed(history);
  const isInk = (event: InkEvent): event is Paced['ink'][number] => !('guesses' in event);
  const times = events.filter(isInk).map(({ at }) => at);
  const last = Math.max(events.at(-1)?.at ?? 0, verdict?.at ?? 0);
  /** Where each moment of the round at which something was drawn lies on the card. */
  const knots: [from: number, to: number][] = [[0, 0]];
  for (const at of [...times, last]) {
    const [from, to] = knots.at(-1)!;
    if (at > from) knots.push([at, to + Math.min(at - from, PAUSE_MS)]);
  }
  const length = knots.at(-1)![1];
  const faster = Math.min(1, LONGEST_MS / Math.max(1, length));
  let i = 1;
  /** Called for times that never decrease. */
  function onCard(at: number): number {
    if (knots.length === 1) return 0;
    while (i < knots.length - 1 && knots[i]![0] < at) i++;
    const [[from, to], [end, endTo]] = [knots[i - 1]!, knots[i]!];
    return Math.round(Math.min(endTo, to + ((at - from) / (end - from)) * (endTo - to)) * faster);
  }
  const all = events.map((event) => ({ ...event, at: onCard(event.at) }));
  i = 1;
  const guesses: Paced['guesses'] = [];
  for (const event of all)
    if ('guesses' in event && event.at >= (guesses.at(-1)?.at ?? -READABLE_MS) + READABLE_MS) guesses.push(event);
  return {
    ink: all.filter(isInk),
    guesses,
    recognizedAt: verdict && onCard(verdict.at),
    length: Math.round(length * faster),
  };
}
