/** A class over the real server: a teacher and pupils, each with a client of their own. */
import { afterEach, expect, test } from 'vitest';
import { step } from '../../server/game/step.ts';
import { pupil, pupilView, seated, teacher, teacherView, type Visitor, visitor } from '../support/lesson.ts';
import { closeAll, type Player, phase, stroke, strokes, until } from '../support/player.ts';
import { agreement, drawing, pause } from '../support/race.ts';
import { QUICK, useServer } from '../support/server.ts';
import { packChunk, unpackFrame } from '../../shared/wire.ts';

// Long enough to see who is in step.
const server = useServer({ pace: { ...QUICK, reveal: 2_000 } });
afterEach(closeAll);

const many = (n: number, of: Visitor) => Promise.all(Array.from({ length: n }, () => pupil(server.url, of)));
const players = (pupils: Visitor[]) => pupils.map(({ player }) => player);

/** A class of `n`, drawing. */
async function racing(n: number, settings: { rounds?: number; seconds?: number } = {}) {
  const host = await teacher(server.url);
  const pupils = await many(n, host);
  expect(await host.lesson.conduct({ do: 'settings', settings: { rounds: 2, seconds: 60, ...settings } })).toEqual({
    ok: true,
  });
  expect(await host.lesson.conduct({ do: 'deal' })).toEqual({ ok: true });
  await seated(pupils);
  expect(await host.lesson.conduct({ do: 'start' })).toEqual({ ok: true });
  await Promise.all(players(pupils).map((player) => phase(player, 'drawing')));
  return { host, pupils };
}

test('pupils are dealt into rooms, and all race with the same words at once', async () => {
  const { host, pupils } = await racing(9);
  const { rooms, pupils: all } = teacherView(host);
  expect(rooms.map((room) => all.filter((each) => each.room === room).length).sort()).toEqual([4, 5]);
  expect(new Set(all.map(({ name }) => name)).size).toBe(9);
  expect(new Set(players(pupils).map((player) => drawing(player).prompt)).size).toBe(1);
  const [one] = pupils;
  const { room } = one!.player;
  expect(room).toMatchObject({ lesson: true, host: null, settings: { chat: false, public: false, spectators: false } });
  expect(room!.players.find(({ id }) => id === pupilView(one!).id)!.nick).toBe(pupilView(one!).name);
});

test('started right after the dealing, all race: it waits until they sit down', async () => {
  const host = await teacher(server.url);
  const pupils = await many(8, host);
  await host.lesson.conduct({ do: 'settings', settings: { rounds: 2, seconds: 60, difficulty: 'mixed' } });
  const dealt = host.lesson.conduct({ do: 'deal' });
  expect(await Promise.all([dealt, host.lesson.conduct({ do: 'start' })])).toEqual([{ ok: true }, { ok: true }]);
  await Promise.all(players(pupils).map((player) => phase(player, 'drawing')));
});

test('a room that was left out is started by itself, while the others play', async () => {
  const { host, pupils } = await racing(8);
  const [playing, left] = teacherView(host).rooms as [string, string];
  const inRoom = (room: string) => pupils.filter((each) => pupilView(each).room === room);
  const waiting = players(inRoom(left));
  await server.store.update(left, (game) => ({
    ...game,
    version: game.version + 1,
    phase: { name: 'lobby' },
    match: null,
  }));
  await Promise.all(waiting.map((player) => phase(player, 'lobby')));
  const others = players(inRoom(playing));
  const before = others.map((player) => drawing(player).round);
  expect(await host.lesson.conduct({ do: 'start', room: 'ABCDE' })).toEqual({ ok: false, why: 'no-room' });
  await host.lesson.conduct({ do: 'pause', on: true });
  expect(await host.lesson.conduct({ do: 'start', room: left })).toEqual({ ok: false, why: 'wrong-phase' });
  await host.lesson.conduct({ do: 'pause', on: false });
  expect(await host.lesson.conduct({ do: 'start', room: left })).toEqual({ ok: true });
  await Promise.all(waiting.map((player) => phase(player, 'drawing')));
  expect(others.map((player) => drawing(player).round)).toEqual(before);
});

test('a pupil without a room who asks for it is told to ask again, and for no guess of a code', async () => {
  const host = await teacher(server.url);
  const one = await pupil(server.url, host);
  const { link, memory } = one.player.client;
  const { token } = JSON.parse(memory.get('pupil')!);
  for (let i = 0; i < 3; i++)
    expect(await link.request('sit', { code: teacherView(host).code, token })).toEqual({
      ok: false,
      why: 'unavailable',
    });
});

