/** A token bucket that answers at once, on a monotonic clock. */
import { TokenBucket } from 'limiter';

export interface Rate {
  perSecond: number;
  /** Allowed at once. */
  burst: number;
}

/** Takes `tokens` (by default 1) out of the bucket; false, and takes none, if it has not so many. */
export type Bucket = (tokens?: number) => boolean;

export function bucketOf({ perSecond, burst }: Rate): Bucket {
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
  // The library's buckets start empty.
  bucket.content = burst;
  return (tokens = 1) => bucket.tryRemoveTokens(tokens);
}
