/** One copy of each drawing: who is sent it, what is stored, and what becomes of it when its player is lost and comes back. */
import { afterEach, expect, onTestFinished, test } from 'vitest';
import type { Game } from '../../server/game/game.ts';
import { step } from '../../server/game/step.ts';
import { historyOf, inkAt } from '../../shared/history.ts';
import type { Ink } from '../../shared/ink.ts';
import type { LiveFrame } from '../../shared/protocol.ts';
import type { Race } from '../support/rooms.ts';
import { chunk, endRaces, guesses, race, recognitions, wait } from '../support/rooms.ts';
import { QUICK } from '../support/server.ts';

afterEach(endRaces);

test('simultaneous chunks leave in one frame; guesses at most every 100 ms', async () => {
  const { rooms, players, looks, until, frames } = await race(4);
  for (const player of players) rooms.draw(player, chunk(0));
  await until(() => frames().length > 0);
  expect(frames()[0]!.chunks.map((each) => each.player)).toEqual(players.map((each) => each.player));
  const guessed = () =>
    frames().flatMap((frame) => frame.guesses.filter((each) => each.player === players[0]!.player)).length;
  const began = Date.now();
  const answering = setInterval(() => {
    for (const answer of looks.splice(0)) answer('dog', 0.3);
  }, 5);
  for (let i = 1; i < 20 || guessed() <= 2; i++) {
    rooms.draw(players[0]!, chunk(i * 2));
    await wait(20);
  }
  clearInterval(answering);
  // One at the beginning, and one that came a moment early.
  expect(guessed()).toBeLessThanOrEqual(Math.floor((Date.now() - began) / 100) + 2);
});

test('a misplaced chunk is answered with the whole ink', async () => {
  const { rooms, players, sent, until } = await race(2);
  rooms.draw(players[1]!, chunk(0));
  expect(rooms.draw(players[1]!, chunk(7))).toBe('misplaced');
  await until(() => sent.some(({ to, event }) => to === 's1' && event === 'ink'));
  expect(sent.findLast(({ event }) => event === 'ink')).toMatchObject({
    to: 's1',
    event: 'ink',
    payload: { rev: 0, strokes: [chunk(0).points] },
  });
});

test('an undo or a clear that was pressed before the verdict arrived takes no recognized stroke', async () => {
  const { rooms, players, looks, until, view, prompt, sent } = await race(2);
  const [ann] = players;
  rooms.draw(ann!, chunk(0));
  await until(() => looks.length === 1);
  looks[0]!(prompt(), 0.9);
  await until(() => recognitions(view()).length === 1);
  rooms.draw(ann!, chunk(2, { stroke: 1 }));
  const strokes = () => (sent.findLast(({ event }) => event === 'ink')?.payload as Ink | undefined)?.strokes;
  rooms.erase(ann!, 'undo', { round: 1, rev: 0, times: 2 });
  await until(() => strokes());
  expect(strokes()).toEqual([chunk(0).points]);
  sent.length = 0;
  expect(rooms.erase(ann!, 'clear', { round: 1, rev: 2 })).toBe(null);
  await until(() => strokes());
  expect(strokes()).toEqual([chunk(0).points]);
});

test('before a slow store has taken the verdict, recognized strokes stay, too', async () => {
  const { rooms, players, looks, until, frames, view, prompt, sent, store } = await race(2);
  const { update } = store;
  let goOn = () => {};
  const isFast = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  store.update = async (...asked) => isFast.then(() => update(...asked));
  rooms.draw(players[0]!, chunk(0));
  await until(() => looks.length === 1);
  // Nothing counts that was drawn in less than half a second.
  await wait(550);
  looks[0]!(prompt(), 0.9);
  await until(() => guesses(frames()).length > 0);
  expect(recognitions(view())).toEqual([]);
  rooms.erase(players[0]!, 'clear', { round: 1, rev: 0 });
  goOn();
  await until(() => recognitions(view()).length === 1);
  expect(sent.findLast(({ event }) => event === 'ink')?.payload).toMatchObject({ strokes: [chunk(0).points] });
});

