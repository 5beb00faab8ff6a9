/// <reference path="./cluster-key-slot.d.ts" />
/**
 * The store's connection to Redis. All that the server asks of Redis for games, ink, leaderboards and presence goes through
 * this one connection (RESP3 lets commands and subscriptions share it); only Socket.IO's adapter has its own.
 */
import { randomUUID } from 'node:crypto';
import calculateSlot from 'cluster-key-slot';
import { createClient, createCluster, ErrorReply } from 'redis';
import type { Log } from '../../log.ts';
import { Unavailable } from '../store.ts';
import { probeKey } from './keys.ts';
import { watchLink, within } from './link.ts';
import { scripts } from './scripts.ts';

/** A command without a reply after this counts as lost. */
const COMMAND_TIMEOUT_MS = 1500;
/** Longest pause between two attempts to connect. */
const MAX_RECONNECT_DELAY_MS = 1000;
/** After this long, every process has noticed that Redis lost its data, and stored its rooms again. */
const RESTORE_MS = 3000;

export interface RedisOptions {
  /** redis:// or rediss://, with user and password if Redis needs them; for a cluster any nodes, separated by commas. */
  url: string;
  cluster?: boolean;
  log: Pick<Log, 'warn'>;
}

export type Redis = ReturnType<typeof connectRedis>;
export type Client = ReturnType<typeof singleClient>;

/** Starts to connect, and never gives up. Commands are `Unavailable` at once while there is no connection. */
export function connectRedis({ url, cluster = false, log }: RedisOptions) {
  const client = cluster ? clusterClient(url) : singleClient(url);
  const counts = { commands: 0, failures: 0, conflicts: 0, reconnects: 0 };
  const link = watchLink({
    name: 'Redis',
    log,
    probe,
    reopen() {
      // A client that is not ready is connecting already. A cluster client follows its nodes by itself.
      if (cluster || !client.isReady) return;
      client.destroy();
      connect();
    },
  });

  /** What probes found: random values that the first of all stored. Another one later means that Redis lost its data. */
  const found = new Map<string, string>();
  let lostDataAt = -Infinity;

  async function probe(): Promise<boolean> {
    if (!client.isOpen) connect();
    if (!client.isReady) throw new Error('not connected');
    const keys = cluster ? keyOnEachMaster(client as unknown as ClusterClient) : [probeKey(0)];
    const isLost = await Promise.all(keys.map(probeAt));
    if (!isLost.includes(true)) return false;
    lostDataAt = performance.now();
    log.warn({}, 'Redis has lost its data; rooms with people in them are stored again');
    return true;
  }

  async function probeAt(key: string): Promise<boolean> {
    const own = randomUUID();
    const value = (await client.set(key, own, { condition: 'NX', GET: true })) ?? own;
    const before = found.get(key) ?? value;
    found.set(key, value);
    return before !== value;
  }

  // A cluster client emits the events of its nodes under names of their own.
  for (const event of ['error', 'node-error']) client.on(event, link.lost);
  for (const event of ['ready', 'node-ready']) client.on(event, opened);
  const connected = new Promise<void>((resolve) => link.onReady(resolve));
  let isFirst = true;
  link.onReady(() => {
    if (!isFirst) counts.reconnects++;
    isFirst = false;
  });

  /** A single client tries until it succeeds. A cluster client gives up if no node answers, and the next probe connects again. */
  function connect(): void {
    client.connect().then(opened, link.lost);
  }
  /** The nodes of a cluster are ready before their client is. */
  function opened(): void {
    if (client.isReady) link.opened();
  }
  connect();

  return {
    client,
    counts,
    /** Resolves when Redis takes writes for the first time. */
    connected,
    isReady: link.isReady,
    /** Calls `listener` whenever Redis works (again), and when it has lost its data: messages may have been missed. */
    onReady: link.onReady,
    /** Whether Redis has lost its data a moment ago, so that what is missing may still come back from another process. */
    async isRestoring(): Promise<boolean> {
      await link.check();
      return performance.now() - lostDataAt < RESTORE_MS;
    },
    /** Runs one command, or rejects with `Unavailable` soon. It may then have run all the same: the reply was lost. */
    async run<T>(command: (client: Client) => Promise<T>): Promise<T> {
      counts.commands++;
      try {
        if (!client.isReady) throw new Error('Redis is not connected');
        return await within(COMMAND_TIMEOUT_MS, command(client));
      } catch (reason) {
        counts.failures++;
        // Redis answers ERR to a wrong command; LOADING, OOM, READONLY, CLUSTERDOWN and the like are its own trouble.
        if (reason instanceof ErrorReply && /^(ERR|WRONGTYPE|CROSSSLOT)/.test(reason.message)) throw reason;
        link.suspect(reason as Error);
        throw new Unavailable((reason as Error).message);
      }
    },
    close(): void {
      link.close();
      client.destroy();
    },
  };
}

/** Exponential, with jitter so that processes do not reconnect all at once. */
const reconnectStrategy = (retries: number): number =>
  Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2);

/** A connection that is silent for `socketTimeout` is dead; the probes, or a cluster client's pings, keep others alive. */
const socket = { reconnectStrategy, connectTimeout: 2000, socketTimeout: 4000 };
const options = {
  disableOfflineQueue: true,
  commandsQueueMaxLength: 20_000,
  maintNotifications: 'disabled' as const,
  // `run` has its own timeout, which also covers the wait for a reply.
  commandOptions: { timeout: 0 },
};

const singleClient = (url: string) => createClient({ url, ...options, socket: { ...socket }, scripts });

type ClusterClient = ReturnType<typeof createCluster>;

function clusterClient(url: string): Client {
  const urls = url.split(',');
  const { username, password, protocol } = new URL(urls[0]!);
  const defaults = {
    ...options,
    pingInterval: 1000,
    socket: { ...socket, ...(protocol === 'rediss:' && { tls: true as const }) },
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  // The cluster client has the same commands and scripts, but its type does not say so.
  return createCluster({ rootNodes: urls.map((each) => ({ url: each })), defaults, scripts }) as unknown as Client;
}

/** A key to probe on each master: each has its own view of the cluster, and may be down for its slots alone. */
function keyOnEachMaster({ masters, slots }: ClusterClient): string[] {
  const keys = new Map<object, string>();
  // A master with next to no slots may be left out.
  for (let n = 0; keys.size < masters.length && n < 1000 * masters.length; n++) {
    const master = slots[calculateSlot(probeKey(n))]?.master;
    if (master && !keys.has(master)) keys.set(master, probeKey(n));
  }
  return [...keys.values()];
}
