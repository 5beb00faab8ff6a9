/** Redis goes away, comes back, and comes back from its file. */
import { afterEach, describe, expect, test } from 'vitest';
import { readModel } from '../../server/inference/model.ts';
import { useFleet } from '../support/fleet.ts';
import { known } from '../support/model.ts';
import { penPause } from '../support/pen.ts';
import { closeAll, create, join, phase, stroke, strokes, until } from '../support/player.ts';
import { endAll, startProcesses } from '../support/processes.ts';
import { agreement, begin, drawing, drawUntilRecognized, room } from '../support/race.ts';
import { hasRedis, startRedis } from '../support/redis.ts';
import { openStore } from '../support/store.ts';
import { inkAt } from '../../shared/history.ts';
import { unpackFrame } from '../../shared/wire.ts';

describe.skipIf(!hasRedis)('Redis', () => {
  const fleet = useFleet(2, ['--appendonly', 'yes']);

  test('stopped for 5 s in a round: drawing and guessing continue, pending commands apply, nobody loses a seat', async () => {
    const players = await room(fleet.urls, 4, { seconds: 30, rounds: 1 });
    await begin(players);
    const { started, prompt } = drawing(players[0]!);
    const { words } = (await readModel()).words;
    const { threshold } = words.find(({ word }) => word === prompt)!;
    for (const player of players) stroke(player, [100, 100, 500, 900]);
    await agreement(players);

    await fleet.redis.stop();
    const stopped = Date.now();
    const [ann] = players as [(typeof players)[0]];
    ann.guesses.clear();
    /** What another on Ann's process saw of her drawing; she clears it between attempts. */
    const seen = new Set<string>();
    let n = 0;
    /** The most that the recognizer thought of it. */
    let best = 0;
    ann.socket.on('live', (frame) => {
      for (const { player, target } of unpackFrame(frame).guesses) if (player === ann.id) best = Math.max(best, target);
    });
    const recognizing = drawUntilRecognized(ann);
    while (Date.now() - stopped < 5000 || best < threshold) {
      n++;
      for (const player of players.slice(1)) stroke(player, [n * 30, 50, n * 30 + 400, 1000]);
      await penPause(100);
      seen.add(JSON.stringify(strokes(players[2]!, ann.id!)));
    }
    // Those on one process see each other draw meanwhile.
    expect(seen.size).toBeGreaterThan(3);
    expect(ann.guesses.size).toBeGreaterThan(0);
    expect(await fetch(`${fleet.urls[0]}/readyz`).then((response) => response.status)).toBe(503);
    expect(await ann.ask('kick', { player: players[3]!.id! })).toEqual({ ok: false, why: 'unavailable' });
    const restarted = Date.now();
    await fleet.redis.start();

    await recognizing;
    await agreement(players);
    // As another has it, on the other process.
    expect(strokes(players[0]!, players[1]!.id!)).toHaveLength(n + 1);
    for (const player of players) {
      expect(player.gone).toEqual([]);
      expect(player.socket.connected).toBe(true);
    }
    const podium = await phase(players[3]!, 'podium', 60_000);
    expect(podium.standing).toHaveLength(4);
    // A drawing that was recognized while Redis was away counts from the stroke that did it.
    const recognized = podium.results[0]!.recognized.find((each) => each.player === ann.id);
    expect(recognized?.at).toBeLessThan(restarted - started);
  }, 120_000);

  test('restarted from its append-only file, with new processes: rooms and leaderboards survive', async () => {
    // A leaderboard needs a session, and that a page.
    const cookie = (await fetch(`${fleet.urls[0]}/`)).headers.get('set-cookie')!.split(';')[0]!;
    const settings = { seconds: 60, rounds: 1, public: true };
    const host = await create(fleet.urls[0]!, 'Ann', settings, { Cookie: cookie });
    await begin([host]);
    await drawUntilRecognized(host);
    const podium = await phase(host, 'podium', 70_000);
    expect(podium.results[0]!.recognized).toMatchObject([{ player: host.id }]);
    const leaders = async (url: string) =>
      (await fetch(`${url}/api/leaderboard?solo`)).json() as Promise<{ all: unknown[] }>;
    await expect.poll(async () => (await leaders(fleet.urls[1]!)).all).toMatchObject([{ nick: 'Ann' }]);
    const before = await leaders(fleet.urls[1]!);
    // appendfsync everysec: a power cut may cost what came last.
    await fleet.redis.persist();
    // Before the host is gone: a room with everybody away is on no list.
    await endAll(fleet.processes);
    host.socket.disconnect();
    await fleet.redis.kill();
    await fleet.redis.start();
    await Promise.all(fleet.processes.map((each) => each.restart()));

    expect(await leaders(fleet.urls[0]!)).toEqual(before);
    const listed = await (await fetch(`${fleet.urls[1]}/api/rooms`)).json();
    expect(listed).toMatchObject([{ code: host.code, host: 'Ann', phase: 'podium' }]);
    await host.comeBack();
    await phase(host, 'podium');
    const guest = await join(fleet.urls[1]!, host.code!, 'Bob');
    await until(() => guest.room?.players.length === 2, 'two in the room');
    expect(guest.room?.players.map((player) => player.nick)).toEqual(['Ann', 'Bob']);
  }, 180_000);
});

describe.skipIf(!hasRedis)('a Redis without persistence', () => {
  afterEach(closeAll);

  test('is killed in a round: games and drawings are restored, even for a tab that forgot everything', async () => {
    const redis = await startRedis();
    const processes = await startProcesses(2, { REDIS_URL: redis.url, ...known });
    const urls = processes.map(({ url }) => url);
    const store = await openStore(redis.url);
    try {
      const players = await room(urls, 2, { seconds: 60, rounds: 1 });
      await begin(players);
      const [ann, bob] = players as [(typeof players)[0], (typeof players)[0]];
      for (let n = 0; n < 5; n++) stroke(bob, [n * 100, 100, n * 100 + 50, 900]);
      await agreement(players);
      const { round } = bob.drawings;
      const kept = async () => inkAt((await store.readInk(bob.code!, round)).get(bob.id!) ?? []).strokes.length;
      await expect.poll(kept).toBe(5);
      await redis.kill();
      await redis.start();
      const ready = () => Promise.all(urls.map(async (url) => (await fetch(`${url}/readyz`)).status));
      await expect.poll(ready).toEqual([200, 200]);
      stroke(bob, [900, 100, 950, 900]);
      await agreement(players);
      await expect.poll(kept).toBe(6);
      // Bob's tab is reloaded, and comes to the process that never had his drawing.
      bob.url = urls[0]!;
      bob.reload();
      await bob.comeBack();
      await until(() => strokes(bob, bob.id!).length === 6, 'all six strokes');
      await agreement(players);
      await until(() => ann.room!.players.every((player) => player.connected), 'both connected');
    } finally {
      closeAll();
      await store.close();
      await endAll(processes);
      await redis.close();
    }
  }, 120_000);
});
