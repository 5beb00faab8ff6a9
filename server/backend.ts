/** Where the game's state lives, and how its processes find each other: in this process alone, or in Redis. */
import { randomBytes } from 'node:crypto';
import type { Fanout } from './cluster/broadcast.ts';
import { createFanout } from './cluster/broadcast.ts';
import type { Peers } from './cluster/presence.ts';
import { noPeers } from './cluster/presence.ts';
import { createRedisPeers } from './cluster/redis-presence.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Leaders } from './storage/leaderboard.ts';
import { createMemoryLeaders, createRedisLeaders } from './storage/leaderboard.ts';
import type { Redis } from './storage/redis/connection.ts';
import { connectRedis } from './storage/redis/connection.ts';
import { createRedisStore } from './storage/redis/store.ts';
import type { Store } from './storage/store.ts';
import { createMemoryStore } from './storage/store.ts';

export interface Home {
  store: Store;
  peers: Peers;
  leaders: Leaders;
  /** Signs sessions; the same on all processes. */
  secret: string;
  /** Whether the store can be reached now. */
  isReady(): boolean;
  /** Where there are other processes. */
  fanout?: Fanout;
  /** Calls `tell` whenever the way to the other processes was broken, and is whole again. */
  onBack?(tell: () => void): void;
  counts?: Redis['counts'];
}

export function memoryHome(secret?: string): Home {
  return {
    store: createMemoryStore(),
    peers: noPeers(),
    leaders: createMemoryLeaders(),
    // Without Redis nothing survives a restart, and so no session has to.
    secret: secret ?? randomBytes(32).toString('base64url'),
    isReady: () => true,
  };
}

/** Waits until Redis is there. */
export async function redisHome(url: string, config: Config, log: Log): Promise<Home> {
  const cluster = config.REDIS_CLUSTER;
  const redis = connectRedis({ url, cluster, log });
  const peers = createRedisPeers(redis, log);
  await redis.connected;
  const fanout = createFanout(url, cluster, log);
  return {
    store: createRedisStore(redis),
    peers,
    leaders: createRedisLeaders(redis),
    secret: config.SESSION_SECRET ?? (await sharedSecret(redis)),
    isReady: redis.isReady,
    fanout,
    onBack(tell) {
      redis.onReady(tell);
      fanout.onBack(tell);
    },
    counts: redis.counts,
  };
}

/** The first process makes the secret, the others find it. */
async function sharedSecret(redis: Redis): Promise<string> {
  const made = randomBytes(32).toString('base64url');
  await redis.ask((client) => client.set('dd:secret', made, { condition: 'NX' }));
  return (await redis.ask((client) => client.get('dd:secret')))!;
}
