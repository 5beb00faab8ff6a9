/** Rooms over an in-memory outbox, with a recognizer whose every answer the test decides: what counts, and what is stale. */
import { afterEach, expect, test } from 'vitest';
import { alone } from '../../server/cluster/presence.ts';
import type { Game } from '../../server/game/game.ts';
import { step } from '../../server/game/step.ts';
import { createLog } from '../../server/log.ts';
import type { Player } from '../../server/room/live-room.ts';
import type { Ports } from '../../server/room/rooms.ts';
import { createRooms } from '../../server/room/rooms.ts';
import { createMemoryLeaderboard } from '../../server/storage/memory/leaderboard.ts';
import { createMemoryStore } from '../../server/storage/memory/store.ts';
import type { Store } from '../../server/storage/store.ts';
import { Unavailable } from '../../server/storage/store.ts';
import type { Chunk, Ink } from '../../shared/ink.ts';
import type { LiveFrame, RoomView } from '../../shared/protocol.ts';
import { QUICK } from '../support/server.ts';
import { probabilitiesOf, testWords } from '../support/words.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A room of `n` in the middle of a round. */
async function race(n: number, pace = QUICK, behind = new Set<string>()) {
  const sent: { to: string; event: string; payload: unknown }[] = [];
  const looks: ((word: string, p: number) => void)[] = [];
  const store = createMemoryStore();
  const ports: Ports = {
    store,
    presence: alone(),
    leaderboard: createMemoryLeaderboard(),
    recognizer: {
      words: testWords,
      recognize: (inks) =>
        new Promise((resolve) => looks.push((word, p) => resolve(inks.map(() => probabilitiesOf(word, p))))),
    },
    outbox: {
      toPlayers: (to, event, payload) => void sent.push({ to, event, payload: structuredClone(payload) }),
      toSpectators: (to, event, payload) => void sent.push({ to: `${to}~`, event, payload: structuredClone(payload) }),
      toSockets: (sockets, event, payload) => {
        for (const to of sockets) sent.push({ to, event, payload: structuredClone(payload) });
      },
      isBehind: (socket) => behind.has(socket),
      enter: () => {},
      expel: (to, _, why) => void sent.push({ to, event: 'gone', payload: why }),
    },
    log: createLog('silent'),
  };
  const rooms = createRooms(ports, { pace, maxRooms: 2 });
  stops.push(() => rooms.close());
  const host = await rooms.create('s0', 'p0', { rounds: 2, seconds: 60 });
  if (!host.ok) throw new Error(host.why);
  const { code } = host;
  const players: Player[] = [{ socket: 's0', code, player: host.player }];
  for (let i = 1; i < n; i++) {
    const answer = await rooms.join(`s${i}`, code, `p${i}`);
    if (!answer.ok) throw new Error(answer.why);
    players.push({ socket: `s${i}`, code, player: answer.player });
  }
  await rooms.start(players[0]!);
  const view = () => sent.findLast((each) => each.event === 'room')!.payload as RoomView;
  const until = async (holds: () => unknown) => {
    for (let i = 0; i < 1000 && !holds(); i++) await wait(10);
    expect(holds()).toBeTruthy();
  };
  await until(() => view().phase.name === 'drawing');
  const frames = () => sent.filter((each) => each.event === 'live').map((each) => each.payload as LiveFrame);
  const prompt = () => (view().phase as { prompt: string }).prompt;
  return { rooms, store, players, code, sent, looks, view, until, frames, prompt, round: 1 };
}
const chunk = (from: number, more: Partial<Chunk & { round: number }> = {}) => ({
  round: 1,
  rev: 0,
  stroke: 0,
  from,
  points: [100 + from * 300, 100, 900, 200 + from * 300],
  ...more,
});
const guesses = (frames: LiveFrame[]) => frames.flatMap((frame) => frame.guesses);
const recognitions = (view: RoomView) => (view.phase as { recognized: unknown[] }).recognized;

