/** The server's time: wall time for other processes and for display, that passes evenly whatever happens to the machine's clock. */

const ADJUST_INTERVAL_MS = 1_000;
/** The most that the clock goes faster or slower to come back to wall time. ms a second */
const SLEW_MS = 50;

export interface Clock {
  /** ms since 1970. While `isBusy` it neither goes back nor jumps. */
  now(): number;
}

/**
 * `isBusy` says whether anything is timed now. A step of the machine's clock is followed at once if not, else slowly: rounds
 * and held seats last as long as they should.
 */
export function createClock(isBusy: () => boolean): Clock {
  let offset = Date.now() - performance.now();
  setInterval(() => {
    const behind = Date.now() - performance.now() - offset;
    offset += isBusy() ? Math.max(-SLEW_MS, Math.min(SLEW_MS, behind)) : behind;
  }, ADJUST_INTERVAL_MS).unref();
  return { now: () => Math.round(offset + performance.now()) };
}
