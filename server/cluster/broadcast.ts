/**
 * Broadcast to the sockets of other processes: Socket.IO's sharded adapter, a channel for each room, over two ioredis
 * connections of its own (one publishes, one subscribes). It carries strokes, guesses and snapshots. Any of them may be lost
 * while Redis is unavailable; nothing waits for them, and nothing else uses these connections.
 */
import { randomUUID } from 'node:crypto';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import { Cluster, Redis } from 'ioredis';
import type { ClusterAdapter } from 'socket.io-adapter';
import { Adapter, MessageType } from 'socket.io-adapter';
import type { Log } from '../log.ts';
import { broadcastHere } from './local.ts';
import { probeKey } from '../storage/redis/keys.ts';
import { watchLink } from '../storage/redis/link.ts';

/** A connection that leaves a command unanswered for this long is dead. */
const SOCKET_TIMEOUT_MS = 3000;
const MAX_RECONNECT_DELAY_MS = 1000;
/** A subscription that failed is tried again after this. */
const SUBSCRIBE_RETRY_MS = 1000;

type Connection = Redis | Cluster;

export interface Broadcast {
  adapter: ReturnType<typeof createShardedAdapter>;
  isReady(): boolean;
  /** Calls `listener` when the way to the other processes works again. */
  onReconnect(listener: () => void): void;
  close(): void;
}

export function createBroadcast(url: string, cluster: boolean, log: Log): Broadcast {
  const publisher = connect(url, cluster);
  const subscriber = connect(url, cluster);
  const connections = [publisher, subscriber];
  const link = watchLink({
    name: 'the broadcast to other processes',
    log,
    async probe() {
      await Promise.all(connections.map(probe));
      return false;
    },
    reopen() {
      // A connection that is not ready is being opened already. A cluster client follows its nodes by itself.
      for (const connection of connections)
        if (connection instanceof Redis && connection.status === 'ready') connection.disconnect(true);
    },
  });
  for (const connection of connections) {
    // A cluster client names the errors of its nodes otherwise.
    for (const event of ['error', 'node error']) connection.on(event, link.lost);
    connection.on('close', () => link.lost(new Error('the connection was closed')));
    connection.on('ready', () => {
      if (connections.every(({ status }) => status === 'ready')) link.opened();
    });
  }
  const createAdapter = createShardedAdapter(publisher, keepSubscribed(subscriber));

  return {
    // Socket.IO calls it with `new`.
    adapter: function adapter(namespace) {
      return localFirst(createAdapter(namespace));
    },
    isReady: link.isReady,
    onReconnect: link.onReady,
    close() {
      link.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Rejects unless messages can be published here, to everybody: what is published on a replica stays there. */
async function probe(connection: Connection): Promise<void> {
  if (connection.status !== 'ready') throw new Error('not connected');
  if (connection instanceof Cluster) await Promise.all(connection.nodes('master').map((node) => node.ping()));
  else
    await connection.set(probeKey(0), randomUUID(), 'NX', 'GET').catch((reason: Error) => {
      // Without room for writes Redis still passes messages on.
      if (!/^(OOM|MISCONF|NOREPLICAS)/.test(reason.message)) throw reason;
    });
}

/**
 * The adapter waits for Redis before it sends to the sockets of its own process, which would make a hanging Redis delay every
 * stroke. Here they come first, at once and in order. Nothing waits for the others.
 */
function localFirst<A extends ClusterAdapter>(adapter: A): A {
  const others = adapter as unknown as { publish(message: object): void };
  adapter.broadcast = async (packet, { rooms, except = new Set(), flags = {} }) => {
    if (rooms.size > 0) broadcastHere(adapter, packet, { rooms, except });
    else Adapter.prototype.broadcast.call(adapter, packet, { rooms, except, flags });
    if (flags.local) return;
    const opts = { rooms: [...rooms], except: [...except], flags };
    others.publish({ type: MessageType.BROADCAST, data: { packet, opts } });
  };
  return adapter;
}

/**
 * The subscriber as the adapter uses it. The adapter does not look at replies: a subscription that Redis refuses would end the
 * process as an unhandled rejection, and the room would stay without it. Here it is tried again until it succeeds.
 */
function keepSubscribed(subscriber: Connection) {
  const channels = new Set<string>();
  async function subscribe(channel: string): Promise<void> {
    // On `ready` all of them follow.
    if (subscriber.status !== 'ready' || !channels.has(channel)) return;
    await subscriber.ssubscribe(channel).catch(() => setTimeout(subscribe, SUBSCRIBE_RETRY_MS, channel));
  }
  subscriber.on('ready', () => {
    for (const channel of channels) void subscribe(channel);
  });
  return {
    on: subscriber.on.bind(subscriber),
    ssubscribe(channel: string): void {
      channels.add(channel);
      void subscribe(channel);
    },
    sunsubscribe(channel: string): void {
      channels.delete(channel);
      // If it fails, messages come that nobody is here for; the next connection is without them.
      subscriber.sunsubscribe(channel).catch(() => {});
    },
  };
}

/** Exponential, with jitter so that processes do not reconnect all at once. */
const retryDelay = (retries: number): number =>
  Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2);

/** Nothing waits in a queue while there is no connection: a message that cannot be published now is worth nothing later. */
const OPTIONS: RedisOptions = {
  connectTimeout: 2000,
  disconnectTimeout: 500,
  socketTimeout: SOCKET_TIMEOUT_MS,
  maxLoadingRetryTime: 500,
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

function connect(url: string, cluster: boolean): Connection {
  if (!cluster) return new Redis(url, { ...OPTIONS, retryStrategy: retryDelay });
  const urls = url.split(',');
  const { username, password, protocol } = new URL(urls[0]!);
  const redisOptions = {
    ...OPTIONS,
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    ...(protocol === 'rediss:' && { tls: {} }),
  } as ClusterOptions['redisOptions'];
  return new Cluster(urls, { redisOptions, shardedSubscribers: true, clusterRetryStrategy: retryDelay });
}
