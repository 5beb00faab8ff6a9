import { describe, expect, it } from 'vitest';
import type { Challenges } from '../server/storage/challenges.ts';
import { createMemoryChallenges } from '../server/storage/memory/challenges.ts';
import { createRedisChallenges } from '../server/storage/redis/challenges.ts';
import { challengesContract } from './challenges.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

const KEPT_MS = 60_000;

let memory: Challenges;
challengesContract('MemoryChallenges', async (bounds) => {
  if (bounds) return createMemoryChallenges(bounds.keptMs ?? KEPT_MS, bounds.most, bounds.now);
  memory ??= createMemoryChallenges(KEPT_MS);
  return memory;
});

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  challengesContract('RedisChallenges', async ({ keptMs = KEPT_MS, most, now } = {}) =>
    createRedisChallenges(redis(), keptMs, most, now),
  );

  it('lets all of it expire', async () => {
    const keys = await redis().client.keys('dd:{challenges}:*');
    expect(keys.some((key) => key.endsWith(':tries'))).toBe(true);
    for (const key of keys) {
      const left = await redis().client.pTTL(key);
      expect(left, key).toBeGreaterThan(0);
      expect(left, key).toBeLessThanOrEqual(KEPT_MS);
    }
  });
});
