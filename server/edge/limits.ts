/** Token buckets: how often one connection may ask for something. */

export interface Rate {
  /** Allowed a second in the long run. */
  perSecond: number;
  /** Allowed at once. */
  burst: number;
}

/** Returns a function that takes one token at `now` (ms), and says whether there was one. */
export function bucket({ perSecond, burst }: Rate): (now: number) => boolean {
  let tokens = burst;
  let filled = 0;
  return (now) => {
    if (filled > 0) tokens = Math.min(burst, tokens + ((now - filled) / 1000) * perSecond);
    filled = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
