/** Redis is not up or down, it is in a state: each is told once, and left by itself when it is over. */
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { describe, test } from 'vitest';
import { createBroadcast } from '../../server/cluster/broadcast.ts';
import type { Log } from '../../server/log.ts';
import { connectRedis } from '../../server/storage/redis/connection.ts';
import { Unavailable } from '../../server/storage/store.ts';
import type { RedisServer } from '../support/redis.ts';
import { hasRedis, reload, startRedis } from '../support/redis.ts';

interface State {
  /** What the log gives as the reason. */
  reason: RegExp;
  args?: string[];
  /** Returns what ends the state; nothing if it ends by itself. */
  enter(redis: RedisServer): Promise<undefined | (() => unknown)>;
}

const setting =
  (name: string, usual: string, value: string) =>
  async ({ cli }: RedisServer) => {
    await cli('config', 'set', name, value);
    return () => cli('config', 'set', name, usual);
  };

/** A replica of a master that nobody gets to see. */
const replica = async ({ cli }: RedisServer) => {
  await cli('replicaof', '127.0.0.1', '1');
  return () => cli('replicaof', 'no', 'one');
};

/** A setting that lets nobody in any more; all connections but this one are closed. */
const closedBy = (name: string, usual: string, value: string) => async (redis: RedisServer) => {
  const client = await createClient({ url: redis.url })
    .on('error', () => {})
    .connect();
  await client.configSet(name, value);
  for (const type of ['normal', 'pubsub']) await client.sendCommand(['CLIENT', 'KILL', 'TYPE', type]);
  return async () => {
    await client.configSet(name, usual);
    client.destroy();
  };
};

const STATES: Record<string, State> = {
  'a replica (READONLY)': { reason: /^READONLY/, enter: replica },
  'a replica that has lost its master (MASTERDOWN)': {
    reason: /^(READONLY|MASTERDOWN)/,
    args: ['--replica-serve-stale-data', 'no'],
    enter: replica,
  },
  'out of memory (OOM)': { reason: /^OOM/, enter: setting('maxmemory', '0', '1') },
  'without its replicas (NOREPLICAS)': { reason: /^NOREPLICAS/, enter: setting('min-replicas-to-write', '0', '1') },
  'unable to save (MISCONF)': {
    reason: /^MISCONF/,
    args: ['--save', '1', '1'],
    async enter({ cli, dir }) {
      rmSync(dir, { recursive: true });
      for (let info = ''; !info.includes('rdb_last_bgsave_status:err'); info = await cli('info', 'persistence')) {
        await cli('set', 'changed', '1');
        await pause(100);
      }
      return () => cli('config', 'set', 'stop-writes-on-bgsave-error', 'no');
    },
  },
  'busy with a script (BUSY)': {
    reason: /^(BUSY|no answer)/,
    args: ['--busy-reply-threshold', '100'],
    async enter({ cli }) {
      const script = cli('eval', 'while true do end', '0').catch(() => {});
      return () => Promise.all([cli('script', 'kill'), script]);
    },
  },
  'under another password (NOAUTH)': {
    reason: /^(NOAUTH|Socket closed)/,
    enter: closedBy('requirepass', '', 'changed'),
  },
  'full (max number of clients reached)': {
    reason: /max number of clients|Socket closed/,
    enter: closedBy('maxclients', '100', '1'),
  },
  'hung (SIGSTOP)': {
    reason: /^no answer/,
    async enter(redis) {
      redis.freeze();
      return () => redis.thaw();
    },
  },
  'reading its file (LOADING)': { reason: /LOADING|closed|ECONNREFUSED/, enter: (redis) => reload(redis, 2000) },
};

describe.skipIf(!hasRedis)('Redis is', () => {
  test.concurrent.for(Object.entries(STATES))(
    '%s',
    { timeout: 30_000 },
    async ([, { reason, args = [], enter }], { expect }) => {
      const server = await startRedis(args);
      const lines: { reason?: string; text: string }[] = [];
      const warn = ({ reason }: { reason?: string }, text: string) =>
        void lines.push({ ...(reason && { reason }), text });
      const log = { warn } as Log;
      const redis = connectRedis({ url: server.url, log });
      const broadcast = createBroadcast(server.url, false, log);
      const { adapter } = new Server({ adapter: broadcast.adapter }).of('/');
      const subscribers = (room: string) => server.cli('pubsub', 'shardnumsub', `socket.io#/#${room}#`);
      const works = () => redis.isReady() && broadcast.isReady();
      let returns = -1;
      redis.onReady(() => returns++);
      try {
        await expect.poll(works).toBe(true);
        adapter.addAll('ann', new Set(['before']));
        await expect.poll(() => subscribers('before')).toMatch(/\b1\b/);

        const leave = await enter(server);
        await expect.poll(redis.isReady, { interval: 20, timeout: 4000 }).toBe(false);
        await expect(redis.run((client) => client.set('key', 'value'))).rejects.toThrow(Unavailable);
        // Somebody leaves a room on this process meanwhile, and somebody enters another.
        adapter.delAll('ann');
        adapter.addAll('bob', new Set(['meanwhile']));
        await pause(1500);
        await leave?.();

        await expect.poll(works, { interval: 20, timeout: 6000 }).toBe(true);
        await redis.run((client) => client.set('key', 'value'));
        await expect.poll(() => subscribers('meanwhile')).toMatch(/\b1\b/);
        expect(returns).toBe(1);
        const ofStore = lines.filter(({ text }) => text.startsWith('Redis is') && !text.includes('still'));
        expect(ofStore).toEqual([
          { reason: expect.stringMatching(reason), text: 'Redis is unavailable' },
          { text: 'Redis is available again' },
        ]);
        expect(lines.filter(({ text }) => text.includes('lost its data'))).toEqual([]);
      } finally {
        broadcast.close();
        redis.close();
        await server.close();
      }
    },
  );
});
