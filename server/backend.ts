/** Where the game's state lives and how its processes find each other: in this process alone, or in Redis. */
import { randomBytes } from 'node:crypto';
import type { Broadcast } from './cluster/broadcast.ts';
import { createBroadcast } from './cluster/broadcast.ts';
import type { Presence } from './cluster/presence.ts';
import { alone } from './cluster/presence.ts';
import { createRedisPresence } from './cluster/redis-presence.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Leaderboard } from './storage/leaderboard.ts';
import { createMemoryLeaderboard } from './storage/memory/leaderboard.ts';
import { createMemoryStore } from './storage/memory/store.ts';
import type { Redis } from './storage/redis/connection.ts';
import { connectRedis } from './storage/redis/connection.ts';
import { createRedisLeaderboard } from './storage/redis/leaderboard.ts';
import { createRedisStore } from './storage/redis/store.ts';
import type { Store } from './storage/store.ts';

export interface Backend {
  store: Store;
  presence: Presence;
  leaderboard: Leaderboard;
  /** Signs sessions; the same on all processes. */
  secret: string;
  /** Whether the store can be reached now. */
  isReady(): boolean;
  /** Calls `listener` whenever the store, or the way to the other processes, works again after an outage. */
  onReconnect(listener: () => void): void;
  /** To the sockets of other processes, if there can be any. */
  broadcast?: Broadcast;
  /** Counters for the metrics. */
  counts?: Redis['counts'];
}

/** Nothing survives a restart, so sessions need no secret that does. */
export const memoryBackend = (secret = newSecret()): Backend => ({
  store: createMemoryStore(),
  presence: alone(),
  leaderboard: createMemoryLeaderboard(),
  secret,
  isReady: () => true,
  onReconnect: () => {},
});

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

const newSecret = (): string => randomBytes(32).toString('base64url');

/** The first process stores its secret; the others read it. */
async function sharedSecret(redis: Redis): Promise<string> {
  await redis.run((client) => client.set('dd:secret', newSecret(), { condition: 'NX' }));
  return (await redis.run((client) => client.get('dd:secret')))!;
}
