/** A recorded drawing as it was at any moment of its round. Pure. */
import type { History, ShownGuesses } from '../../../shared/history.ts';
import { smoothed } from '../../../shared/history.ts';
import type { Stroke } from '../../../shared/ink.ts';

/** Where something was taken back. `at`: ms of the round */
export interface Erasure {
  at: number;
  what: 'undo' | 'clear';
}

export interface Playback {
  /** When the last thing happened. ms of the round */
  readonly end: number;
  readonly erasures: readonly Erasure[];
  /**
   * All that is on the board then. A stroke is the same array each time, longer or shorter, so that a painter goes on where it
   * was. The next call changes what this one returned.
   */
  strokesAt(time: number): Stroke[];
  guessesAt(time: number): ShownGuesses | undefined;
}

/** A stroke from pen down until it is erased. Events are counted from 0, in their order. */
interface Take {
  begins: number;
  ends: number;
  points: Stroke;
  /** The event that brought each point. */
  events: number[];
  /** As many of the points as were there at the time that was asked for last. */
  shown: Stroke;
}

export function createPlayback(history: History): Playback {
  const events = smoothed(history);
  const times = events.map(({ at }) => at);
  const takes: Take[] = [];
  const looks: { event: number; guesses: ShownGuesses }[] = [];
  const erasures: Erasure[] = [];
  let onBoard: Take[] = [];
  for (const [i, event] of events.entries())
    if ('points' in event) {
      let take = onBoard[event.stroke];
      if (!take) {
        take = { begins: i, ends: events.length, points: [], events: [], shown: [] };
        takes.push(take);
        onBoard.push(take);
      }
      take.points.push(...event.points);
      take.events.push(i);
    } else if ('erased' in event) {
      const erased = onBoard.slice(event.strokes);
      if (erased.length > 0) erasures.push({ at: event.at, what: event.erased });
      for (const take of erased) take.ends = i;
      onBoard = onBoard.slice(0, event.strokes);
    } else looks.push({ event: i, guesses: event.guesses });
  const lookEvents = looks.map(({ event }) => event);

  /** How many events have happened by then. */
  const happened = (time: number): number => countUpTo(times, time);

  return {
    end: times.at(-1) ?? 0,
    erasures,
    strokesAt(time) {
      const count = happened(time);
      return takes
        .filter(({ begins, ends }) => begins < count && ends >= count)
        .map(({ points, events, shown }) => {
          const wanted = 2 * countUpTo(events, count - 1);
          if (shown.length > wanted) shown.length = wanted;
          for (let i = shown.length; i < wanted; i++) shown.push(points[i]!);
          return shown;
        });
    },
    guessesAt: (time) => looks[countUpTo(lookEvents, happened(time) - 1) - 1]?.guesses,
  };
}

/** How many of these rising numbers are at most `limit`. */
function countUpTo(rising: readonly number[], limit: number): number {
  let [from, to] = [0, rising.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rising[middle]! <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
