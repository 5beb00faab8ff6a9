/** A client's own way to the server breaks: it is cut off, or everything vanishes in it without a word. */
import { afterAll, describe, expect, test } from 'vitest';
import { useFleet } from '../support/fleet.ts';
import { penPause } from '../support/pen.ts';
import type { Player } from '../support/player.ts';
import { eraseLast, join, stroke, strokes, until } from '../support/player.ts';
import type { Cable } from '../support/proxy.ts';
import { startProxy } from '../support/proxy.ts';
import { agreement, begin, room } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';

describe.skipIf(!hasRedis)('a client whose link breaks', () => {
  const fleet = useFleet(2);
  const cables: Cable[] = [];
  afterAll(() => Promise.all(cables.map((cable) => cable.close())));

  /** Ann behind the cable, and bob who sees what the server has of her. New connections come about unless `way.cut`. */
  async function pair(way = { cut: false }): Promise<[Player, Player, Cable]> {
    const cable = await startProxy(() => (way.cut ? [] : fleet.processes.map(({ port }) => port)));
    cables.push(cable);
    const [bob] = (await room([fleet.urls[0]!], 1, { seconds: 60, rounds: 1 })) as [Player];
    const ann = await join(cable.url, bob.code!, 'ann');
    await begin([bob, ann]);
    for (let n = 0; n < 5; n++) stroke(ann, [n * 100, 100, n * 100 + 50, 900]);
    await until(() => strokes(bob, ann.id!).length === 5, 'five strokes');
    return [ann, bob, cable];
  }

  async function scribble(player: Player, seconds: number): Promise<number> {
    let n = 0;
    for (const over = Date.now() + seconds * 1000; Date.now() < over; n++) {
      stroke(player, [n * 20, 300, n * 20 + 200, 1000, n * 10, 1500]);
      await penPause(200);
    }
    return n;
  }

  /** Cut off, or in a black hole, for 10 s: the client comes back by itself, the rest of its ink comes, the copies are equal. */
  async function isCut(how: 'cut' | 'swallow'): Promise<void> {
    const way = { cut: false };
    const [ann, bob, cable] = await pair(way);
    way.cut = true;
    cable[how]();
    const n = await scribble(ann, 10);
    eraseLast(ann);
    expect(strokes(bob, ann.id!)).toHaveLength(5);
    // In the hole the server still thinks that the old connection lives; the new one takes the seat over.
    way.cut = false;
    await until(() => strokes(bob, ann.id!).length === 5 + n - 1, 'the rest');
    expect(ann.back).toHaveLength(1);
    await agreement([ann, bob]);
    await until(() => bob.room!.players.every((player) => player.connected), 'both connected');
  }

  /** Nothing moves for 10 s, then all of it: nothing is lost, and nobody is sent out. */
  async function standsStill(): Promise<void> {
    const [ann, bob, cable] = await pair();
    cable.hold();
    const n = await scribble(ann, 10);
    cable.resume();
    await until(() => strokes(bob, ann.id!).length === 5 + n, 'the rest');
    await agreement([ann, bob]);
    expect(ann.gone).toEqual([]);
  }

  test('for 10 s sends the rest of its ink afterwards, and all copies agree', async () => {
    await Promise.all([isCut('cut'), isCut('swallow'), standsStill()]);
  }, 60_000);
});
