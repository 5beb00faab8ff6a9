/** Several processes, one Redis, nothing wrong yet: everybody sees the same, wherever they are. */
import { describe, expect, test } from 'vitest';
import { useFleet } from '../support/fleet.ts';
import { penPause } from '../support/pen.ts';
import { phase, stroke, strokes, until, watch } from '../support/player.ts';
import { agreement, begin, room } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';

describe.skipIf(!hasRedis)('a room on three processes', () => {
  const fleet = useFleet(3);

  test('shows every stroke, guess and phase to everybody', async () => {
    const players = await room(fleet.urls, 6, { seconds: 60, rounds: 1 });
    const viewers = await Promise.all(fleet.urls.map((url) => watch(url, players[0]!.code!)));
    await until(() => players.every((player) => player.room?.spectators === 3), 'three spectators, on all processes');
    await begin(players);
    for (let n = 0; n < 10; n++) {
      for (const player of players) stroke(player, [n * 50, 10, n * 50 + 300, 700, n * 60, 900]);
      await penPause(60);
    }
    await agreement(players, viewers);
    const everybody = [...players, ...viewers];
    await until(
      () => everybody.every((who) => players.every(({ id }) => who.guesses.has(id!))),
      'shows every player’s guesses on every process',
    );
    // A newcomer sees everything.
    const late = await watch(fleet.urls[1]!, players[0]!.code!);
    await agreement(players, [late]);
    await until(() => players.every(({ id }) => late.guesses.has(id!)), 'the newest guesses for the latecomer');
    expect(strokes(late, players[0]!.id!)).toHaveLength(10);
    await players[1]!.ask('leave', {});
    await until(() => everybody.every((who) => who === players[1] || who.room?.players.length === 5), 'one left');
  }, 60_000);

  test('counts each deadline and each match once', async () => {
    const players = await room(fleet.urls, 3, { seconds: 10, rounds: 1 });
    await begin(players);
    const versions = new Map<number, Set<string>>();
    for (const player of players)
      player.socket.on('room', (view) => {
        const { now: _, ...rest } = view;
        versions.set(view.version, (versions.get(view.version) ?? new Set()).add(JSON.stringify(rest)));
      });
    await Promise.all(players.map((player) => phase(player, 'podium', 40_000)));
    // All processes tried each deadline; had two of them won, one version would have two faces.
    for (const faces of versions.values()) expect(faces.size).toBe(1);
    expect(Math.max(...versions.keys())).toBeLessThan(20);
  }, 60_000);

  test('reports its health', async () => {
    const metrics = await fleet.processes[0]!.metrics();
    expect(metrics).toMatch(/doodle_chunks_total [1-9]/);
    expect(metrics).toMatch(/doodle_store_commands_total [1-9]/);
    expect(metrics).toMatch(/nodejs_eventloop_lag_p99_seconds/);
    expect(await (await fetch(`${fleet.urls[0]}/readyz`)).json()).toEqual({
      store: true,
      recognizer: true,
      open: true,
    });
    expect(await (await fetch(`${fleet.urls[0]}/api/leaderboard`)).json()).toEqual({ all: [], week: [], day: [] });
  });
});
