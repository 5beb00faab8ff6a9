/** Who gets into the rooms of a process, and out of them. */
import { afterEach, expect, test } from 'vitest';
import { chunk, endRaces, race, wait } from '../support/rooms.ts';
import { QUICK } from '../support/server.ts';

afterEach(endRaces);

test('a process opens no more rooms than its limit', async () => {
  const { rooms } = await race(1);
  expect(await rooms.create('x1', 'x', {})).toMatchObject({ ok: true });
  expect(await rooms.create('x2', 'x', {})).toEqual({ ok: false, why: 'server-full' });
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

test('a room that its last player leaves after drawing is closed for good, and not forgotten in the store', async () => {
  const { rooms, players, store, code, looks, until } = await race(1, { ...QUICK, empty: 100 });
  rooms.draw(players[0]!, chunk(0));
  await until(() => looks.length > 0);
  for (const look of looks.splice(0)) look('cat', 0.3);
  await wait(200);
  await rooms.exit(players[0]!, 'left');
  await wait(300);
  expect(await store.read(code)).toBeNull();
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

test('whoever takes the only seat over comes into an open room, however soon the one before them is out', async () => {
  const { rooms, players, store, code, looks } = await race(1);
  const [{ player }] = players as [(typeof players)[0]];
  const { token } = (await store.read(code))!.seats[0]!;
  const { update } = store;
  expect(rooms.draw(players[0]!, chunk(0))).toBeNull();
  for (let ticks = 0; ticks < 20; ticks++) {
    await wait(20);
    for (const look of looks.splice(0)) look('cat', 0.1);
    await wait(1);
    store.update = async (...change) => {
      const game = await update(...change);
      for (let i = 0; i < ticks; i++) await undefined;
      return game;
    };
    const socket = `t${ticks}`;
    expect(await rooms.comeBack(socket, code, token)).toMatchObject({ ok: true });
    expect(rooms.has({ code, player, socket }), `${ticks} ticks`).toBe(true);
  }
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
