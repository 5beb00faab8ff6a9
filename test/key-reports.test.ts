import { setTimeout as wait } from 'node:timers/promises';
import { describe } from 'vitest';
import type { KeyReports } from '../server/storage/key-reports.ts';
import { createMemoryKeyReports } from '../server/storage/memory/key-reports.ts';
import { createRedisKeyReports } from '../server/storage/redis/key-reports.ts';
import { keyReportsContract } from './key-reports.contract.ts';
import { hasRedis } from './support/redis.ts';
import { useRedis } from './support/use-redis.ts';

const memories = new Map<number, KeyReports>();
keyReportsContract('MemoryKeyReports', {
  async open(keptMs, most) {
    const reports = memories.get(most) ?? createMemoryKeyReports(keptMs, most);
    memories.set(most, reports);
    return reports;
  },
  pass: wait,
});

describe.skipIf(!hasRedis)('with a redis-server', () => {
  const redis = useRedis();
  keyReportsContract('RedisKeyReports', {
    open: async (keptMs, most) => createRedisKeyReports(redis(), keptMs, most),
    pass: wait,
  });
});
