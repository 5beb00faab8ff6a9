import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../server/log.ts';
import { createMemoryLeaders, createRedisLeaders, spanName } from '../server/storage/leaderboard.ts';
import type { Redis } from '../server/storage/redis/connection.ts';
import { connectRedis } from '../server/storage/redis/connection.ts';
import { DAY, leadersContract, MONDAY } from './leaderboard.contract.ts';
import type { RedisServer } from './support/redis.ts';
import { hasRedis, startRedis } from './support/redis.ts';

const memory = createMemoryLeaders();
leadersContract('leaderboards in memory', async () => memory);

describe.skipIf(!hasRedis)('with a redis-server', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis({ url: server.url, log: createLog('silent') });
    await redis.connected;
  });
  afterAll(async () => {
    redis?.close();
    await server?.close();
  });
  leadersContract('leaderboards in Redis', async () => createRedisLeaders(redis));

  it('keep no name of whoever fell off', async () => {
    for (const key of await redis.client.keys('dd:{leaders}:word:*:names')) {
      const board = key.replace(/:names$/, '');
      expect(await redis.client.hLen(key)).toBe(await redis.client.zCard(board));
    }
  });
});

describe('the names of days and weeks', () => {
  it('begin a week on Monday, in UTC', () => {
    expect(spanName('week', MONDAY)).toBe('week:2026-11-16');
    expect(spanName('week', MONDAY + 6.4 * DAY)).toBe('week:2026-11-16');
    expect(spanName('week', MONDAY + 6.6 * DAY)).toBe('week:2026-11-23');
    expect(spanName('day', MONDAY + 0.6 * DAY)).toBe('day:2026-11-17');
  });
});
