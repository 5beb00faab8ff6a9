import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryReplays } from '../server/storage/memory/replays.ts';
import { createRedisReplays } from '../server/storage/redis/replays.ts';
import type { ReplayLimits, Replays } from '../server/storage/replays.ts';
import { REPLAY_LIFE_MS } from '../server/storage/replays.ts';
import { replaysContract } from './replays.contract.ts';
import { saveReplay } from './support/records.ts';
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

  it('forgets the key of a donated drawing whose replay has expired in Redis itself', async () => {
    let ahead = 300 - REPLAY_LIFE_MS;
    const limits = { bytes: 1e6, keptMs: 0, listedMs: 0, reportsToHide: 3 };
    const replays = createRedisReplays(redis(), limits, () => Date.now() + ahead);
    const id = await saveReplay(replays, { word: 'owl', strokes: [[1, 1, 2, 2]] });
    const choices = { gallery: false, data: true, training: false };
    const gift = { key: '4711', word: 'owl', date: '2026-11-28', choices, passes: true, isWritten: true };
    expect(await replays.setGift(id, null, gift)).toBe(true);
    expect(await replays.ofKey('4711')).toBe(id);
    await wait(500);
    expect(await redis().client.exists(`dd:{replays}:${id}`)).toBe(0);
    ahead = 0;
    await saveReplay(replays, { word: 'owl', strokes: [[1, 1, 2, 2]] });
    expect(await redis().client.hExists('dd:{replays}:keys', '4711')).toBe(0);
    expect(await redis().client.hExists('dd:{replays}:given', id)).toBe(0);
  });
});
