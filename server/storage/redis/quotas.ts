/** Quotas that all processes share, in Redis: `dd:quota:NAME:KEY`, a counter that expires. */
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { memoryLimiter } from '../memory/quotas.ts';
import type { Quotas } from '../quotas.ts';
import { quotasOn } from '../quotas.ts';
import type { Redis } from './connection.ts';

export function createRedisQuotas(redis: Redis): Quotas {
  /** All of a client that the limiter uses; `run` adds the timeout. */
  const storeClient = {
    eval: (script: string, options: { keys: string[]; arguments: string[] }) =>
      redis.run((client) => client.eval(script, options)),
  };
  return quotasOn((quota) => {
    const { name, points, seconds: duration } = quota;
    const insuranceLimiter = memoryLimiter(quota);
    const keyPrefix = `dd:quota:${name}`;
    return new RateLimiterRedis({ storeClient, useRedisPackage: true, insuranceLimiter, keyPrefix, points, duration });
  });
}