test('no pupil may do what the teacher does, and nobody else comes in', async () => {
  const { pupils } = await racing(4);
  const [one, two] = players(pupils);
  const { code, id } = two!.room!.players.map(({ id }) => ({ id, code: two!.room!.code }))[1]!;
  expect(await one!.ask('start', {})).toEqual({ ok: false, why: 'not-host' });
  expect(await one!.ask('settings', { seconds: 20 })).toEqual({ ok: false, why: 'not-host' });
  expect(await one!.ask('kick', { player: id })).toEqual({ ok: false, why: 'not-host' });
  expect(await one!.ask('host', { player: id })).toEqual({ ok: false, why: 'not-host' });
  expect(await one!.ask('chat', { text: 'hello' })).toEqual({ ok: false, why: 'chat-off' });
  expect(await one!.ask('chat', { text: '👏' })).toEqual({ ok: true });
  expect(await pupils[0]!.lesson.conduct({ do: 'end' })).toEqual({ ok: false, why: 'not-teacher' });
  expect(await pupils[0]!.lesson.oversee()).toEqual({ ok: false, why: 'not-teacher' });
  const stranger = visitor(server.url).player;
  expect(await stranger.ask('join', { code, nick: 'Ann' })).toEqual({ ok: false, why: 'lesson' });
  expect(await stranger.ask('watch', { code })).toEqual({ ok: false, why: 'no-spectators' });
  expect(await stranger.ask('join', { code: pupilView(pupils[0]!).code, nick: 'Ann' })).toEqual({
    ok: false,
    why: 'lesson',
  });
});

test('strangers with the code alone do not come in, and a name must be one that was offered', async () => {
  const host = await teacher(server.url);
  const { code, pattern } = teacherView(host);
  const { lesson, player } = visitor(server.url);
  await until(() => player.socket.connected, 'a connection');
  const wrong = pattern.pictures.map((each) => (each + 1) % 12);
  expect(await lesson.knock(code, wrong)).toEqual({ ok: false, why: 'wrong-pattern' });
  expect(await player.client.link.request('attend', { code, name: 'Ann' })).toEqual({
    ok: false,
    why: 'wrong-pattern',
  });
  const answer = await lesson.knock(code, pattern.pictures);
  expect(answer.ok && answer.names.length).toBe(3);
  expect(await player.client.link.request('attend', { code, name: 'Ann' })).toEqual({
    ok: false,
    why: 'wrong-pattern',
  });
});

test('a pause stops pens and clocks, and nothing is lost by it', async () => {
  const { host, pupils } = await racing(4, { seconds: 20 });
  const all = players(pupils);
  stroke(all[0]!, [10, 10, 90, 90]);
  await agreement(all);
  const before = drawing(all[0]!);
  await host.lesson.conduct({ do: 'pause', on: true });
  await until(() => all.every(({ room }) => room!.paused !== undefined), 'the pause');
  expect(teacherView(host).paused && pupilView(pupils[1]!).paused).toBe(true);
  const refused = await all[0]!.ask(
    'chunk',
    packChunk({ round: before.round, rev: 0, stroke: 1, from: 0, points: [1, 1, 2, 2] }),
  );
  expect(refused).toEqual({ ok: false, why: 'wrong-phase' });
  await pause(700);
  await host.lesson.conduct({ do: 'pause', on: false });
  await until(() => all.every(({ room }) => room!.paused === undefined), 'the end of the pause');
  const after = drawing(all[0]!);
  const late = after.ends - before.ends;
  expect([late >= 650 && late < 5000, after.started - before.started]).toEqual([true, late]);
  stroke(all[0]!, [20, 20, 50, 90]);
  await agreement(all);
  expect(strokes(all[1]!, all[0]!.id!).length).toBe(2);
});

test('the teacher sees every drawing of all rooms on one connection', async () => {
  const { host, pupils } = await racing(8);
  const rounds = new Map<string, number>();
  const drawn = new Set<string>();
  host.player.socket.on('room', ({ code, version }) => void rounds.set(code, version));
  host.player.socket.on('live', (frame) => void unpackFrame(frame).chunks.map(({ player }) => drawn.add(player)));
  expect(await host.lesson.oversee()).toEqual({ ok: true });
  expect([...rounds.keys()].sort()).toEqual([...teacherView(host).rooms].sort());
  for (const each of players(pupils)) stroke(each, [10, 10, 90, 90]);
  await until(() => drawn.size === 8, 'all drawings');
});

