/** How often something may happen in a while, whichever process it reaches. The port, and what its implementations share. */
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { RateLimiterRes } from 'rate-limiter-flexible';

export interface Quota {
  name: string;
  /** How often, in a window of `seconds` that begins with the first. */
  points: number;
  seconds: number;
}

export interface Quotas {
  /** Counts one more for the key. False if that is over the quota. While the store is unavailable each process counts for itself. */
  consume(quota: Quota, key: string): Promise<boolean>;
}

export function quotasOn(limiterOf: (quota: Quota) => RateLimiterAbstract): Quotas {
  const limiters = new Map<string, RateLimiterAbstract>();
  function limiter(quota: Quota): RateLimiterAbstract {
    const known = limiters.get(quota.name) ?? limiterOf(quota);
    limiters.set(quota.name, known);
    return known;
  }
  return {
    consume: (quota, key) =>
      limiter(quota)
        .consume(key)
        .then(
          () => true,
          // It rejects with a result if the quota is used up.
          (reason) => !(reason instanceof RateLimiterRes),
        ),
  };
}
