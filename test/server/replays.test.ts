/** From a drawing to its replay: what is written after a round, by whom, and what HTTP gives of it. */
import { inflateSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { inkAt } from '../../shared/history.ts';
import { decode } from '../../shared/record.ts';
import type { Race } from '../support/rooms.ts';
import { chunk, endDrawing, endRaces, race, recognitions } from '../support/rooms.ts';

afterEach(endRaces);

const replayOf = async ({ rooms, replays, players }: Race, player: string) => {
  const { id } = rooms.replays(players[0]!)!.find((each) => each.player === player)!;
  const found = await replays.read(id);
  return found && decode(inflateSync(found.record));
};

describe('after a round', () => {
  test('each drawing has a record: all that was drawn and undone, the guesses that were shown, and the verdict', async () => {
    const there = await race(2);
    const { rooms, players, looks, until, view, prompt, store, code, frames } = there;
    const [ann, bob] = players;
    rooms.draw(ann!, chunk(0));
    await until(() => looks.length === 1);
    looks.shift()!('dog', 0.3);
    await until(() => frames().some(({ guesses }) => guesses.length > 0));
    rooms.erase(ann!, 'undo', { round: 1, rev: 0 });
    rooms.draw(ann!, chunk(0, { rev: 1, points: [5, 5, 700, 700] }));
    rooms.draw(bob!, chunk(0));
    rooms.erase(bob!, 'clear', { round: 1, rev: 0 });
    await until(() => looks.length > 0);
    for (const answer of looks.splice(0)) answer(prompt(), 0.9);
    await until(() => recognitions(view()).length === 1);
    const word = prompt();
    await endDrawing(store, code);
    await until(() => view().phase.name === 'reveal');
    await expect.poll(() => replayOf(there, ann!.player)).toBeTruthy();
    const record = (await replayOf(there, ann!.player))!;
    expect(record).toMatchObject({ word, mark: 0, nick: '', seconds: 60, language: '' });
    expect(record.verdict).toMatchObject({ word, probability: 0.9, ink: { rev: 1, strokes: 1, points: 2 } });
    expect(inkAt(record.history)).toEqual({ rev: 1, strokes: [[5, 5, 700, 700]] });
    const kinds = record.history.map((event) =>
      'points' in event ? 'draw' : 'erased' in event ? event.erased : 'guess',
    );
    expect(kinds).toEqual(['draw', 'guess', 'undo', 'draw', 'guess']);
    const [first] = record.history.flatMap((event) => ('guesses' in event ? [event.guesses] : []));
    const { sureness, top, target } = frames().flatMap(({ guesses }) => guesses)[0]!;
    expect(first!.sureness).toBe(sureness);
    expect(first!.target).toBeCloseTo(target, 2);
    expect(first!.top).toEqual(top.slice(0, 4).map(([word, p]) => [word, expect.closeTo(p, 2)]));
    // What was drawn counts, though nothing is left of it.
    await expect.poll(() => replayOf(there, bob!.player)).toMatchObject({ verdict: null });
  });

  test('a player who left, or is away, has a record too; one who drew nothing has none', async () => {
    const there = await race(4);
    const { rooms, players, until, view, store, code } = there;
    const [ann, bob, cat, dan] = players;
    rooms.draw(bob!, chunk(0));
    rooms.draw(cat!, chunk(0, { points: [9, 9] }));
    await rooms.exit(bob!, 'left');
    await rooms.exit(cat!, 'lost');
    await endDrawing(store, code);
    await until(() => view().phase.name === 'reveal');
    await expect.poll(() => replayOf(there, bob!.player)).toBeTruthy();
    await expect.poll(async () => inkAt((await replayOf(there, cat!.player))?.history ?? []).strokes).toEqual([[9, 9]]);
    expect(await replayOf(there, ann!.player)).toBe(null);
    expect(await replayOf(there, dan!.player)).toBe(null);
  });

  test('names of replays are for people in the room only', async () => {
    const { rooms, players, until, view, store, code } = await race(2);
    await endDrawing(store, code);
    await until(() => view().phase.name === 'reveal');
    expect(rooms.replays(players[0]!)).toHaveLength(2);
    expect(rooms.replays({ ...players[0]!, socket: 'another' })).toBe(null);
    await rooms.exit(players[1]!, 'left');
    expect(rooms.replays(players[1]!)).toBe(null);
  });
});
