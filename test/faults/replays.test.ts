/** Records are written by whoever is left: after a process died in the reveal, while Redis is away, by two processes at once. */
import { describe, expect, test, vi } from 'vitest';
import { inkAt } from '../../shared/history.ts';
import { decode } from '../../shared/record.ts';
import { useFleet } from '../support/fleet.ts';
import { penPause } from '../support/pen.ts';
import type { Player } from '../support/player.ts';
import { phase, stroke, strokes, until } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { agreement, begin, room } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';

describe.skipIf(!hasRedis)('the records of a round', () => {
  const fleet = useFleet(3, ['--appendonly', 'yes']);

  const SETTINGS = { seconds: 10, rounds: 1 };
  /** What everybody drew. */
  const draw = (players: Player[]) =>
    Promise.all(
      players.map(async (player, n) => {
        for (let i = 0; i < 12; i++) {
          stroke(player, [n * 90 + i * 20, 100, n * 90 + 800, 900 - i * 40, i * 60, 1500]);
          player.send();
          await penPause(40);
        }
      }),
    );

  async function idsOf(asker: Player, players: Player[]): Promise<string[]> {
    const answer = await asker.ask('replays', {});
    const named = (answer.ok && answer.replays) || [];
    return players.map(({ id }) => named.find(({ player }) => player === id)!.id);
  }

  /** The ink of a replay, once it is there. */
  const recorded = (url: string, id: string, ms: number) =>
    vi.waitFor(
      async () => {
        const response = await fetch(`${url}/api/replays/${id}`);
        expect(response.status).toBe(200);
        return inkAt(decode(new Uint8Array(await response.arrayBuffer())).history).strokes;
      },
      { timeout: ms, interval: 200 },
    );

  test('are written once, under the same names, whichever process somebody drew on', async () => {
    const [one, two] = fleet.urls as [string, string];
    const players = await room([one, two], 2, SETTINGS);
    await begin(players);
    await draw(players);
    await agreement(players);
    const drawn = players.map(({ id }) => strokes(players[0]!, id!));
    await Promise.all(players.map((player) => phase(player, 'podium', 30_000)));
    const ids = await idsOf(players[0]!, players);
    expect(await idsOf(players[1]!, players)).toEqual(ids);
    for (const url of [one, two]) expect(await Promise.all(ids.map((id) => recorded(url, id, 5000)))).toEqual(drawn);
  }, 60_000);

  test('are all there after Redis was away when the round ended', async () => {
    const players = await room(fleet.urls.slice(1), 3, SETTINGS);
    await begin(players);
    await draw(players);
    await agreement(players);
    const drawn = players.map(({ id }) => strokes(players[0]!, id!));
    await fleet.redis.stop();
    // The round ends without it.
    await penPause(SETTINGS.seconds * 1000);
    await fleet.redis.start();
    await Promise.all(players.map((player) => phase(player, 'podium', 40_000)));
    const ids = await idsOf(players[0]!, players);
    expect(await Promise.all(ids.map((id) => recorded(fleet.urls[1]!, id, 10_000)))).toEqual(drawn);
  }, 90_000);

  test('are written by the others if a process is killed when the round ends', async () => {
    const [dying, alive] = fleet.processes as [Process, Process];
    const players = await room([alive.url, dying.url, dying.url], 3, SETTINGS);
    const [ann] = players as [Player];
    await begin(players);
    await draw(players);
    await agreement(players);
    const drawn = players.map(({ id }) => strokes(ann, id!));
    await until(() => ann.room!.phase.name !== 'drawing', 'the end of the round', 30_000);
    await dying.end('SIGKILL');
    await phase(ann, 'podium', 40_000);
    const ids = await idsOf(ann, players);
    expect(await Promise.all(ids.map((id) => recorded(alive.url, id, 20_000)))).toEqual(drawn);
  }, 90_000);
});
