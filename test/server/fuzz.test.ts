/**
 * Players draw, undo, clear, lose their connection, reload, and come back, at random; spectators come and go. At the end
 * every copy of every drawing is the server's. The seed is in the test's name: SEEDS=7 runs it again.
 */
import { afterEach, expect, test } from 'vitest';
import { BOARD } from '../../shared/ink.ts';
import type { Chance } from '../support/chance.ts';
import { chance, seeds } from '../support/chance.ts';
import { penPause } from '../support/pen.ts';
import type { Player } from '../support/player.ts';
import { closeAll, create, eraseAll, eraseLast, join, phase, stroke, strokes, watch } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';
import { inkAt } from '../../shared/history.ts';

const server = useServer({ pace: { ...QUICK, hold: 60_000 } });
afterEach(closeAll);

const PLAYERS = 5;
const STEPS = 60;

test.each(seeds(4))(
  'after any accident all copies agree (seed %i)',
  async (seed) => {
    const random = chance(seed);
    const host = await create(server.url, 'p0', { seconds: 120, rounds: 1 });
    const players = [host];
    for (let i = 1; i < PLAYERS; i++) players.push(await join(server.url, host.code!, `p${i}`));
    const viewers = [await watch(server.url, host.code!)];
    await host.ask('start', {});
    await Promise.all(players.map((player) => phase(player, 'drawing')));

    let drops = 0;
    for (let n = 0; n < STEPS; n++) {
      await Promise.all(
        players.map(async (player) => {
          const act = random.next();
          if (act < 0.55) stroke(player, scribble(random));
          else if (act < 0.65) eraseLast(player);
          else if (act < 0.67) eraseAll(player);
          else if (act < 0.75) player.send();
          else if (act < 0.79) {
            drops++;
            player.socket.io.engine.close();
            stroke(player, scribble(random));
            await player.comeBack();
          } else if (act < 0.81) {
            drops++;
            player.reload();
            await player.comeBack();
          }
        }),
      );
      if (random.next() < 0.1) viewers.push(await watch(server.url, host.code!));
      await penPause(random.int(40));
    }

    // Else the round is over, and what was drawn since is nobody's but its drawer's.
    for (const player of players) expect(player.room!.phase.name).toBe('drawing');
    await agreed(players, viewers, host.code!);
    expect(drops).toBeGreaterThan(5);
    expect(players.some((player) => strokes(player, player.id!).length > 0)).toBe(true);
  },
  120_000,
);

function scribble(random: Chance): number[] {
  const points = [random.int(BOARD), random.int(BOARD)];
  for (let i = random.int(40); i > 0; i--) points.push(random.int(BOARD), random.int(BOARD));
  return points;
}

async function agreed(players: Player[], viewers: Player[], code: string): Promise<void> {
  const copies = async () => {
    const kept = await server.store.readInk(code, players[0]!.drawings.round);
    return players.map(({ id }) =>
      JSON.stringify({
        server: inkAt(kept.get(id!) ?? []).strokes,
        ...Object.fromEntries([...players, ...viewers].map((who, i) => [i, strokes(who, id!)])),
      }),
    );
  };
  const same = (text: string) =>
    new Set(Object.values(JSON.parse(text) as object).map((ink) => JSON.stringify(ink))).size;
  const agree = async () => (await copies()).map(same);
  await expect
    .poll(agree, { timeout: 30_000, interval: 100 })
    .toEqual(players.map(() => 1))
    .catch(async (reason) => {
      for (const text of await copies()) if (same(text) > 1) console.error(text.slice(0, 2000));
      throw reason;
    });
}