test('ink is in the store after its player is gone, and in their drawing when they return', async () => {
  const { rooms, players, store, code, sent } = await race(2);
  const [, bob] = players;
  rooms.draw(bob!, chunk(0));
  const { token } = (await store.read(code))!.seats[1]!;
  await rooms.exit(bob!, 'lost');
  expect(inkAt((await store.readInk(code, 1)).get(bob!.player)!).strokes).toEqual([chunk(0).points]);
  expect(await rooms.comeBack('s9', code, token)).toMatchObject({ ok: true, player: bob!.player });
  expect(sent.findLast((each) => each.to === 's9' && each.event === 'ink')?.payload).toMatchObject({
    strokes: [chunk(0).points],
  });
  expect(rooms.draw({ ...bob!, socket: 's9' }, chunk(2))).toBe(null);
});

test('of a drawer who is lost, everybody is sent the newest ink, although whole inks wait for their rate', async () => {
  const { rooms, players, code, sent, looks, prompt } = await race(2);
  const answering = setInterval(() => {
    for (const answer of looks.splice(0)) answer(prompt(), 0.1);
  }, 5);
  onTestFinished(() => clearInterval(answering));
  const [ann] = players;
  // 4,800 points: after a whole ink of them, the next one waits 240 ms.
  const points = Array.from({ length: 480 }, (_, i) => 900 + (i % 7));
  for (let i = 0; i < 20; i++) rooms.draw(ann!, chunk(i * 240, { stroke: i, points }));
  rooms.erase(ann!, 'undo', { round: 1, rev: 0 });
  await wait(60);
  rooms.erase(ann!, 'undo', { round: 1, rev: 1 });
  rooms.draw(ann!, chunk(18 * 240, { rev: 2, stroke: 18 }));
  await wait(60);
  await rooms.exit(ann!, 'lost');
  const inks = sent.filter(({ to, event }) => to === code && event === 'ink').map(({ payload }) => payload as Ink);
  expect(inks.map(({ rev, strokes }) => [rev, strokes.length])).toEqual([
    [1, 19],
    [2, 19],
  ]);
});

/** Another process that the player comes to, and draws on: what it stores, but nothing of what it broadcasts. */
async function drawElsewhere({ store, code }: Race, player: string, ink: Ink) {
  const { token } = (await store.read(code))!.seats.find(({ id }) => id === player)!;
  const game = await store.update(code, (game) =>
    step(game, { type: 'return', token, socket: 'other/s', session: null, address: null, isNew: true }, Date.now()),
  );
  const { term } = (game as Game).seats.find(({ id }) => id === player)!;
  await store.saveInk(code, 1, [{ player, term, history: historyOf(ink, 900) }]);
  return token;
}

test('what was stored by a process that was killed is sent to everybody when its drawer is back', async () => {
  const there = await race(2);
  const { rooms, players, code, sent, until } = there;
  const [, bob] = players;
  await rooms.exit(bob!, 'lost');
  const ink = { rev: 4, strokes: [chunk(0).points] };
  const token = await drawElsewhere(there, bob!.player, ink);
  expect(await rooms.comeBack('s9', code, token)).toMatchObject({ ok: true });
  const toAll = () => sent.find(({ to, event }) => to === code && event === 'ink');
  await until(toAll);
  expect(toAll()!.payload).toMatchObject({ player: bob!.player, ...ink });
});

test('a drawing that goes on on another process is not shown here any more, however long its verdict takes', async () => {
  const there = await race(2);
  const { rooms, players, code, sent, looks, store, until } = there;
  const [ann, bob] = players;
  rooms.draw(bob!, chunk(0));
  await until(() => looks.length === 1);
  await rooms.exit(bob!, 'lost');
  const ink = { rev: 2, strokes: [chunk(0).points, chunk(2).points] };
  const token = await drawElsewhere(there, bob!.player, ink);
  await rooms.resync(ann!, bob!.player);
  expect(sent.findLast(({ to, event }) => to === 's0' && event === 'ink')!.payload).toMatchObject(ink);
  // Back here it goes on from there, and this process stores it again.
  expect(await rooms.comeBack('s9', code, token)).toMatchObject({ ok: true });
  const more = chunk(4, { rev: 2, stroke: 2 });
  expect(rooms.draw({ ...bob!, socket: 's9' }, more)).toBe(null);
  await wait(300);
  const strokes = [...ink.strokes, more.points];
  expect(inkAt((await store.readInk(code, 1)).get(bob!.player)!)).toEqual({ rev: 2, strokes });
});

