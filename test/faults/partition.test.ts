/** One process loses its way to Redis, and the others take it for dead, while all its people are still connected to it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { known } from '../support/model.ts';
import { penPause } from '../support/pen.ts';
import { closeAll, stroke, strokes, until, watch } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess } from '../support/processes.ts';
import type { Cable } from '../support/proxy.ts';
import { startProxy } from '../support/proxy.ts';
import { agreement, begin, drawing, room } from '../support/race.ts';
import type { RedisServer } from '../support/redis.ts';
import { hasRedis, startRedis } from '../support/redis.ts';

describe.skipIf(!hasRedis)('a process cut off from Redis', () => {
  let redis: RedisServer;
  let cable: Cable;
  let whole = true;
  let processes: Process[];
  beforeAll(async () => {
    redis = await startRedis();
    cable = await startProxy(() => (whole ? [redis.port] : []));
    processes = await Promise.all([
      startProcess({ REDIS_URL: redis.url, ...known }),
      startProcess({ REDIS_URL: cable.url.replace('http', 'redis'), ...known }),
    ]);
  }, 120_000);
  afterEach(closeAll);
  afterAll(async () => {
    await endAll(processes ?? []);
    await cable?.close();
    await redis?.close();
  });

  test('is declared dead, returns, and keeps its players', async () => {
    const urls = processes.map(({ url }) => url);
    const players = await room(urls, 4, { seconds: 120, rounds: 1 });
    const viewer = await watch(urls[1]!, players[0]!.code!);
    await begin(players);
    const { ends } = drawing(players[0]!);
    const connected = () =>
      players.map(({ id }) => players[0]!.room!.players.find((player) => player.id === id)!.connected);

    whole = false;
    cable.cut();
    let n = 0;
    for (const over = Date.now() + 40_000; Date.now() < over && connected()[1]; n++) {
      for (const player of players) stroke(player, [n * 20, 100, n * 20 + 300, 900]);
      await penPause(200);
    }
    expect(connected()).toEqual([true, false, true, false]);
    expect(players[0]!.room!.spectators).toBe(0);
    whole = true;

    await until(() => connected().every(Boolean), 'all seats to be held again', 20_000);
    await until(() => players[0]!.room!.spectators === 1, 'the spectator to be counted again');
    await agreement(players, [viewer]);
    for (const player of players) {
      expect(player.gone).toEqual([]);
      // Everybody has the same, and so each process.
      expect(strokes(viewer, player.id!)).toHaveLength(n);
      expect(drawing(player).ends).toBe(ends);
    }
  }, 120_000);
});