test('a passing verdict recognizes, with the time of its chunk', async () => {
  const { rooms, players, looks, view, until, frames, prompt } = await race(2);
  const [ann] = players;
  expect(rooms.draw(ann!, chunk(0))).toBe(null);
  await until(() => looks.length === 1);
  looks[0]!(prompt(), 0.3);
  // The verdict leaves with its guesses.
  await until(() => guesses(frames()).length === 1);
  expect(recognitions(view())).toEqual([]);
  const { started } = view().phase as { started: number };
  await wait(500);
  const before = Date.now() - started;
  expect(rooms.draw(ann!, chunk(2))).toBe(null);
  const after = Date.now() - started;
  await until(() => looks.length === 2);
  looks[1]!(prompt(), 0.8);
  await until(() => recognitions(view()).length === 1);
  const [recognition] = recognitions(view()) as { at: number; word: string; probability: number; player: string }[];
  expect(recognition).toMatchObject({ player: ann!.player, word: prompt(), probability: 0.8 });
  expect(recognition!.at).toBeGreaterThanOrEqual(before);
  expect(recognition!.at).toBeLessThanOrEqual(after);
});

test('a verdict on an undone or cleared drawing is dropped', async () => {
  const { rooms, players, looks, view, until, frames, prompt } = await race(2);
  const [ann] = players;
  rooms.draw(ann!, chunk(0));
  await until(() => looks.length === 1);
  expect(rooms.erase(ann!, 'undo', { round: 1, rev: 0 })).toBe(null);
  looks[0]!(prompt(), 0.99);
  rooms.draw(ann!, chunk(0, { rev: 1 }));
  await until(() => looks.length === 2);
  looks[1]!(prompt(), 0.1);
  await until(() => guesses(frames()).length > 0);
  expect(recognitions(view())).toEqual([]);
  expect(guesses(frames())).toMatchObject([{ target: 0.1 }]);
  // What is drawn instead does, also where it was begun while the recognizer looked at what is gone.
  rooms.draw(ann!, chunk(2, { rev: 1 }));
  await until(() => looks.length === 3);
  expect(rooms.erase(ann!, 'clear', { round: 1, rev: 1 })).toBe(null);
  rooms.draw(ann!, chunk(0, { rev: 2 }));
  await until(() => looks.length === 4);
  looks[2]!(prompt(), 0.1);
  looks[3]!(prompt(), 0.9);
  await until(() => recognitions(view()).length === 1);
});

test('a verdict that arrives in the next round is dropped', async () => {
  const { rooms, players, looks, view, until, frames, prompt } = await race(1, { ...QUICK, finish: 0, settle: 0 });
  const [ann] = players;
  rooms.draw(ann!, chunk(0));
  await until(() => looks.length === 1);
  // Drawn on at the very end of the round: the look at this is still away when the next round begins.
  rooms.draw(ann!, chunk(2));
  looks[0]!(prompt(), 0.9);
  await until(() => looks.length === 2);
  await until(() => (view().phase as { number?: number }).number === 2 && view().phase.name === 'drawing');
  looks[1]!(prompt(), 0.9);
  expect(rooms.draw(ann!, chunk(4))).toBe('wrong-phase');
  expect(rooms.draw(ann!, chunk(0, { round: 2 }))).toBe(null);
  await until(() => looks.length === 3);
  looks[2]!(prompt(), 0.1);
  await until(() => guesses(frames()).some(({ target }) => target === 0.1));
  expect(recognitions(view())).toEqual([]);
});

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

test('ink is in the store after its player is gone, and in their drawing when they return', async () => {
  const { rooms, players, store, code, sent } = await race(2);
  const [, bob] = players;
  rooms.draw(bob!, chunk(0));
  const { token } = (await store.read(code))!.seats[1]!;
  await rooms.exit(bob!, 'lost');
  expect((await store.readInk(code, 1)).get(bob!.player)?.ink.strokes).toEqual([chunk(0).points]);
  expect(await rooms.comeBack('s9', code, token)).toMatchObject({ ok: true, player: bob!.player });
  expect(sent.findLast((each) => each.to === 's9' && each.event === 'ink')?.payload).toMatchObject({
    strokes: [chunk(0).points],
  });
  expect(rooms.draw({ ...bob!, socket: 's9' }, chunk(2))).toBe(null);
});

