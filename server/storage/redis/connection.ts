/**
 * The store's connection to Redis. All that the server asks of Redis for games, ink, leaderboards and presence goes through
 * this one connection (RESP3 lets commands and subscriptions share it); only Socket.IO's adapter has its own.
 */
import { createClient, createCluster, ErrorReply } from 'redis';
import type { Log } from '../../log.ts';
import { Unavailable } from '../store.ts';
import { scripts } from './scripts.ts';

/** A command without a reply after this counts as lost. */
const COMMAND_TIMEOUT_MS = 1500;
/** Longest pause between two attempts to connect. */
const MAX_RECONNECT_DELAY_MS = 1000;

export interface RedisOptions {
  /** redis:// or rediss://, with user and password if Redis needs them; for a cluster any nodes, separated by commas. */
  url: string;
  cluster?: boolean;
  log: Pick<Log, 'warn' | 'info'>;
}

export type Redis = ReturnType<typeof connectRedis>;
export type Client = ReturnType<typeof singleClient>;

/** Starts to connect, and never gives up. Commands are `Unavailable` at once while there is no connection. */
export function connectRedis({ url, cluster = false, log }: RedisOptions) {
  const client = cluster ? clusterClient(url) : singleClient(url);
  const counts = { commands: 0, failures: 0, conflicts: 0, reconnects: 0 };
  const readyListeners = new Set<() => void>();
  let link: 'new' | 'up' | 'down' = 'new';

  client.on('error', (reason: Error) => {
    // Logged once, not at each attempt; at the first connect too, since a wrong URL or password looks the same.
    if (link !== 'down') log.warn({ reason: reason.message }, 'Redis is unavailable');
    link = 'down';
  });
  const becomeReady = () => {
    if (link === 'down') {
      counts.reconnects++;
      log.info('Redis is available again');
    }
    link = 'up';
    for (const listener of readyListeners) listener();
  };
  // A single client emits `ready`; a cluster client emits it for each node.
  client.on('ready', becomeReady);
  client.on('node-ready', becomeReady);
  const connected = client.connect().catch((reason) => log.warn({ reason: String(reason) }, 'cannot connect to Redis'));

  return {
    client,
    counts,
    /** Resolves on the first connection. */
    connected,
    isReady: () => link === 'up',
    /** Calls `listener` on every (re)connection: messages may have been missed. */
    onReady: (listener: () => void) => void readyListeners.add(listener),
    /** Runs one command, or rejects with `Unavailable` soon. It may then have run all the same: the reply was lost. */
    async run<T>(command: (client: Client) => Promise<T>): Promise<T> {
      counts.commands++;
      // In a cluster one node may be away while the others serve.
      if (link !== 'up' && !cluster) {
        counts.failures++;
        throw new Unavailable('Redis is not connected');
      }
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`no reply from Redis in ${COMMAND_TIMEOUT_MS} ms`)),
          COMMAND_TIMEOUT_MS,
        );
      });
      try {
        const reply = await Promise.race([command(client), timeout]);
        if (link === 'down') becomeReady();
        return reply;
      } catch (reason) {
        counts.failures++;
        // Redis answers ERR to a wrong command; LOADING, OOM, READONLY, CLUSTERDOWN and the like are its own trouble.
        if (reason instanceof ErrorReply && /^(ERR|WRONGTYPE|CROSSSLOT)/.test(reason.message)) throw reason;
        throw new Unavailable((reason as Error).message);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => client.destroy(),
  };
}

/** Exponential, with jitter so that processes do not reconnect all at once. */
const reconnectStrategy = (retries: number): number =>
  Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2);

/** A connection that is silent for `socketTimeout`, even to the ping in between, is dead. */
const socket = { reconnectStrategy, connectTimeout: 2000, socketTimeout: 4000 };
const options = {
  disableOfflineQueue: true,
  pingInterval: 1000,
  commandsQueueMaxLength: 20_000,
  maintNotifications: 'disabled' as const,
  // `run` has its own timeout, which also covers the wait for a reply.
  commandOptions: { timeout: 0 },
};

const singleClient = (url: string) => createClient({ url, ...options, socket, scripts });

function clusterClient(url: string): Client {
  const urls = url.split(',');
  const { username, password, protocol } = new URL(urls[0]!);
  const defaults = {
    ...options,
    socket: { ...socket, ...(protocol === 'rediss:' && { tls: true as const }) },
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  // The cluster client has the same commands and scripts, but its type does not say so.
  return createCluster({ rootNodes: urls.map((each) => ({ url: each })), defaults, scripts }) as unknown as Client;
}
