/** A process is killed without a word while a round of eight runs on it and two others. */
import { describe, expect, test } from 'vitest';
import { pointsOf } from '../../server/game/score.ts';
import { useFleet } from '../support/fleet.ts';
import { penPause } from '../support/pen.ts';
import type { Player } from '../support/player.ts';
import { eraseAll, join, phase, stroke, strokes, until } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { startProxy } from '../support/proxy.ts';
import { agreement, begin, drawing, drawUntilRecognized, room } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';

describe.skipIf(!hasRedis)('SIGKILL in a round of eight', () => {
  const fleet = useFleet(3);

  test('everybody returns within 5 s with all ink, clock and scores, and the match ends', async () => {
    const players = await room([fleet.proxy.url], 8, { seconds: 60, rounds: 1 });
    await begin(players);
    const { started, ends } = drawing(players[0]!);

    // Some are recognized before the kill, some only after it.
    const early = players.slice(0, 4).map((player) => drawUntilRecognized(player, 15_000));
    await until(() => drawing(players[7]!).recognized.length >= 1, 'somebody recognized', 20_000);
    const before = structuredClone(drawing(players[7]!).recognized);
    const scribbling = players.slice(4).map(async (player) => {
      for (let n = 0; n < 40; n++) {
        stroke(player, [n * 40, 100, n * 40 + 90, 800, n * 30, 1200]);
        await penPause(50);
      }
    });
    await until(() => players.slice(4).every(({ id }) => strokes(players[0]!, id!).length >= 5), 'all in the middle');
    const killed = Date.now();
    await fleet.processes[0]!.end('SIGKILL');
    await until(() => players.some(({ back }) => back.length > 0), 'somebody back', 6000);
    await Promise.all([...early, ...scribbling]);
    await until(() => players.every((player) => player.socket.connected), 'everybody connected');
    const back = players.flatMap(({ back }) => back);
    expect(back.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...back)).toBeLessThan(5000);
    console.log(
      `back after ${back.map((ms) => `${ms} ms`).join(', ')}; all drawn ${Date.now() - killed} ms after the kill`,
    );

    await agreement(players);
    // As another has it.
    for (const player of players.slice(4)) expect(strokes(players[0]!, player.id!)).toHaveLength(40);
    for (const player of players) expect(drawing(player)).toMatchObject({ name: 'drawing', started, ends });

    await Promise.all(
      players.slice(4).map((player) => {
        eraseAll(player);
        return drawUntilRecognized(player);
      }),
    );
    const podiums = await Promise.all(players.map((player) => phase(player, 'podium', 70_000)));
    for (const podium of podiums) expect(podium).toEqual(podiums[0]);
    expect(podiums[0]!.standing).toHaveLength(8);
    // The scores are kept, but for places: a verdict on an earlier stroke may have come after the copy.
    const { recognized } = podiums[0]!.results[0]!;
    for (const { player, at, parts } of before) {
      const kept = recognized.find((each) => each.player === player);
      expect(kept).toMatchObject({ at, parts: { time: parts!.time, word: parts!.word } });
    }
    for (const { at, points, parts } of recognized) {
      const place = recognized.findIndex((each) => each.at === at);
      expect(parts!.place).toBe([150, 75, 25][place] ?? 0);
      expect(points).toBe(pointsOf(parts!));
    }
  }, 150_000);

  test('a tab that forgot everything gets all confirmed ink, even from another process', async () => {
    const [, alive, other] = fleet.processes as [Process, Process, Process];
    let to = alive;
    const cable = await startProxy(() => [to.port]);
    const [bob] = (await room([alive.url], 1, { seconds: 60, rounds: 1 })) as [Player];
    const ann = await join(cable.url, bob.code!, 'ann');
    await begin([bob, ann]);
    for (let n = 1; n <= 6; n++) {
      for (let k = 0; k < 4; k++) stroke(ann, [n * 90, k * 200, n * 90 + 400, k * 200 + 100, n * 90, k * 200 + 150]);
      await until(() => strokes(bob, ann.id!).length === n * 4, 'bob to see it');
      // At once, and without a word to the process that she leaves: it has not given the newest to Redis yet.
      to = to === alive ? other : alive;
      cable.swallow();
      ann.reload();
      await ann.comeBack();
      await until(() => strokes(ann, ann.id!).length === n * 4, 'all that bob saw');
    }
    await agreement([ann, bob]);
    await cable.close();
  }, 60_000);

  test('the seat of a player who does not return is lost', async () => {
    const [, alive, other] = fleet.processes as [Process, Process, Process];
    const players = await room([alive.url, other.url], 2, { seconds: 60, rounds: 1 });
    await begin(players);
    const connected = () => players[0]!.room!.players[1]!.connected;
    expect(connected()).toBe(true);
    await other.end('SIGKILL');
    await until(() => !connected(), 'the seat to be lost', 30_000);
  }, 60_000);
});
