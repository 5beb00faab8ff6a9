import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newGame, PACE } from '../server/game/game.ts';
import { createMemoryLessons } from '../server/storage/memory/lessons.ts';
import { createMemoryNetworks } from '../server/storage/memory/networks.ts';
import { createMemoryStore } from '../server/storage/memory/store.ts';
import { keysOf, lessonKeyOf, networkKeysOf } from '../server/storage/redis/keys.ts';
import { createRedisLessons } from '../server/storage/redis/lessons.ts';
import { createRedisNetworks } from '../server/storage/redis/networks.ts';
import { createRedisStore } from '../server/storage/redis/store.ts';
import { DEFAULT_SETTINGS } from '../shared/protocol.ts';
import { someLesson } from './lessons.contract.ts';
import { type NetworkStores, networksContract } from './networks.contract.ts';
import { someCode } from './store.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

const inMemory = (most?: { count: number; bytes: number }): NetworkStores => {
  const networks = createMemoryNetworks(most);
  return { networks, store: createMemoryStore(networks), lessons: createMemoryLessons(networks) };
};
let memory: NetworkStores;
networksContract('MemoryNetworks', async (count) => {
  if (count) return inMemory({ count, bytes: 1_000_000 });
  memory ??= inMemory();
  return memory;
});

it('holds a bounded number of bytes in the memory of a process, and counts those that are gone no more', async () => {
  const { networks, store } = inMemory({ count: 10, bytes: 1000 });
  const codes = [someCode(), someCode()] as const;
  for (const code of codes) {
    const game = newGame(code, DEFAULT_SETTINGS, PACE, 0);
    await store.create(game);
    for (const id of ['a', 'b'])
      await store.update(code, (g) => ({ ...g, version: g.version + 1, seats: [...g.seats, { id } as never] }));
  }
  const save = (code: string, member: string, size: number) =>
    networks.save(code, member, { about: '{}', bytes: randomBytes(size) });
  expect(await save(codes[0], 'a', 600)).toBe('saved');
  expect(await save(codes[1], 'a', 600)).toBe('full');
  // A smaller one in its place.
  expect(await save(codes[0], 'a', 300)).toBe('saved');
  expect(await save(codes[1], 'a', 600)).toBe('saved');
  await store.update(codes[1], (game) => ({ ...game, version: game.version + 1, phase: { name: 'closed' } }));
  expect(await save(codes[0], 'b', 700)).toBe('saved');
  expect(await save(codes[0], 'a', 301)).toBe('full');
});

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  const open = (most?: number): NetworkStores => ({
    networks: createRedisNetworks(redis(), most),
    store: createRedisStore(redis()),
    lessons: createRedisLessons(redis()),
  });
  networksContract('RedisNetworks', async (most) => open(most));

  const bytes = Buffer.from('network');
  const left = async (code: string) =>
    Promise.all(Object.values(networkKeysOf(code)).map((key) => redis().client.pTTL(key)));

  it('keeps networks as long as their room or lesson is refreshed, and no longer', async () => {
    const { networks, store, lessons } = open();
    const made = someLesson();
    const game = { ...newGame(someCode(), DEFAULT_SETTINGS, PACE, 0), seats: [{ id: 'teacher' } as never] };
    await lessons.create(made);
    await store.create(game);
    for (const [code, key] of [
      [made.code, lessonKeyOf(made.code)],
      [game.code, keysOf(game.code).game],
    ] as const) {
      await redis().client.pExpire(key, 5000);
      await networks.save(code, 'teacher', { about: '{}', bytes });
      for (const ttl of await left(code)) expect(ttl).toBeLessThanOrEqual(5000);
      for (const ttl of await left(code)) expect(ttl).toBeGreaterThan(0);
      await lessons.refresh([made.code]);
      await store.refresh([game.code]);
      for (const ttl of await left(code)) expect(ttl).toBeGreaterThan(50 * 60_000);
    }
  });

  it('leaves no key behind', async () => {
    const { networks, lessons } = open();
    const made = someLesson();
    await lessons.create(made);
    await networks.save(made.code, 'teacher', { about: '{}', bytes });
    expect(await redis().client.keys(`dd:{${made.code}}*`)).toHaveLength(3);
    await lessons.update(made.code, (lesson) => ({ ...lesson, version: lesson.version + 1, over: true }));
    // Only that it is over, and nothing of it.
    const over = `${lessonKeyOf(made.code)}:over`;
    expect(await redis().client.keys(`dd:{${made.code}}*`)).toEqual([over]);
    expect(await redis().client.get(over)).toBe('');
  });

  it('goes on with none after Redis has lost all', async () => {
    const { networks, lessons } = open();
    const made = someLesson();
    await lessons.create(made);
    const stop = await lessons.watch(made.code, () => {});
    await networks.save(made.code, 'teacher', { about: '{}', bytes });
    await redis().client.flushAll();
    expect(await networks.list(made.code)).toEqual(new Map());
    expect(await networks.save(made.code, 'teacher', { about: '{}', bytes })).toBe('gone');
    await lessons.refresh([made.code]);
    expect(await networks.save(made.code, 'teacher', { about: '{}', bytes })).toBe('saved');
    stop();
  });
});
