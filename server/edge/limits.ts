/** How much one connection may ask for. */
import { TokenBucket } from 'limiter';

interface Rate {
  perSecond: number;
  /** Allowed at once. */
  burst: number;
}

/** A pen sends 20 chunks a second; after a lost connection it sends all that it kept at once. */
const CHUNKS: Rate = { perSecond: 40, burst: 100 };
/** A bucket of its own: somebody who reacts without end must still be able to undo. */
const CHAT: Rate = { perSecond: 2, burst: 8 };
const OTHERS: Rate = { perSecond: 5, burst: 20 };
/** A socket that is refused this often in a row for being too fast is not a person's. */
export const MAX_REFUSALS_IN_ROW = 200;
/** A socket with this many messages waiting is too slow to play. It may come back, and is then sent everything. */
export const MAX_PENDING_MESSAGES = 256;
/** The largest honest message is a chunk of CHUNK_LIMIT points, 2.5 kB. */
export const MAX_MESSAGE_BYTES = 8 * 1024;
/** Of one message. Thousands of unfinished fragments could hold a connection open. */
export const MAX_FRAGMENTS = 64;

/** Returns a function that says whether one more command of this name, known or not, is allowed now. */
export function rateLimit(): (command: string) => boolean {
  const others = bucketOf(OTHERS);
  const own = new Map([
    ['chunk', bucketOf(CHUNKS)],
    ['chat', bucketOf(CHAT)],
  ]);
  return (command) => (own.get(command) ?? others).tryRemoveTokens(1);
}

function bucketOf({ perSecond, burst }: Rate): TokenBucket {
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond, interval: 'second' });
  // The library's buckets start empty.
  bucket.content = burst;
  return bucket;
}