/** Another process that the player comes to, and draws on: what it stores, but nothing of what it broadcasts. */
async function drawElsewhere({ store, code }: Awaited<ReturnType<typeof race>>, player: string, ink: Ink) {
  const { token } = (await store.read(code))!.seats.find(({ id }) => id === player)!;
  const game = await store.update(code, (game) =>
    step(game, { type: 'return', token, socket: 'other/s', session: null, address: null, isNew: true }, Date.now()),
  );
  const { term } = (game as Game).seats.find(({ id }) => id === player)!;
  await store.saveInk(code, 1, [{ player, term, at: 900, ink }]);
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
  expect((await store.readInk(code, 1)).get(bob!.player)?.ink).toEqual({ rev: 2, strokes });
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
  await store.saveInk(code, 1, [{ player: bob!.player, term: term - 1, at: 1, ink: { rev: 0, strokes: [] } }]);
  expect(rooms.draw({ ...bob!, socket: 's9' }, chunk(2))).toBe(null);
  await wait(300);
  const points = [...chunk(0).points, ...chunk(2).points];
  expect((await store.readInk(code, 1)).get(bob!.player)?.ink.strokes).toEqual([points]);
});

test('a process opens no more rooms than its limit', async () => {
  const { rooms } = await race(1);
  expect(await rooms.create('x1', 'x', {})).toMatchObject({ ok: true });
  expect(await rooms.create('x2', 'x', {})).toEqual({ ok: false, why: 'server-full' });
});

