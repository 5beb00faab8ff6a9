import { describe, expect, it } from 'vitest';
import { spanName } from '../server/storage/leaderboard.ts';
import { createMemoryLeaderboard } from '../server/storage/memory/leaderboard.ts';
import { createRedisLeaderboard } from '../server/storage/redis/leaderboard.ts';
import { DAY, leaderboardContract, MONDAY } from './leaderboard.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

const memory = createMemoryLeaderboard();
leaderboardContract('MemoryLeaderboard', async () => memory);

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  leaderboardContract('RedisLeaderboard', async () => createRedisLeaderboard(redis()));

  it('keeps no nickname of a player who fell off a board', async () => {
    for (const key of await redis().client.keys('dd:{leaders}:word:*:names')) {
      const board = key.replace(/:names$/, '');
      expect(await redis().client.hLen(key)).toBe(await redis().client.zCard(board));
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
