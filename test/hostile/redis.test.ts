/** Rounds go on while Redis is hung, reading its file, a replica or emptied, and processes wait for it when they start. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { known } from '../support/model.ts';
import type { Player } from '../support/player.ts';
import { closeAll, create, join, stroke, strokes, until, watch } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess, startProcesses } from '../support/processes.ts';
import type { Cable } from '../support/proxy.ts';
import { startProxy } from '../support/proxy.ts';
import { agreement, begin, room } from '../support/race.ts';
import type { RedisServer } from '../support/redis.ts';
import { hasRedis, reload, startCluster, startRedis } from '../support/redis.ts';

/** What a process says of Redis in its log, without what a state says in between. */
const told = ({ output }: Process) =>
  (output().match(/"msg":"Redis is (unavailable|available again)"/g) ?? []).map(
    (line) => /Redis is (\w+)/.exec(line)![1],
  );

const readiness = async ({ url }: Process) => {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, ...((await response.json()) as { store: boolean }) };
};

describe.skipIf(!hasRedis)('rounds go on while Redis is', () => {
  /** The address that all processes know; where it leads changes with a failover. */
  let address: Cable;
  let redis: RedisServer;
  let spare: RedisServer;
  let processes: Process[];
  let leadsTo: RedisServer;
  let players: Player[];
  let viewer: Player;
  let ann: Player;
  let bob: Player;

  beforeAll(async () => {
    [redis, spare] = await Promise.all([startRedis(), startRedis()]);
    leadsTo = redis;
    address = await startProxy(() => [leadsTo.port]);
    processes = await startProcesses(2, { REDIS_URL: address.url.replace('http', 'redis'), ...known });
  }, 60_000);
  beforeEach(async () => {
    const urls = processes.map(({ url }) => url);
    // Ann and Bob are on the same process, Cat and the viewer on the other one.
    const host = await create(urls[0]!, 'ann', { seconds: 60, rounds: 1 });
    players = [host, await join(urls[0]!, host.code!, 'bob'), await join(urls[1]!, host.code!, 'cat')];
    [ann, bob] = players as [Player, Player];
    viewer = await watch(urls[1]!, host.code!);
    await begin(players);
    for (const player of players) stroke(player, [100, 100, 900, 900]);
    await agreement(players, [viewer]);
  });
  afterEach(closeAll);
  afterAll(async () => {
    await endAll(processes ?? []);
    await address?.close();
    await Promise.all([redis?.close(), spare?.close()]);
  });

  /** Ann draws for a while; returns how long each of her strokes took to Bob. ms */
  async function drawFor(ms: number): Promise<number[]> {
    const took: number[] = [];
    for (const over = Date.now() + ms; Date.now() < over; await pause(100)) {
      const began = performance.now();
      const n = took.length + 2;
      stroke(ann, [n * 20, 100, n * 20 + 300, 900]);
      ann.send();
      await until(() => strokes(bob, ann.id!).length === n, `stroke ${n}`);
      took.push(performance.now() - began);
    }
    return took;
  }

  const all = (what: (process: Process) => unknown) => Promise.all(processes.map(what));
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

  const NOT_READY = { status: 503, store: false, recognizer: true, open: true };

  /** What must hold in every state: before, while and after. Returns what /readyz said meanwhile. */
  async function survive(
    ms: number,
    enter: () => Promise<unknown>,
    leave: () => unknown = () => {},
  ): Promise<unknown[]> {
    const before = processes.map((each) => told(each).length);
    ann.guesses.clear();
    await enter();
    const seen: unknown[] = [];
    const watching = setInterval(() => all(readiness).then((each) => seen.push(...each)), 200);
    const took = await drawFor(ms);
    clearInterval(watching);
    await leave();
    expect(median(took)).toBeLessThan(100);
    expect(Math.max(...took)).toBeLessThan(1000);
    expect(ann.guesses.size).toBeGreaterThan(0);

    await expect.poll(() => all(readiness)).toEqual([200, 200].map((status) => expect.objectContaining({ status })));
    await agreement(players, [viewer]);
    for (const player of players) expect([player.gone, player.socket.connected]).toEqual([[], true]);
    expect(players.map(({ id }) => ann.room!.players.find((player) => player.id === id)!.connected)).toEqual(
      players.map(() => true),
    );
    // All of it is stored: a tab that forgot everything finds it on the other process.
    const strokesBefore = strokes(bob, ann.id!).length;
    ann.url = processes[1]!.url;
    ann.reload();
    await ann.comeBack();
    await until(() => strokes(ann, ann.id!).length === strokesBefore, 'all strokes');
    for (const [i, each] of processes.entries())
      await expect.poll(() => told(each).slice(before[i])).toEqual(['unavailable', 'available']);
    return seen;
  }

  test('hung', async () => {
    const freeze = async () => redis.freeze();
    expect(await survive(4000, freeze, () => redis.thaw())).toContainEqual(NOT_READY);
  }, 60_000);

  test('reading its file after a restart', async () => {
    expect(await survive(3000, () => reload(redis, 2000))).toContainEqual(NOT_READY);
  }, 60_000);

  test('a replica since a failover, while the connections to it stay open', async () => {
    await spare.cli('replicaof', '127.0.0.1', `${redis.port}`);
    await expect.poll(() => spare.cli('info', 'replication')).toContain('master_link_status:up');
    await survive(2000, async () => {
      await spare.cli('replicaof', 'no', 'one');
      await redis.cli('replicaof', '127.0.0.1', `${spare.port}`);
      leadsTo = spare;
    });
    expect(await spare.cli('exists', `dd:{${ann.code}}:game`)).toBe('1\n');
  }, 60_000);

  test('emptied: rooms are stored again, their deadlines pass, and nothing is tried without a pause', async () => {
    const idle = await create(processes[0]!.url, 'dan', {});
    const commands = async () => {
      const metrics = await processes[0]!.metrics();
      return Number(/doodle_store_commands_total (\d+)/.exec(metrics)![1]);
    };
    await leadsTo.cli('flushall');
    const before = await commands();
    // Nobody did anything in that lobby, and a process that never had it lets people in as soon as it is stored again.
    const answers: string[] = [];
    const entering = (async () => {
      while (answers.at(-1) !== 'in') {
        const entered = join(processes[1]!.url, idle.code!, 'eve');
        answers.push(
          await entered.then(
            () => 'in',
            ({ message }: Error) => message,
          ),
        );
        await pause(100);
      }
    })();
    // A deadline: Cat's seat is lost, and is given up after a while.
    players[2]!.socket.io.engine.close();
    await until(() => ann.room!.players.some((player) => !player.connected), 'a lost seat');
    await drawFor(1500);
    expect((await commands()) - before).toBeLessThan(150);
    await until(() => ann.room!.players.every((player) => player.connected), 'everybody back');
    await agreement(players, [viewer]);
    for (const player of players) expect(player.gone).toEqual([]);
    await entering;
    expect(answers).not.toContain('no-room');
    // Bob's drawing did not change since.
    bob.url = processes[1]!.url;
    bob.reload();
    await bob.comeBack();
    await until(() => strokes(bob, bob.id!).length === 1, "Bob's stroke");
  }, 60_000);
});

