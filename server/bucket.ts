/** A token bucket that answers at once, on a monotonic clock. */
import { TokenBucket } from 'limiter';

export interface Rate {
  perSecond: number;
  /** Allowed at once. */
  burst: number;
}

/** Takes `tokens` (by default 1) out of the bucket; false, and takes none, if it has not so many. */
export type Bucket = (tokens?: number) => boolean;

export function bucketOf(rate: Rate): Bucket {
  const bucket = full(rate);
  return (tokens = 1) => bucket.tryRemoveTokens(tokens);
}

/**
 * Buckets by name; one without a rate has nothing. Each is made when it is first used: a connection has two dozen, and most people
 * need three.
 */
export function bucketsOf<Name extends string>(
  rates: Partial<Record<Name, Rate>>,
): (name: Name, tokens?: number) => boolean {
  const buckets: Partial<Record<Name, TokenBucket>> = {};
  return (name, tokens = 1) => {
    const rate = rates[name];
    if (!rate) return false;
    buckets[name] ??= full(rate);
    return buckets[name].tryRemoveTokens(tokens);
  };
}

function full({ perSecond, burst }: Rate): TokenBucket {
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
  // The library's buckets start empty.
  bucket.content = burst;
  return bucket;
}