test('of a drawer who is lost, everybody is sent the newest ink, although whole inks wait for their rate', async () => {
  const { rooms, players, code, sent, looks, prompt } = await race(2);
  const answering = setInterval(() => {
    for (const answer of looks.splice(0)) answer(prompt(), 0.1);
  }, 5);
  stops.push(async () => clearInterval(answering));
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

test('a process that is full gives up a deserted room, and none that somebody is in', async () => {
  const { rooms, code, store } = await race(1, { ...QUICK, hold: 0 });
  const first = await rooms.create('x1', 'x', {});
  if (!first.ok) throw new Error(first.why);
  expect(await rooms.create('x2', 'x', {})).toEqual({ ok: false, why: 'server-full' });
  await rooms.exit({ socket: 'x1', code: first.code, player: first.player }, 'lost');
  const second = await rooms.create('x2', 'x', {});
  expect(second).toMatchObject({ ok: true });
  expect((await store.read(first.code))?.phase.name ?? 'closed').toBe('closed');
  expect((await store.read(code))!.phase.name).toBe('drawing');
  expect(await rooms.watch('x3', code)).toMatchObject({ ok: true });
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

test('an ink that came at once counts from when a hand could have drawn it', async () => {
  const { rooms, players, looks, view, until, prompt } = await race(2);
  const points = Array.from({ length: 480 }, (_, i) => i * 4);
  rooms.draw(players[0]!, chunk(0, { points }));
  await until(() => looks.length === 1);
  looks[0]!(prompt(), 0.9);
  await until(() => recognitions(view()).length === 1);
  const [{ at }] = recognitions(view()) as [{ at: number }];
  // 240 points: 120 may come early, the others take a 240 Hz pen half a second.
  expect(at).toBeGreaterThanOrEqual(500);
  expect(at).toBeLessThan(700);
});

/** The round's time is up now; what was drawn may be judged for two more seconds. Returns when. ms since 1970 */
async function endDrawing(store: Store, code: string): Promise<number> {
  const ends = Date.now();
  await store.update(code, (game) => ({
    ...game,
    version: game.version + 1,
    phase: { ...(game.phase as Extract<typeof game.phase, { name: 'drawing' }>), ends, close: ends + 2000 },
  }));
  return ends;
}

test('a round ends when what was drawn in time is judged, however long that takes', async () => {
  const { rooms, players, looks, store, code, view, until, prompt } = await race(2);
  rooms.draw(players[0]!, chunk(0));
  await wait(600);
  rooms.draw(players[0]!, chunk(2));
  await until(() => looks.length === 2);
  const ends = await endDrawing(store, code);
  await wait(700);
  expect(view().phase.name).toBe('drawing');
  looks[0]!(prompt(), 0.1);
  looks[1]!(prompt(), 0.9);
  await until(() => view().phase.name === 'reveal');
  const { result } = view().phase as { result: { recognized: { player: string }[] } };
  expect(result.recognized).toMatchObject([{ player: players[0]!.player }]);
  expect(Date.now() - ends).toBeLessThan(1500);
});

test('a round waits for a recognition that the store could not take at once', async () => {
  const { rooms, players, looks, store, code, view, until, prompt } = await race(2);
  rooms.draw(players[0]!, chunk(0));
  await wait(600);
  rooms.draw(players[0]!, chunk(2));
  await until(() => looks.length === 2);
  const { update } = store;
  let isAway = true;
  store.update = (code, act) => (isAway ? Promise.reject(new Unavailable('away')) : update(code, act));
  looks[0]!(prompt(), 0.1);
  looks[1]!(prompt(), 0.9);
  await wait(20);
  isAway = false;
  const ends = await endDrawing(store, code);
  await until(() => view().phase.name === 'reveal');
  const { result } = view().phase as { result: { recognized: { player: string }[] } };
  expect(result.recognized).toMatchObject([{ player: players[0]!.player }]);
  expect(Date.now() - ends).toBeLessThan(1500);
});

test('commands count only from the connection that holds the seat', async () => {
  const { rooms, players, store, code } = await race(2);
  const [ann, bob] = players;
  const { token } = (await store.read(code))!.seats[1]!;
  const [first, second] = await Promise.all([rooms.comeBack('s8', code, token), rooms.comeBack('s9', code, token)]);
  const holder = (await store.read(code))!.seats[1]!.socket!.split('/')[1]!;
  const draws = ['s1', 's8', 's9'].map((socket) => [socket, rooms.draw({ ...bob!, socket }, chunk(0)) === null]);
  expect(draws.filter(([, may]) => may)).toEqual([[holder, true]]);
  expect([first, second].filter((answer) => answer.ok).length).toBeGreaterThan(0);
  // Somebody who is removed while they are let in says nothing any more.
  const [answer] = await Promise.all([rooms.comeBack('s7', code, token), rooms.kick(ann!, bob!.player)]);
  const member = { socket: 's7', code, player: bob!.player };
  expect(rooms.has(member)).toBe(false);
  expect(rooms.chat(member, 'hello', (text) => text)).toBe('not-seated');
  expect(answer.ok && (await store.read(code))!.seats.length > 1).toBe(false);
});

test('a seat that nobody could be let in to is lost, not held by a ghost', async () => {
  const { rooms, players, store, code } = await race(2);
  const { token } = (await store.read(code))!.seats[0]!;
  await rooms.exit(players[0]!, 'lost');
  const { readInk } = store;
  store.readInk = () => Promise.reject(new Error('the store failed'));
  await expect(rooms.comeBack('s9', code, token)).rejects.toThrow('the store failed');
  store.readInk = readInk;
  await wait(50);
  expect((await store.read(code))!.seats[0]).toMatchObject({ socket: null, lost: expect.any(Number) });
});

test('leaving and coming back costs the room one change a second, not one each', async () => {
  const { rooms, code, store } = await race(2);
  const before = (await store.read(code))!.version;
  for (let i = 0; i < 40; i++) {
    await rooms.watch('e0', code);
    await rooms.exit({ socket: 'e0', code, player: null }, 'left');
  }
  expect((await store.read(code))!.version - before).toBeLessThan(5);
}, 20_000);