describe.skipIf(!hasRedis)('a process that starts', () => {
  /** As the health check of docker-compose.yml does it. */
  const isHealthy = (redis: RedisServer) => {
    const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
    const [how, ...command] = services.redis.healthcheck.test as string[];
    expect(how).toBe('CMD');
    const [cli, ...args] = command;
    return spawnSync(cli!, ['-p', `${redis.port}`, ...args]).status === 0;
  };

  test('waits for a Redis that is away, and then reads its file, and says so', async () => {
    const redis = await startRedis();
    expect(isHealthy(redis)).toBe(true);
    let attempts = 0;
    let isAway = true;
    const address = await startProxy(() => {
      attempts++;
      return isAway ? [] : [redis.port];
    });
    let isReady = false;
    const starting = startProcess({ REDIS_URL: address.url.replace('http', 'redis'), ...known, LOG_LEVEL: 'warn' });
    starting.then(
      () => {
        isReady = true;
      },
      // The test fails by itself.
      () => {},
    );
    try {
      await expect.poll(() => attempts, { timeout: 20_000 }).toBeGreaterThan(2);
      await reload(redis, 3000);
      isAway = false;
      await pause(1500);
      expect([isHealthy(redis), isReady]).toEqual([false, false]);
      const process = await starting;
      expect(isHealthy(redis)).toBe(true);
      await expect.poll(() => told(process)).toEqual(['unavailable', 'available']);
      await expect.poll(() => process.output()).toContain('"reason":"LOADING');
      expect((await create(process.url, 'ann')).code).toMatch(/^\w{5}$/);
    } finally {
      closeAll();
      await endAll([await starting]);
      await address.close();
      await redis.close();
    }
  }, 60_000);
});

describe.skipIf(!hasRedis)('a Redis Cluster', () => {
  test('that is away at the start is waited for; a node that is lost later is told, and used again when it is back', async () => {
    const cluster = await startCluster();
    const [, node] = cluster.nodes as [RedisServer, RedisServer];
    await Promise.all(cluster.nodes.map((each) => each.kill()));
    const starting = startProcesses(2, { REDIS_URL: cluster.url, REDIS_CLUSTER: '1', ...known });
    starting.catch(() => {});
    try {
      await pause(1500);
      await Promise.all(cluster.nodes.map((each) => each.start()));
      const processes = await starting;
      const urls = processes.map(({ url }) => url);
      // Of four rooms some lie on each node.
      const rooms = await Promise.all(Array.from({ length: 4 }, () => room(urls, 2, { seconds: 60, rounds: 1 })));
      for (const players of rooms) await begin(players);
      const before = processes.map((each) => told(each).length);

      await node.kill();
      const all = () => Promise.all(processes.map(async (each) => (await readiness(each)).store));
      await expect.poll(all).toEqual([false, false]);
      for (const players of rooms) for (const player of players) stroke(player, [100, 100, 900, 900]);
      await pause(1500);
      await node.start();
      await expect.poll(all, { timeout: 15_000 }).toEqual([true, true]);
      for (const players of rooms) {
        await agreement(players);
        for (const player of players) expect([player.gone, player.socket.connected]).toEqual([[], true]);
        players[0]!.url = urls[1]!;
        players[0]!.reload();
        await players[0]!.comeBack();
        await agreement(players);
      }
      for (const [i, each] of processes.entries()) {
        await expect.poll(() => told(each).slice(before[i])).toEqual(['unavailable', 'available']);
        expect(each.output()).not.toContain('a bug');
      }
    } finally {
      closeAll();
      await endAll(await starting);
      await cluster.close();
    }
  }, 90_000);
});