test('next goes on to the next word in all rooms, and finish to the podium', async () => {
  const { host, pupils } = await racing(8, { rounds: 3 });
  const all = players(pupils);
  // One room looks already: it waits for the other.
  const [first] = teacherView(host).rooms;
  await server.store.update(first!, (game) => step(game, { type: 'next', to: 'reveal' }, Date.now()));
  await until(() => all.some(({ room }) => room!.phase.name === 'reveal'), 'the first reveal');
  await host.lesson.conduct({ do: 'next' });
  await Promise.all(all.map((player) => phase(player, 'reveal')));
  const number = ({ room }: Player) => (room!.phase as { number?: number }).number;
  expect(all.map(number)).toEqual(all.map(() => 1));
  await host.lesson.conduct({ do: 'next' });
  await until(() => all.every((player) => number(player) === 2), 'round 2');
  await Promise.all(all.map((player) => phase(player, 'drawing')));
  await host.lesson.conduct({ do: 'finish' });
  const podiums = await Promise.all(all.map((player) => phase(player, 'podium')));
  expect(podiums.map(({ results }) => results.length)).toEqual(all.map(() => 2));
  await host.lesson.conduct({ do: 'start' });
  await Promise.all(all.map((player) => phase(player, 'drawing')));
});

test('dealt anew, all sit in other rooms, and the old ones are gone', async () => {
  const { host, pupils } = await racing(8);
  const before = teacherView(host).rooms;
  await host.lesson.conduct({ do: 'deal' });
  await until(() => pupils.every((each) => !before.includes(pupilView(each).room!)), 'new rooms');
  await seated(pupils);
  expect(await Promise.all(before.map((code) => server.store.read(code)))).toEqual([null, null]);
  for (const { player } of pupils) expect(player.room!.phase.name).toBe('lobby');
});

test('a pupil who comes late sits with the others at once', async () => {
  const { host, pupils } = await racing(4);
  const late = await pupil(server.url, host);
  await seated([late]);
  expect(pupilView(late).room).toBe(pupilView(pupils[0]!).room);
});

test('a pupil whose connection is lost, or who reloads, is back in their room', async () => {
  const { host, pupils } = await racing(4);
  const [one] = pupils;
  const { id, room } = pupilView(one!);
  one!.player.client.link.reconnect();
  await until(() => !teacherView(host).pupils.find((each) => each.id === id)!.here, 'the loss');
  await until(() => teacherView(host).pupils.find((each) => each.id === id)!.here, 'the return');
  await seated([one!]);
  expect(pupilView(one!)).toMatchObject({ id, room });
  stroke(one!.player, [10, 10, 90, 90]);
  await agreement(players(pupils));
});

test('on a device that forgot, a place is given back once the teacher says yes', async () => {
  const { host, pupils } = await racing(4);
  const [one] = pupils;
  const { id, code, name } = pupilView(one!);
  one!.player.close();
  await until(() => !teacherView(host).pupils.find((each) => each.id === id)!.here, 'the loss');
  const other = visitor(server.url);
  await until(() => other.player.socket.connected, 'a connection');
  const answer = await other.lesson.knock(code, teacherView(host).pattern.pictures);
  expect(answer).toMatchObject({ ok: true, away: [{ id, name }] });
  other.lesson.reclaim(code, id);
  await until(() => teacherView(host).asking.length === 1, 'the request');
  await until(() => other.lesson.state().at === 'asking', 'the answer');
  await host.lesson.conduct({ do: 'answer', id: teacherView(host).asking[0]!.id, yes: true });
  await seated([other]);
  expect(pupilView(other)).toMatchObject({ id, name });
  expect(other.lesson.roleIn(code)).toBe('pupil');
});

test('a connection is one pupil, however often it asks at once', async () => {
  const host = await teacher(server.url);
  const { code, pattern } = teacherView(host);
  const { lesson, player } = visitor(server.url);
  await until(() => player.socket.connected, 'a connection');
  const offered = await lesson.knock(code, pattern.pictures);
  const names = offered.ok ? offered.names : [];
  const answers = await Promise.all(names.map((name) => player.client.link.request('attend', { code, name })));
  expect(answers.filter(({ ok }) => ok).length).toBe(1);
  await until(() => teacherView(host).pupils.length === 1, 'the pupil');
  player.close();
  await until(() => teacherView(host).pupils.every(({ here }) => !here), 'the loss');
});

test('a pupil who is back before the teacher answers keeps their place', async () => {
  const { host, pupils } = await racing(4);
  const [one] = pupils;
  const { id, code } = pupilView(one!);
  const isHere = () => teacherView(host).pupils.find((each) => each.id === id)!.here;
  one!.player.socket.io.reconnection(false);
  one!.player.socket.io.engine.close();
  await until(() => !isHere(), 'the loss');
  const other = visitor(server.url);
  await until(() => other.player.socket.connected, 'a connection');
  await other.lesson.knock(code, teacherView(host).pattern.pictures);
  other.lesson.reclaim(code, id);
  await until(() => teacherView(host).asking.length === 1, 'the request');
  one!.player.socket.connect();
  await until(isHere, 'the return');
  await host.lesson.conduct({ do: 'answer', id: teacherView(host).asking[0]!.id, yes: true });
  await until(() => other.lesson.state().at === 'outside', 'the refusal');
  expect(other.lesson.state()).toMatchObject({ dismissed: 'refused' });
  await seated([one!]);
});

