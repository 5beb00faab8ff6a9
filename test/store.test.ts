import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../server/game/game.ts';
import { newGame, PACE } from '../server/game/game.ts';
import { pointParts, pointsOf } from '../server/game/score.ts';
import { step } from '../server/game/step.ts';
import { standing } from '../server/game/view.ts';
import { createLog } from '../server/log.ts';
import { createMemoryStore } from '../server/storage/memory/store.ts';
import { connectRedis } from '../server/storage/redis/connection.ts';
import { keysOf } from '../server/storage/redis/keys.ts';
import { createRedisStore } from '../server/storage/redis/store.ts';
import type { Store } from '../server/storage/store.ts';
import { Unavailable } from '../server/storage/store.ts';
import { DEFAULT_SETTINGS } from '../shared/protocol.ts';
import { someCode, someGame, storeContract } from './store.contract.ts';
import type { RedisServer } from './support/redis.ts';
import { hasRedis, startCluster, startRedis } from './support/redis.ts';

const log = createLog('silent');
const grown = <G extends { version: number; round: number }>(game: G): G => ({
  ...game,
  version: game.version + 1,
  round: game.round + 1,
});

const memory = createMemoryStore();
storeContract('MemoryStore', async () => memory);

describe.skipIf(!hasRedis)('with a redis-server', () => {
  let server: RedisServer;
  const open: Store[] = [];
  const store = async (url = server.url, cluster = false) => {
    const redis = connectRedis({ url, cluster, log });
    await redis.connected;
    open.push(createRedisStore(redis));
    return open.at(-1)!;
  };
  const closeAll = () => Promise.all(open.splice(0).map((each) => each.close()));

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await closeAll();
    await server.close();
  });

  storeContract('RedisStore', () => store());

  it('lets one of two processes win that try the same deadline, or commit the same recognition', async () => {
    const [one, other] = [await store(), await store()];
    const PROMPTS = [{ word: 'cat', difficulty: 'easy' as const, factor: 1 }];
    const game = newGame(someCode(), { ...DEFAULT_SETTINGS, seconds: 10 }, PACE, 0);
    await one.create(game);
    const both = (action: Action, now: number) =>
      Promise.all([one, other].map((each) => each.update(game.code, (g) => step(g, action, now))));
    await one.watch(game.code, () => {});
    await other.watch(game.code, () => {});
    for (const id of ['ann', 'bob'])
      await one.update(game.code, (g) => step(g, { type: 'join', id, token: id, nick: id, socket: `p/${id}` }, 0));
    await one.update(game.code, (g) => step(g, { type: 'start', by: 'ann', match: 'm', prompts: PROMPTS }, 0));
    const before = (await one.read(game.code))!.version;

    await both({ type: 'tick' }, 3000);
    const recognized = { type: 'recognized', id: 'ann', round: 1, at: 2000, word: 'cat', probability: 0.9 } as const;
    await both(recognized, 5100);
    await both({ type: 'tick' }, 13_000 + PACE.settle);
    const after = (await other.read(game.code))!;
    // The countdown's end, the recognition, the round's end: each is one change, whichever process made it.
    expect(after.version).toBe(before + 3);
    expect(after.match!.results.map((result) => result.recognized)).toMatchObject([[{ player: 'ann', at: 2000 }]]);
    const score = pointsOf(pointParts({ at: 2000, place: 0, drawers: 2, factor: 1, double: false }));
    expect(standing(after)[0]).toMatchObject({ player: 'ann', recognized: 1, score });
  });

  describe('a store that loses Redis', () => {
    it('says Unavailable at once, and serves again when it is back', async () => {
      const own = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
      const one = await store(own.url);
      const game = someGame();
      await one.create(game);
      await own.stop();
      await expect.poll(() => one.read(game.code).then(String, String)).toContain('Unavailable');
      const began = Date.now();
      await expect(one.update(game.code, grown)).rejects.toThrow(Unavailable);
      await expect(one.watch(game.code, () => {})).rejects.toThrow(Unavailable);
      expect(Date.now() - began).toBeLessThan(1000);
      await own.start();
      await expect.poll(() => one.read(game.code).catch(String)).toEqual(game);
      await own.close();
    });

    it('gives a Redis up that takes connections and never answers', async () => {
      const own = await startRedis();
      const one = await store(own.url);
      const game = someGame();
      await one.create(game);
      own.freeze();
      const began = Date.now();
      await expect(one.read(game.code)).rejects.toThrow(Unavailable);
      expect(Date.now() - began).toBeLessThan(4000);
      own.thaw();
      await expect.poll(() => one.read(game.code).catch(String)).toEqual(game);
      await own.close();
    });

    it('tells after a reconnect what was missed', async () => {
      const own = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
      const one = await store(own.url);
      const other = await store(own.url);
      const game = someGame();
      await one.create(game);
      const seen: number[] = [];
      await one.watch(game.code, (g) => seen.push(g.version));
      // Only the first store's connection is cut; the message of the change goes nowhere.
      const admin = connectRedis({ url: own.url, log });
      await admin.connected;
      const clients = await admin.run((client) => client.sendCommand<string>(['CLIENT', 'LIST']));
      const subscribed = clients.split('\n').find((line) => line.includes('ssub=1'))!;
      await Promise.all([
        admin.run((client) => client.sendCommand(['CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(subscribed)![1]!])),
        other.update(game.code, grown),
      ]);
      await expect.poll(() => seen).toEqual([1]);
      await other.update(game.code, grown);
      await expect.poll(() => seen).toEqual([1, 2]);
      admin.close();
      await own.close();
    });

    it.each(['refreshed', 'changed'])('does not bring a room back that closed unheard, when it is %s', async (how) => {
      const one = await store();
      const game = someGame();
      await one.create(game);
      const seen: string[] = [];
      await one.watch(game.code, (g) => seen.push(g.phase.name));
      const admin = connectRedis({ url: server.url, log });
      await admin.connected;
      // Published where nobody listens.
      const keys = { ...keysOf(game.code), record: keysOf(game.code).game, channel: `dd:{${game.code}}:unheard` };
      const committed = { code: game.code, field: 'game', text: '', lifeMs: 60_000, isOver: true, members: [] };
      expect(await admin.run((client) => client.commit(keys, '0', '1', committed))).toBe(1);
      if (how === 'refreshed') await one.refresh([game.code]);
      else expect(await one.update(game.code, grown)).toBe('no-room');
      expect(seen).toEqual(['closed']);
      expect(await one.read(game.code)).toBeNull();
      // Its code may begin anew.
      expect(await one.create(game)).toBe(true);
      expect(await one.read(game.code)).toEqual(game);
      admin.close();
    });

    it('puts back what Redis lost of rooms with people in them', async () => {
      const own = await startRedis();
      const one = await store(own.url);
      const game = someGame();
      await one.create(game);
      await one.watch(game.code, () => {});
      await one.update(game.code, grown);
      await own.kill();
      await own.start();
      await expect.poll(() => one.read(game.code).catch(() => null)).toMatchObject({ version: 1 });
      expect(await one.update(game.code, grown)).toMatchObject({ version: 2 });
      await own.close();
    });
  });

  it('leaves nothing in Redis that does not expire', async () => {
    const redis = connectRedis({ url: server.url, log });
    await redis.connected;
    const one = await store();
    const game = someGame();
    await one.create(game);
    const history = [{ at: 0, stroke: 0, points: [1, 2, 3, 4] }];
    await one.saveInk(game.code, 1, [{ player: 'ann', term: 1, history }]);
    await redis.run((client) => client.listRoom(game.code, '{}', 1, 1, Date.now(), 9, 60_000));
    const keys = await redis.client.keys('*');
    const { ink: index } = keysOf(game.code);
    expect(keys).toEqual(expect.arrayContaining([keysOf(game.code).game, index, `${index}:ann`]));
    expect(keys).toContain('dd:{rooms}:rows');
    for (const key of keys.filter((each) => !each.endsWith(':probe')))
      expect([key, (await redis.client.pTTL(key)) > 0]).toEqual([key, true]);
    redis.close();
  });

  it('gives a user and a password where the URL has them', async () => {
    const own = await startRedis([
      '--requirepass',
      'p@ss',
      '--user',
      ...'game on >s3cret ~dd:* &dd:* +@all'.split(' '),
    ]);
    const url = (user: string) => own.url.replace('//', `//${user}@`);
    const one = await store(url(`game:${encodeURIComponent('s3cret')}`));
    const game = someGame();
    expect(await one.create(game)).toBe(true);
    expect(await (await store(url(`:${encodeURIComponent('p@ss')}`))).read(game.code)).toEqual(game);
    await own.close();
  });
});

describe.skipIf(!hasRedis)('with a Redis Cluster of two', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  const open: Store[] = [];
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(async () => {
    await Promise.all(open.map((each) => each.close()));
    await cluster?.close();
  });
  storeContract('RedisStore', async () => {
    const redis = connectRedis({ url: cluster.url, cluster: true, log });
    await redis.connected;
    open.push(createRedisStore(redis));
    return open.at(-1)!;
  });
});
