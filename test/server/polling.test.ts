/** A whole match over long polling: what a school whose network blocks WebSocket gets. */
import { afterEach, expect, test } from 'vitest';
import { closeAll, phase, stroke, until, watch } from '../support/player.ts';
import { agreement, begin, drawUntilRecognized, room } from '../support/race.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
afterEach(closeAll);

test('players and a spectator who only poll play a match to its end, and one comes back in the middle', async () => {
  const players = await room([server.url], 3, { seconds: 60, rounds: 2 }, 'polling');
  const viewer = await watch(server.url, players[0]!.code!, {}, 'polling');
  await begin(players);
  for (const round of [1, 2]) {
    await until(() => players.every((each) => isDrawing(each.room!.phase, round)), `round ${round}`);
    if (round === 2) {
      players[2]!.reload();
      await until(() => players[2]!.client.room.isAdmitted(), 'to be back');
    }
    // Before anybody is recognized: the round ends with the last verdict, and ink on its way then is too late.
    for (const player of players) stroke(player, [50, 50, 60, 80, 90, 90]);
    await agreement(players, [viewer]);
    await Promise.all(players.map((player) => drawUntilRecognized(player)));
  }
  const podiums = await Promise.all([...players, viewer].map((each) => phase(each, 'podium', 70_000)));
  for (const podium of podiums) expect(podium).toEqual(podiums[0]);
  expect(podiums[0]!.results.map(({ recognized }) => recognized.length)).toEqual([3, 3]);
  for (const each of [...players, viewer]) expect(each.socket.io.engine.transport.name).toBe('polling');
}, 120_000);

const isDrawing = (phase: { name: string; round?: number }, round: number) =>
  phase.name === 'drawing' && phase.round === round;
