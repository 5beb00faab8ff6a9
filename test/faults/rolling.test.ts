/** Three processes are replaced one after the other, as for a new release, while everybody draws. */
import { describe, expect, test } from 'vitest';
import { step } from '../../server/game/step.ts';
import { useFleet } from '../support/fleet.ts';
import { penPause } from '../support/pen.ts';
import { phase, stroke, strokes, until, watch } from '../support/player.ts';
import { agreement, begin, drawing, room } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';
import { openStore } from '../support/store.ts';

describe.skipIf(!hasRedis)('a rolling restart under load', () => {
  const fleet = useFleet(3);

  test('refuses no command, loses no ink, and ends rounds on time', async () => {
    const players = await room([fleet.proxy.url], 6, { seconds: 120, rounds: 1 });
    const viewer = await watch(fleet.proxy.url, players[0]!.code!);
    await begin(players);
    const { started, ends, round, prompt } = drawing(players[0]!);

    let rolling = true;
    const drawn = players.map(async (player) => {
      let n = 0;
      for (; rolling; n++) {
        stroke(player, [n % 1900, 100, (n % 1900) + 90, 800, n % 1000, 1200]);
        await penPause(150);
        if (n === 450) break;
      }
      return n;
    });
    for (const each of fleet.processes) {
      expect(await each.end('SIGTERM')).toBe(0);
      // They draw on without it.
      await until(() => [...players, viewer].every((who) => who.socket.connected), 'everybody on another process');
      await each.restart();
    }
    rolling = false;
    const counts = await Promise.all(drawn);
    await until(() => [...players, viewer].every((who) => who.socket.connected), 'everybody connected');
    await agreement(players, [viewer]);
    expect(players.map((player) => strokes(viewer, player.id!).length)).toEqual(counts);

    // What a client hears of no is only that a chunk came twice, or at the wrong place, and is answered with the whole ink.
    for (const player of players) expect(player.refused.filter((why) => why !== 'misplaced')).toEqual([]);
    for (const player of players) expect(drawing(player)).toMatchObject({ name: 'drawing', started, ends });
    expect([...players, viewer].flatMap(({ back }) => back).length).toBeGreaterThanOrEqual(7);

    // The rules end it, as if everybody were recognized: what is left of the round is not worth the wait.
    const store = await openStore(fleet.redis.url);
    for (const { id, code } of players) {
      const recognized = { type: 'recognized', id: id!, round, at: 1000, word: prompt, probability: 1 } as const;
      expect(await store.update(code!, (game) => step(game, recognized, Date.now()))).toMatchObject({ round });
    }
    await store.close();
    const podiums = await Promise.all(players.map((player) => phase(player, 'podium', 20_000)));
    for (const podium of podiums) {
      expect(podium.standing).toHaveLength(6);
      expect(podium.results[0]!.recognized).toHaveLength(6);
    }
    for (const each of fleet.processes) expect(each.output()).not.toContain('a bug');
  }, 180_000);
});
