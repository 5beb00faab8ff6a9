/** A redis-server for the tests of a file, and a connection to it. */
import { afterAll, beforeAll } from 'vitest';
import { createLog } from '../../server/log.ts';
import type { Redis } from '../../server/storage/redis/connection.ts';
import { connectRedis } from '../../server/storage/redis/connection.ts';
import type { RedisServer } from './redis.ts';
import { startRedis } from './redis.ts';

/** The connection, once the tests run. */
export function useRedis(): () => Redis {
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
  return () => redis;
}
