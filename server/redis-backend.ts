/** State in Redis, shared by any number of processes. A module of its own: without Redis nothing of it is loaded. */
import type { Backend } from './backend.ts';
import { newSecret } from './backend.ts';
import { createBroadcast } from './cluster/broadcast.ts';
import { createRedisPresence } from './cluster/redis-presence.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Redis } from './storage/redis/connection.ts';
import { connectRedis } from './storage/redis/connection.ts';
import { createRedisLeaderboard } from './storage/redis/leaderboard.ts';
import { createRedisQuotas } from './storage/redis/quotas.ts';
import { createRedisStore } from './storage/redis/store.ts';

/** Waits until Redis is there. */
export async function redisBackend(url: string, config: Config, log: Log): Promise<Backend> {
  const cluster = config.REDIS_CLUSTER;
  const redis = connectRedis({ url, cluster, log });
  const presence = createRedisPresence(redis, log);
  await redis.connected;
  const broadcast = createBroadcast(url, cluster, log);
  return {
    store: createRedisStore(redis),
    presence,
    leaderboard: createRedisLeaderboard(redis),
    quotas: createRedisQuotas(redis),
    secret: config.SESSION_SECRET ?? (await sharedSecret(redis)),
    isReady: redis.isReady,
    onReconnect(listener) {
      redis.onReady(listener);
      broadcast.onReconnect(listener);
    },
    broadcast,
    counts: redis.counts,
  };
}

/** The first process stores its secret; the others read it. */
async function sharedSecret(redis: Redis): Promise<string> {
  await redis.run((client) => client.set('dd:secret', newSecret(), { condition: 'NX' }));
  return (await redis.run((client) => client.get('dd:secret')))!;
}
