import { describe, expect, it } from 'vitest';
import type { Lessons } from '../server/storage/lessons.ts';
import { createMemoryLessons } from '../server/storage/memory/lessons.ts';
import { lessonKeyOf } from '../server/storage/redis/keys.ts';
import { createRedisLessons } from '../server/storage/redis/lessons.ts';
import { lessonsContract, someLesson } from './lessons.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

let memory: Lessons;
lessonsContract('MemoryLessons', async () => {
  memory ??= createMemoryLessons();
  return memory;
});

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  lessonsContract('RedisLessons', async () => createRedisLessons(redis()));

  it('lets a lesson that nobody refreshes expire, and stores one again that Redis lost', async () => {
    const lessons = createRedisLessons(redis());
    const made = someLesson();
    await lessons.create(made);
    const key = lessonKeyOf(made.code);
    await redis().client.pExpire(key, 5000);
    await lessons.refresh([made.code]);
    expect(await redis().client.pTTL(key)).toBeGreaterThan(50 * 60_000);
    const stop = await lessons.watch(made.code, () => {});
    await redis().client.del(key);
    await lessons.refresh([made.code]);
    expect(await lessons.read(made.code)).toEqual(made);
    stop();
  });
});
