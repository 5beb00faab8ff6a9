/** A Redis, the processes that share it, and a proxy before them, for the tests of one `describe`. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { known } from './model.ts';
import { closeAll } from './player.ts';
import type { Process } from './processes.ts';
import { endAll, startProcesses } from './processes.ts';
import type { Cable } from './proxy.ts';
import { startProxy } from './proxy.ts';
import type { RedisServer } from './redis.ts';
import { startRedis } from './redis.ts';

export interface Fleet {
  redis: RedisServer;
  processes: Process[];
  /** Of each process. */
  urls: string[];
  /** Each new connection goes to the next process that takes it. */
  proxy: Cable;
}

export function useFleet(n: number, redisArgs: string[] = []): Fleet {
  const fleet = {} as Fleet;
  beforeAll(async () => {
    fleet.redis = await startRedis(redisArgs);
    fleet.processes = await startProcesses(n, { REDIS_URL: fleet.redis.url, ...known });
    fleet.urls = fleet.processes.map(({ url }) => url);
    fleet.proxy = await startProxy(() => fleet.processes.map(({ port }) => port));
  }, 120_000);
  afterEach(closeAll);
  afterAll(async () => {
    await fleet.proxy?.close();
    await endAll(fleet.processes ?? []);
    await fleet.redis?.close();
  });
  return fleet;
}
