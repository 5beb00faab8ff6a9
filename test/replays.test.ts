import { describe, expect, it } from 'vitest';
import { createMemoryReplays } from '../server/storage/memory/replays.ts';
import { createRedisReplays } from '../server/storage/redis/replays.ts';
import type { ReplayLimits, Replays } from '../server/storage/replays.ts';
import { replaysContract } from './replays.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

/** What has passed beside the real time. ms */
let passed = 0;
const now = () => Date.now() + passed;
const pass = async (ms: number) => {
  passed += ms;
};

const memories = new Map<number, Replays>();
replaysContract('MemoryReplays', {
  async open(limits: ReplayLimits) {
    const replays = memories.get(limits.bytes) ?? createMemoryReplays(limits, now);
    memories.set(limits.bytes, replays);
    return replays;
  },
  pass,
});

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  replaysContract('RedisReplays', {
    async open(limits) {
      if (limits.bytes < 10_000) await redis().client.flushDb();
      return createRedisReplays(redis(), limits, now);
    },
    pass,
  });

  it('counts exactly what is there, and lets all of it expire', async () => {
    const sizes = await redis().client.hGetAll('dd:{replays}:sizes');
    const { total, ...each } = sizes;
    const sum = Object.values(each).reduce((all, size) => all + Number(size), 0);
    expect(Number(total)).toBe(sum);
    expect(Object.keys(each).sort()).toEqual((await redis().client.zRange('dd:{replays}:expiries', 0, -1)).sort());
    for (const id of Object.keys(each)) {
      expect(await redis().client.pTTL(`dd:{replays}:${id}`)).toBeGreaterThan(0);
      expect(await redis().client.hStrLen(`dd:{replays}:${id}`, 'record')).toBe(Number(each[id]));
    }
  });
});
