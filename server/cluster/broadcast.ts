/**
 * Fan-out to the sockets on other processes: Socket.IO's sharded adapter, a channel for each room, over two ioredis
 * connections of its own (one speaks, one listens). It carries strokes, guesses and snapshots, of which any may be lost
 * while Redis is away; nothing waits for it, and nothing else uses these connections.
 */
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import { Cluster, Redis } from 'ioredis';
import type { Log } from '../log.ts';

/** How often each connection is asked whether it lives, and how long the answer may take. ms */
const PING_EVERY = 2000;
const PATIENCE = 2000;

export interface Fanout {
  adapter: ReturnType<typeof createShardedAdapter>;
  /** Calls `tell` when this process can speak and hear again. */
  onBack(tell: () => void): void;
  close(): void;
}

export function createFanout(url: string, cluster: boolean, log: Log): Fanout {
  const retry = (times: number) => Math.min(1000, 50 * 2 ** Math.min(times, 10)) * (0.5 + Math.random() / 2);
  const connect = (options: RedisOptions): Redis | Cluster => {
    const urls = url.split(',');
    if (!cluster) return new Redis(url, { ...options, retryStrategy: retry });
    const { username, password, protocol } = new URL(urls[0]!);
    const redisOptions = {
      ...options,
      username: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
      ...(protocol === 'rediss:' && { tls: {} }),
    } as ClusterOptions['redisOptions'];
    return new Cluster(urls, { redisOptions, shardedSubscribers: true, clusterRetryStrategy: retry });
  };
  // What cannot be said now is worth nothing later.
  const speaker = connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: PATIENCE });
  // What is listened to must be listened to later, too; ioredis subscribes anew after every reconnect.
  const listener = connect({ maxRetriesPerRequest: null });
  const back = new Set<() => void>();

  let away = false;
  const lost = (reason: Error) => {
    if (!away) log.warn({ reason: reason.message }, 'other processes are out of hearing');
    away = true;
  };
  const found = () => {
    if (!away || speaker.status !== 'ready' || listener.status !== 'ready') return;
    away = false;
    log.info('other processes are heard again');
    for (const tell of back) tell();
  };
  for (const connection of [speaker, listener]) connection.on('error', lost).on('ready', found);

  // A listener says nothing by itself, so that only a question shows whether somebody is at the other end.
  const pinging = setInterval(() => {
    for (const connection of [speaker, listener]) {
      if (connection.status !== 'ready') continue;
      const late = setTimeout(() => {
        lost(new Error('no answer to a ping'));
        connection.disconnect(true);
      }, PATIENCE);
      connection
        .ping()
        .catch(() => {})
        .finally(() => clearTimeout(late));
    }
  }, PING_EVERY);
  pinging.unref();

  return {
    adapter: createShardedAdapter(speaker, listener),
    onBack: (tell) => void back.add(tell),
    close() {
      clearInterval(pinging);
      speaker.disconnect();
      listener.disconnect();
    },
  };
}
