import { describe, expect, it } from 'vitest';
import type { Dailies } from '../server/storage/dailies.ts';
import { DAILY_LIFE_MS } from '../server/storage/dailies.ts';
import { createMemoryDailies } from '../server/storage/memory/dailies.ts';
import { createRedisDailies } from '../server/storage/redis/dailies.ts';
import { dailiesContract } from './dailies.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

const memories = new Map<number | undefined, Dailies>();
dailiesContract('MemoryDailies', async (most) => {
  const dailies = memories.get(most) ?? createMemoryDailies(most);
  memories.set(most, dailies);
  return dailies;
});

it('forgets days in memory that nobody asks for any more', async () => {
  const dailies = createMemoryDailies();
  await dailies.claim(100, 'ann', 'm');
  await dailies.claim(103, 'bob', 'm');
  expect(await dailies.read(100, 'ann')).toEqual({ result: null });
  await dailies.claim(104, 'bob', 'm');
  expect(await dailies.read(100, 'ann')).toBe(null);
});

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  dailiesContract('RedisDailies', async (most) => createRedisDailies(redis(), most));

  it('lets all of it expire', async () => {
    const keys = await redis().client.keys('dd:{daily}:*');
    expect(keys.some((key) => /^dd:\{daily\}:\d{4}-\d\d-\d\d:scores$/.test(key))).toBe(true);
    for (const key of keys) {
      const left = await redis().client.pTTL(key);
      expect(left, key).toBeGreaterThan(0);
      expect(left, key).toBeLessThanOrEqual(DAILY_LIFE_MS);
    }
  });
});
