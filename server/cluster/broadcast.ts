/**
 * Broadcast to the sockets of other processes: Socket.IO's sharded adapter, a channel for each room, over two ioredis
 * connections of its own (one publishes, one subscribes). It carries strokes, guesses and snapshots. Any of them may be lost
 * while Redis is unavailable; nothing waits for them, and nothing else uses these connections.
 */
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import { Cluster, Redis } from 'ioredis';
import type { Log } from '../log.ts';

const PING_INTERVAL_MS = 2000;
/** A connection that does not answer a ping within this is dead. */
const PING_TIMEOUT_MS = 2000;
const MAX_RECONNECT_DELAY_MS = 1000;

export interface Broadcast {
  adapter: ReturnType<typeof createShardedAdapter>;
  /** Calls `listener` when the way to the other processes works again. */
  onReconnect(listener: () => void): void;
  close(): void;
}

export function createBroadcast(url: string, cluster: boolean, log: Log): Broadcast {
  // A message that cannot be published now is worth nothing later.
  const publisher = connect(url, cluster, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: PING_TIMEOUT_MS,
  });
  // ioredis restores the subscriptions after every reconnect.
  const subscriber = connect(url, cluster, { maxRetriesPerRequest: null });
  const connections = [publisher, subscriber];
  const listeners = new Set<() => void>();

  let isDown = false;
  const lost = (reason: Error) => {
    if (!isDown) log.warn({ reason: reason.message }, 'the broadcast to other processes is down');
    isDown = true;
  };
  const ready = () => {
    if (!isDown || connections.some(({ status }) => status !== 'ready')) return;
    isDown = false;
    log.info('the broadcast to other processes is up again');
    for (const listener of listeners) listener();
  };
  for (const connection of connections) connection.on('error', lost).on('ready', ready);

  // A subscriber is silent by itself: only a ping shows whether Redis is still at the other end.
  const pinging = setInterval(() => {
    for (const connection of connections) {
      if (connection.status !== 'ready') continue;
      const timeout = setTimeout(() => {
        lost(new Error('no answer to a ping'));
        connection.disconnect(true);
      }, PING_TIMEOUT_MS);
      connection
        .ping()
        .catch(() => {})
        .finally(() => clearTimeout(timeout));
    }
  }, PING_INTERVAL_MS);
  pinging.unref();

  return {
    adapter: createShardedAdapter(publisher, subscriber),
    onReconnect: (listener) => void listeners.add(listener),
    close() {
      clearInterval(pinging);
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Exponential, with jitter so that processes do not reconnect all at once. */
const retryDelay = (retries: number): number =>
  Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2);

function connect(url: string, cluster: boolean, options: RedisOptions): Redis | Cluster {
  if (!cluster) return new Redis(url, { ...options, retryStrategy: retryDelay });
  const urls = url.split(',');
  const { username, password, protocol } = new URL(urls[0]!);
  const redisOptions = {
    ...options,
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    ...(protocol === 'rediss:' && { tls: {} }),
  } as ClusterOptions['redisOptions'];
  return new Cluster(urls, { redisOptions, shardedSubscribers: true, clusterRetryStrategy: retryDelay });
}
