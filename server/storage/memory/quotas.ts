/** The quotas of a single process. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Quota, Quotas } from '../quotas.ts';
import { quotasOn } from '../quotas.ts';

export const createMemoryQuotas = (): Quotas => quotasOn(memoryLimiter);

export const memoryLimiter = ({ name, points, seconds }: Quota): RateLimiterMemory =>
  new RateLimiterMemory({ keyPrefix: name, points, duration: seconds });
