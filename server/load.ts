/** How loaded this process is: how late its event loop runs what is due. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** 0: none to speak of · 1: guesses become rarer for everybody · 2: spectators' frames too. */
export type LoadLevel = 0 | 1 | 2;

export interface Load {
  level(): LoadLevel;
}

const CHECK_INTERVAL_MS = 500;
/** The event loop's delay, mean of the last interval, from which on a level holds. ms */
const LEVELS_MS = [0, 25, 60] as const;
/** A level ends when the delay is under this share of it, so that it does not flicker. */
const RELEASE = 0.5;
const RESOLUTION_MS = 10;

/** Measured only while `isWanted`: the timer that measures costs more than anything else in an idle process. */
export function watchLoad(isWanted: () => boolean): Load {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let level: LoadLevel = 0;
  setInterval(() => {
    // The histogram holds whole intervals, nanoseconds.
    const delay = Math.max(0, delays.mean / 1e6 - RESOLUTION_MS);
    delays.reset();
    if (!isWanted()) {
      delays.disable();
      level = 0;
      return;
    }
    delays.enable();
    if (Number.isNaN(delay)) return;
    if (level < 2 && delay >= LEVELS_MS[(level + 1) as LoadLevel]) level++;
    else if (level > 0 && delay < LEVELS_MS[level] * RELEASE) level--;
  }, CHECK_INTERVAL_MS).unref();
  return { level: () => level };
}
