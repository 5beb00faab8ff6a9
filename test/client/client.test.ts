/** Two clients in one process race each other on a real server, and share nothing. */
import { afterEach, expect, test } from 'vitest';
import { type Client, createClient } from '../../client/client.ts';
import { openSocket } from '../../client/net/link.ts';
import { decidingStroke } from '../../client/net/match-history.ts';
import { newStorage } from '../../client/net/memory.ts';
import { step } from '../../server/game/step.ts';
import type { InkMoment } from '../../shared/protocol.ts';
import { QUICK, useServer } from '../support/server.ts';

const server = useServer({ pace: { ...QUICK, hold: 60_000 } });

const clients: Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function open(storage = newStorage()): Client {
  const client = createClient({ socket: openSocket(server.url), storage });
  clients.push(client);
  return client;
}

/** A room of two, in the middle of a round. */
async function race(): Promise<[ann: Client, bob: Client]> {
  const [ann, bob] = [open(), open()];
  ann.session.create('Ann', { settings: { rounds: 2, seconds: 60 } });
  await expect.poll(() => ann.session.state().at).toBe('inside');
  bob.session.join(ann.room.inside()!.view.code, 'Bob');
  await expect.poll(() => bob.session.state().at).toBe('inside');
  expect(await ann.session.start()).toBe(true);
  for (const client of [ann, bob])
    await expect.poll(() => client.room.inside()!.view.phase.name, { interval: 20 }).toBe('drawing');
  return [ann, bob];
}

function line({ input: { pen } }: Client, y: number): void {
  pen.down(100, y);
  pen.move(900, y);
  pen.up();
}

async function recognize(client: Client, ink: InkMoment): Promise<void> {
  const { code, phase } = client.room.inside()!.view;
  const { round, prompt } = phase as typeof phase & { name: 'drawing' };
  await server.store.update(code, (game) =>
    step(game, { type: 'recognized', id: me(client), round, at: 500, word: prompt, probability: 0.9, ink }, Date.now()),
  );
}

const me = (client: Client): string => client.room.inside()!.me!;

test('each draws on its own board and sees the other’s', async () => {
  const [ann, bob] = await race();
  expect(me(ann)).not.toBe(me(bob));
  line(ann, 100);
  line(bob, 200);
  line(bob, 300);
  await expect.poll(() => ann.room.strokes(me(bob)).length).toBe(2);
  await expect.poll(() => bob.room.strokes(me(ann)).length).toBe(1);
  expect(ann.room.strokes(me(ann))).toEqual([[100, 100, 900, 100]]);
  expect(ann.room.strokes(me(bob))).toEqual(bob.room.strokes(me(bob)));
  bob.input.erase('undo');
  await expect.poll(() => ann.room.strokes(me(bob)).length).toBe(1);
  expect(ann.room.strokes(me(ann))).toHaveLength(1);
});

test('a lost link, a refusal and a seat affect only their own client', async () => {
  const [ann, bob] = await race();
  expect(await bob.session.kick(me(ann))).toBe(false);
  expect(bob.notices.latest()?.kind).toBe('not-host');
  expect(ann.notices.latest()).toBeUndefined();

  bob.link.socket.io.engine.close();
  await expect.poll(() => bob.link.state(), { interval: 5 }).toBe('down');
  line(bob, 400);
  expect(ann.link.state()).toBe('up');
  await expect.poll(() => ann.room.strokes(me(bob)).length).toBe(1);
  expect(bob.link.state()).toBe('up');

  const { code } = ann.room.inside()!.view;
  expect(ann.memory.seat(code)).not.toBe(bob.memory.seat(code));
  bob.session.leave();
  expect(bob.session.state()).toEqual({ at: 'outside' });
  expect(bob.memory.seat(code)).toBeUndefined();
  await expect.poll(() => ann.room.inside()?.view.players.map(({ nick }) => nick)).toEqual(['Ann']);
  expect(ann.memory.seat(code)).toBeDefined();
});

test('a client on the same storage takes over the seat with its ink; the first client can take it back', async () => {
  const storage = newStorage();
  const ann = open(storage);
  ann.session.create('Ann', { settings: { rounds: 1, seconds: 60 } });
  await expect.poll(() => ann.session.state().at).toBe('inside');
  await ann.session.start();
  await expect.poll(() => ann.room.inside()!.view.phase.name, { interval: 20 }).toBe('drawing');
  line(ann, 100);
  const { code } = ann.room.inside()!.view;

  const tab = open(storage);
  expect(tab.session.hasSeat(code)).toBe(true);
  tab.session.join(code, tab.session.nick());
  await expect.poll(() => tab.room.inside() && tab.room.strokes(me(tab))).toEqual([[100, 100, 900, 100]]);
  await expect.poll(() => ann.session.state()).toEqual({ at: 'gone', why: 'replaced', code });
  ann.session.takeBack();
  await expect.poll(() => ann.room.inside() && ann.room.strokes(me(ann)).length).toBe(1);
  await expect.poll(() => tab.session.state().at).toBe('gone');
});

test('once recognized, undo goes back to the recognized strokes and no further, and clear does nothing', async () => {
  const [ann, bob] = await race();
  line(ann, 100);
  line(ann, 200);
  const ink = { rev: 0, strokes: 2, points: 2 };
  await recognize(ann, ink);
  const recognized = () => (ann.room.inside()!.view.phase as { recognized?: unknown[] }).recognized?.length;
  await expect.poll(recognized).toBe(1);
  expect(ann.input.mayErase('undo')).toBe(false);
  line(ann, 300);
  await expect.poll(() => bob.room.strokes(me(ann)).length).toBe(3);
  expect([ann.input.mayErase('undo'), ann.input.mayErase('clear')]).toEqual([true, false]);
  ann.input.erase('undo');
  ann.input.erase('undo');
  ann.input.erase('clear');
  // Nor does a palm take a recognized stroke with it.
  ann.input.pen.down(100, 400);
  ann.input.pen.cancel();
  expect(ann.room.strokes(me(ann)).map(([, y]) => y)).toEqual([100, 200]);
  await expect.poll(() => bob.room.strokes(me(ann)).map(([, y]) => y)).toEqual([100, 200]);
  // The undo of what came later leaves the stroke that did it marked.
  for (const client of [ann, bob])
    expect(decidingStroke(client.room.history().at(-1)!, me(ann), ink)).toEqual([100, 200, 900, 200]);
  line(bob, 100);
  bob.input.erase('clear');
  expect(bob.room.strokes(me(bob))).toEqual([]);
});

test('a clear that was pressed before the verdict arrived takes no recognized stroke, on any page', async () => {
  const [ann, bob] = await race();
  line(ann, 100);
  line(ann, 200);
  await expect.poll(() => bob.room.strokes(me(ann)).length).toBe(2);
  const ink = { rev: 0, strokes: 2, points: 2 };
  await recognize(ann, ink);
  // The page does not know yet.
  expect(ann.input.mayErase('clear')).toBe(true);
  ann.input.erase('clear');
  line(ann, 300);
  for (const client of [ann, bob]) {
    await expect.poll(() => client.room.strokes(me(ann)).map(([, y]) => y)).toEqual([100, 200, 300]);
    expect(decidingStroke(client.room.history().at(-1)!, me(ann), ink)).toEqual([100, 200, 900, 200]);
  }
});
