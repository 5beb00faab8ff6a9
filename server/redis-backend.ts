/** State in Redis, shared by any number of processes. A module of its own: without Redis nothing of it is loaded. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Backend } from './backend.ts';
import { newSecret, replayLimitsOf } from './backend.ts';
import { createBroadcast } from './cluster/broadcast.ts';
import { createRedisPresence } from './cluster/redis-presence.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Redis } from './storage/redis/connection.ts';
import { connectRedis } from './storage/redis/connection.ts';
import { createRedisChallenges } from './storage/redis/challenges.ts';
import { createRedisDailies } from './storage/redis/dailies.ts';
import { createRedisKeyReports } from './storage/redis/key-reports.ts';
import { createRedisLeaderboard } from './storage/redis/leaderboard.ts';
import { createRedisLessons } from './storage/redis/lessons.ts';
import { createRedisNetworks } from './storage/redis/networks.ts';
import { createRedisQuotas } from './storage/redis/quotas.ts';
import { createRedisReplays } from './storage/redis/replays.ts';
import { createRedisStore } from './storage/redis/store.ts';
import { Unavailable } from './storage/store.ts';

const SECRET_RETRY_MS = 500;

/** Waits until Redis is there and takes writes. */
export async function redisBackend(url: string, config: Config, log: Log): Promise<Backend> {
  const cluster = config.REDIS_CLUSTER;
  const redis = connectRedis({ url, cluster, log });
  const presence = createRedisPresence(redis, log);
  await redis.connected;
  const broadcast = createBroadcast(url, cluster, log);
  const limits = replayLimitsOf(config);
  return {
    store: createRedisStore(redis),
    lessons: createRedisLessons(redis),
    presence,
    leaderboard: createRedisLeaderboard(redis),
    dailies: createRedisDailies(redis),
    replays: createRedisReplays(redis, limits),
    keyReports: createRedisKeyReports(redis, limits.keptMs),
    challenges: createRedisChallenges(redis, limits.keptMs),
    networks: createRedisNetworks(redis),
    quotas: createRedisQuotas(redis),
    secret: config.SESSION_SECRET ?? (await sharedSecret(redis)),
    isReady: () => redis.isReady() && broadcast.isReady(),
    onReconnect(listener) {
      redis.onReady(listener);
      broadcast.onReconnect(listener);
    },
    broadcast,
    counts: redis.counts,
  };
}

/** The first process stores its secret; the others read it. If Redis loses it, they store it again. */
async function sharedSecret(redis: Redis): Promise<string> {
  const share = (own: string) =>
    redis.run((client) => client.set('dd:secret', own, { condition: 'NX', GET: true })).then((stored) => stored ?? own);
  const own = newSecret();
  for (;;) {
    try {
      const secret = await share(own);
      redis.onReady(() => share(secret).catch(() => {}));
      return secret;
    } catch (reason) {
      if (!(reason instanceof Unavailable)) throw reason;
      await wait(SECRET_RETRY_MS);
    }
  }
}