test('however often it is dealt at once, and even as it ends, no room is left over', async () => {
  const { host, pupils } = await racing(8);
  const rooms = new Set<string>();
  host.player.socket.on('lesson', (view) => {
    if (view.as === 'teacher') for (const code of view.rooms) rooms.add(code);
  });
  const left = async () =>
    (await Promise.all([...rooms].map((code) => server.store.read(code)))).filter(Boolean).length;
  await Promise.all([1, 2, 3].map(() => host.lesson.conduct({ do: 'deal' })));
  await seated(pupils);
  expect(rooms.size).toBe(6);
  await expect.poll(left).toBe(2);
  await Promise.all([host.lesson.conduct({ do: 'deal' }), host.lesson.conduct({ do: 'end' })]);
  await until(() => pupils.every(({ lesson }) => lesson.state().at === 'outside'), 'the end');
  await pause(300);
  expect(rooms.size).toBe(8);
  expect(await left()).toBe(0);
});

test('a room that closed while all were away begins above what it had, so nothing of then passes for one of now', async () => {
  const { host, pupils } = await racing(4);
  const [code] = teacherView(host).rooms as [string];
  const before = drawing(players(pupils)[0]!).round;
  const { version } = (await server.store.read(code))!;
  for (const { lesson } of pupils) lesson.detach();
  await until(() => teacherView(host).pupils.every(({ here }) => !here), 'all to be away');
  await server.store.update(code, (game) => ({ ...game, version: game.version + 1, phase: { name: 'closed' } }));
  await pause(1000);
  for (const { lesson } of pupils) lesson.comeBack(teacherView(host).code);
  await seated(pupils);
  expect((await server.store.read(code))!.version).toBeGreaterThan(version);
  await host.lesson.conduct({ do: 'start' });
  await Promise.all(players(pupils).map((player) => phase(player, 'drawing')));
  expect(drawing(players(pupils)[0]!).round).toBeGreaterThan(before);
  expect(drawing(players(pupils)[0]!)).toMatchObject({ number: 1 });
});

test('a removed pupil is out of class and room', async () => {
  const { host, pupils } = await racing(5);
  const { id } = pupilView(pupils[0]!);
  await host.lesson.conduct({ do: 'remove', pupil: id });
  await until(() => pupils[0]!.lesson.state().at === 'outside', 'the removal');
  expect(pupils[0]!.lesson.state()).toMatchObject({ dismissed: 'removed' });
  await until(() => pupils[1]!.player.room!.players.every((each) => each.id !== id), 'the seat to be free');
  expect(teacherView(host).pupils.length).toBe(4);
});

test('after its end nothing of it is left, and everybody is told', async () => {
  const { host, pupils } = await racing(4);
  for (const each of players(pupils)) stroke(each, [10, 10, 90, 90]);
  await agreement(players(pupils));
  const { code, rooms } = teacherView(host);
  const { round } = drawing(players(pupils)[0]!);
  await expect.poll(async () => (await server.store.readInk(rooms[0]!, round)).size).toBe(4);
  expect(await host.lesson.conduct({ do: 'end' })).toEqual({ ok: true });
  await until(() => [host, ...pupils].every(({ lesson }) => lesson.state().at === 'outside'), 'the end');
  for (const { lesson } of pupils) expect(lesson.state()).toMatchObject({ dismissed: 'ended' });
  expect(await server.backend.lessons.read(code)).toBeNull();
  for (const room of rooms) {
    expect(await server.store.read(room)).toBeNull();
    expect((await server.store.readInk(room, round)).size).toBe(0);
  }
  expect(host.lesson.roleIn(code)).toBeUndefined();
  expect(server.app.io.sockets.adapter.rooms.has(rooms[0]!)).toBe(false);
});

test('who picks another name, or leaves, takes no place', async () => {
  const host = await teacher(server.url);
  const one = await pupil(server.url, host);
  one.lesson.depart();
  await until(() => teacherView(host).pupils.length === 0, 'the place to be free');
  // A closed lid is another matter.
  const two = await pupil(server.url, host);
  two.lesson.detach();
  await until(() => !teacherView(host).pupils[0]!.here, 'the pupil to be away');
  expect(teacherView(host).pupils).toHaveLength(1);
});
