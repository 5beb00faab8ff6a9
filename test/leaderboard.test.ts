import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { spanName } from '../server/storage/leaderboard.ts';
import { createMemoryLeaderboard } from '../server/storage/memory/leaderboard.ts';
import { createRedisLeaderboard } from '../server/storage/redis/leaderboard.ts';
import { DAY, leaderboardContract, MONDAY } from './leaderboard.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

const memory = createMemoryLeaderboard();
leaderboardContract('MemoryLeaderboard', async () => memory);

it('keeps no boards of past days and weeks in memory', async () => {
  const board = createMemoryLeaderboard();
  const play = (ended: number) =>
    board.record({
      ...{ match: randomUUID(), ended, solo: false, drawings: [] },
      players: [{ session: 's', nick: 's', score: 1 }],
    });
  await play(MONDAY);
  await play(MONDAY + 7 * DAY);
  for (const span of ['day', 'week'] as const) {
    expect(await board.best(span, MONDAY)).toEqual([]);
    expect(await board.best(span, MONDAY + 7 * DAY)).toHaveLength(1);
  }
  expect(await board.best('all', MONDAY)).toHaveLength(1);
});

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  leaderboardContract('RedisLeaderboard', async () => createRedisLeaderboard(redis()));

  it('keeps no nickname of a player who left a board, and no board without end', async () => {
    const { client } = redis();
    const names = await client.keys('dd:{leaders}:*:names');
    expect(names.length).toBeGreaterThan(10);
    for (const key of names) {
      const board = key.replace(/:names$/, '');
      const lines = await client.zCard(board);
      expect([key, await client.hLen(key), await client.zCard(`${board}:seen`)]).toEqual([key, lines, lines]);
    }
    for (const key of await client.keys('dd:{leaders}:*')) expect([key, await client.ttl(key)]).not.toEqual([key, -1]);
  });

  it('lets many leave at once, and goes on', async () => {
    const leaderboard = createRedisLeaderboard(redis());
    const words = Array.from({ length: 345 }, (_, i) => `word ${i}`);
    await Promise.all(Array.from({ length: 100 }, (_, i) => leaderboard.forget(`session ${i}`, words, Date.now())));
    expect(await redis().client.ping()).toBe('PONG');
    expect(await leaderboard.fastest('word 1', Date.now())).toEqual([]);
  });

  it('has boards of version 0.1 get old from the first match on', async () => {
    const { client } = redis();
    const leaderboard = createRedisLeaderboard(redis());
    const old = ['all', 'race:all', 'word:kept'].map((name) => `dd:{leaders}:${name}`);
    for (const key of old) {
      await client.zAdd(key, { score: 5000, value: 'early' });
      await client.hSet(`${key}:names`, 'early', 'Early');
    }
    const start = Date.now();
    const play = (ended: number) =>
      leaderboard.record({
        ...{ match: randomUUID(), ended, solo: false, players: [] },
        drawings: [{ session: 's', nick: 's', word: 'kept', at: 9000 }],
      });
    await play(start);
    expect(await leaderboard.fastest('kept', start)).toMatchObject([{ nick: 'Early' }, { nick: 's' }]);
    for (const key of old) expect(await client.ttl(`${key}:names`)).toBeGreaterThan(0);
    await play(start + 366 * DAY);
    expect(await leaderboard.fastest('kept', start)).toMatchObject([{ nick: 's' }]);
    for (const key of old) expect(await client.hGet(`${key}:names`, 'early')).toBeNull();

    // On a board on which nobody plays any more, from the first look on.
    const idle = 'dd:{leaders}:word:idle';
    await client.zAdd(idle, { score: 5000, value: 'early' });
    await client.hSet(`${idle}:names`, 'early', 'Early');
    expect(await leaderboard.fastest('idle', start)).toMatchObject([{ nick: 'Early' }]);
    expect(await client.ttl(`${idle}:names`)).toBeGreaterThan(0);
    expect(await leaderboard.fastest('idle', start + 366 * DAY)).toEqual([]);
    await client.zAdd('dd:{leaders}:race:all', { score: 1, value: 'leaver' });
    await leaderboard.forget('leaver', [], start);
    expect(await client.zCard('dd:{leaders}:race:all')).toBe(0);
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