test('a drawing whose verdict is awaited is the one its player comes back to on this process, and is stored again', async () => {
  const { rooms, players, code, looks, store, until } = await race(2);
  const [, bob] = players;
  rooms.draw(bob!, chunk(0));
  await until(() => looks.length === 1);
  const { token } = (await store.read(code))!.seats[1]!;
  await rooms.exit(bob!, 'lost');
  expect(await rooms.comeBack('s9', code, token)).toMatchObject({ ok: true });
  // Whoever had the seat before writes nothing any more.
  const { term } = (await store.read(code))!.seats[1]!;
  await wait(200);
  await store.saveInk(code, 1, [{ player: bob!.player, term: term - 1, history: [] }]);
  expect(rooms.draw({ ...bob!, socket: 's9' }, chunk(2))).toBe(null);
  await wait(300);
  const points = [...chunk(0).points, ...chunk(2).points];
  expect(inkAt((await store.readInk(code, 1)).get(bob!.player)!).strokes).toEqual([points]);
});

test('drawings are read from the store only for somebody who can take them, and only those that are not here', async () => {
  const behind = new Set<string>();
  const { rooms, players, code, store, until, sent } = await race(2, QUICK, behind);
  const reads: (string | undefined)[] = [];
  const { readInk } = store;
  store.readInk = (room, round, player) => {
    reads.push(player);
    return readInk(room, round, player);
  };
  const [ann, bob] = players;
  rooms.draw(ann!, chunk(0));
  behind.add('s1');
  void rooms.watch('s1', code);
  await wait(300);
  expect(reads).toEqual([]);
  behind.clear();
  await until(() => reads.length === 1);
  expect(reads).toEqual([undefined]);
  // Bob has not drawn: his drawing may be elsewhere.
  await Promise.all([rooms.resync(ann!, ann!.player), rooms.resync(ann!, bob!.player)]);
  expect(reads).toEqual([undefined, bob!.player]);
  const shown = sent.filter(({ to, event }) => to === 's0' && event === 'ink').slice(-2);
  expect(shown.map(({ payload }) => (payload as { strokes: unknown[] }).strokes.length).sort()).toEqual([0, 1]);
});

test('the first spectators on another process are sent what was drawn before they were counted', async () => {
  const { rooms, store, players, code, sent, until } = await race(2);
  rooms.draw(players[0]!, chunk(0));
  await until(() => sent.some(({ event }) => event === 'live'));
  const seen = () => sent.filter(({ to }) => to === `${code}~`);
  expect(seen()).toEqual([]);
  const watch = (spectators: Record<string, number>) =>
    store.update(code, (game) => ({ ...game, version: game.version + 1, spectators }));
  await watch({ other: 1 });
  await until(() => seen().length > 0);
  expect(seen()).toMatchObject([{ event: 'ink', payload: { player: players[0]!.player, strokes: [chunk(0).points] } }]);
  // More of them change nothing: frames are sent to all.
  await watch({ other: 2, third: 1 });
  await wait(200);
  expect(seen()).toHaveLength(1);
  // They were taken for dead, and are back.
  await watch({});
  await watch({ other: 2 });
  await until(() => seen().length > 1);
});

test('under load, spectators wait for their frames, and players do not', async () => {
  const { rooms, players, code, sent, until } = await race(2, QUICK, new Set(), 2);
  await rooms.watch('e0', code);
  const drawnTo = (to: string) => sent.filter((each) => each.to === to && each.event === 'live').length;
  for (let i = 0; i < 10; i++) {
    rooms.draw(players[0]!, chunk(i * 2));
    const before = drawnTo(code);
    await wait(50);
    expect(drawnTo(code), `chunk ${i}`).toBeGreaterThan(before);
  }
  expect(drawnTo(`${code}~`)).toBeLessThan(4);
  const chunks = () =>
    sent.flatMap(({ to, payload }) => (to === `${code}~` ? ((payload as LiveFrame).chunks ?? []) : [])).length;
  await until(() => chunks() === 10);
});
