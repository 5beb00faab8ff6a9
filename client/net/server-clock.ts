/** The server's clock, as far as this client can know it. */
import { type NewCell, plainCell } from './cell.ts';

export interface ServerClock {
  /** The server's time now or, while the clock is stopped, when it was. ms since 1970 */
  now(): number;
  /** A message arrived that the server sent at `sentAt`. ms since 1970 */
  sync(sentAt: number): void;
  /** The next message may come from another process, whose clock is another: the first time it sends is trusted. */
  reset(): void;
  /** Stops the clock at that time: nothing that is counted by it goes on. Without a time it goes again. ms since 1970 */
  stop(at: number | undefined): void;
  /** For timers, which would run on. */
  isStopped(): boolean;
}

/** `now` is this client's own monotonic clock. ms */
export function createServerClock(now: () => number, cell: NewCell = plainCell): ServerClock {
  /** Server clock minus this client's. ms */
  let offset: number | undefined;
  let stale = false;
  // Screens ask for the time when something else changes: it is no cell, and only timers follow whether it stands.
  let stoppedAt: number | undefined;
  const stopped = cell(false);
  return {
    now: () => stoppedAt ?? (offset === undefined ? Date.now() : now() + offset),
    sync(sentAt) {
      const difference = sentAt - now();
      // A message that took longer on its way shows less than the true difference.
      offset = offset === undefined || stale ? difference : Math.max(offset, difference);
      stale = false;
    },
    reset() {
      stale = true;
    },
    stop(at) {
      stoppedAt = at;
      stopped.value = at !== undefined;
    },
    isStopped: () => stopped.value,
  };
}
