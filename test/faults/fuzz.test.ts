/**
 * The seeded fuzz over three processes: players draw, undo, clear, reload and lose their links, while processes are killed
 * and started again. At the end all copies of all drawings agree, the store's too, and all scores. SEEDS=7 runs one again.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../server/storage/store.ts';
import { BOARD } from '../../shared/ink.ts';
import type { Chance } from '../support/chance.ts';
import { chance, seeds } from '../support/chance.ts';
import { useFleet } from '../support/fleet.ts';
import { penPause } from '../support/pen.ts';
import { eraseAll, eraseLast, stroke, strokes, until, watch } from '../support/player.ts';
import { agreement, begin, drawing, room } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';
import { openStore } from '../support/store.ts';
import { inkAt } from '../../shared/history.ts';

const PLAYERS = 6;
const STEPS = 120;
/** Steps at which a process dies. */
const KILLS = [30, 80];

describe.skipIf(!hasRedis)('three processes, some of which die', () => {
  const fleet = useFleet(3);
  let store: Store;
  beforeAll(async () => {
    store = await openStore(fleet.redis.url);
  });
  afterAll(() => store?.close());

  test.each(seeds(2))(
    'all copies agree (seed %i)',
    async (seed) => {
      const random = chance(seed);
      const players = await room([fleet.proxy.url], PLAYERS, { seconds: 120, rounds: 1 });
      const { code } = players[0]!;
      const viewers = [await watch(fleet.proxy.url, code!)];
      await begin(players);
      const { started, ends } = drawing(players[0]!);

      const up = new Set(fleet.processes);
      const restarts: Promise<void>[] = [];
      for (let n = 0; n < STEPS; n++) {
        if (KILLS.includes(n)) {
          const victim = random.pick([...up]);
          up.delete(victim);
          restarts.push(victim.end('SIGKILL').then(() => victim.restart()));
        }
        for (const player of players) {
          const act = random.next();
          if (act < 0.6) stroke(player, scribble(random));
          else if (act < 0.68) eraseLast(player);
          else if (act < 0.69) eraseAll(player);
          else if (act < 0.71) player.socket.io.engine.close();
          else if (act < 0.72 && player.socket.connected) player.reload();
        }
        await penPause(random.int(60));
      }
      await Promise.all(restarts);
      await until(() => [...players, ...viewers].every((who) => who.socket.connected), 'everybody connected', 30_000);
      const dropped = [...players, ...viewers].flatMap(({ back }) => back).length;
      expect(dropped).toBeGreaterThan(5);

      await agreement(players, viewers, 30_000);
      const scores = () => players.map((player) => JSON.stringify(drawing(player).recognized));
      await until(() => new Set(scores()).size === 1, 'the same scores');
      for (const player of players) {
        expect(drawing(player)).toMatchObject({ started, ends, recognized: drawing(players[0]!).recognized });
        expect(player.gone.filter((why) => why !== 'replaced')).toEqual([]);
      }
      const { round } = players[0]!.drawings;
      await expect
        .poll(async () => {
          const kept = await store.readInk(code!, round);
          return players.map(({ id }) => inkAt(kept.get(id!) ?? []).strokes);
        })
        .toEqual(players.map((player) => strokes(player, player.id!)));
      expect(players.reduce((sum, player) => sum + strokes(player, player.id!).length, 0)).toBeGreaterThan(50);
      for (const each of fleet.processes) expect(each.output()).not.toContain('a bug');
    },
    180_000,
  );
});

function scribble(random: Chance): number[] {
  const points = [random.int(BOARD), random.int(BOARD)];
  for (let i = random.int(30); i > 0; i--) points.push(random.int(BOARD), random.int(BOARD));
  return points;
}
