/** The server's clock, as far as this client can know it. */

export interface ServerClock {
  /** The server's time now. ms since 1970 */
  now(): number;
  /** A message arrived that the server sent at `sentAt`. ms since 1970 */
  sync(sentAt: number): void;
  /** The next message may come from another process, whose clock is another: the first time it sends is trusted. */
  reset(): void;
}

/** `now` is this client's own monotonic clock. ms */
export function createServerClock(now: () => number): ServerClock {
  /** Server clock minus this client's. ms */
  let offset: number | undefined;
  let stale = false;
  return {
    now: () => (offset === undefined ? Date.now() : now() + offset),
    sync(sentAt) {
      const difference = sentAt - now();
      // A message that took longer on its way shows less than the true difference.
      offset = offset === undefined || stale ? difference : Math.max(offset, difference);
      stale = false;
    },
    reset() {
      stale = true;
    },
  };
}
