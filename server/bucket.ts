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
  // Made when it is first used: a connection has two dozen, and most people need three.
  let bucket: TokenBucket | undefined;
  return (tokens = 1) => {
    bucket ??= full(rate);
    return bucket.tryRemoveTokens(tokens);
  };
}

function full({ perSecond, burst }: Rate): TokenBucket {
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
  // The library's buckets start empty.
  bucket.content = burst;
  return bucket;
}
