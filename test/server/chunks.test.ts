/** The short way of chunks past Socket.IO, and of frames to the sockets: what is sent in one piece, what is large, and who polls. */
import { afterEach, expect, test } from 'vitest';
import type { RoomView } from '../../shared/protocol.ts';
import { packChunk } from '../../shared/wire.ts';
import { type Attacker, attack, endAttacks } from '../support/attacker.ts';
import { closeAll, strokes, until, watch } from '../support/player.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
afterEach(endAttacks);
afterEach(closeAll);

/** Messages as the bytes of whole WebSocket frames, under a mask of zeros. */
function frames(...messages: string[]): Buffer {
  return Buffer.concat(
    messages.map((text) => {
      const long = text.length >= 126;
      const head = Buffer.from([0x81, 0x80 | (long ? 126 : text.length), ...(long ? [0, 0] : []), 0, 0, 0, 0]);
      if (long) head.writeUInt16BE(text.length, 2);
      return Buffer.concat([head, Buffer.from(text)]);
    }),
  );
}
const event = (name: string, payload: unknown) => `42${JSON.stringify([name, payload])}`;

/** Somebody alone in a room, in the middle of a round. */
async function racer() {
  const drawer = await attack(server.url);
  const answer = await drawer.ask('create', { nick: 'Ann', settings: { rounds: 1, seconds: 60 } });
  const { code, player, token } = answer as unknown as Record<'code' | 'player' | 'token', string>;
  await drawer.ask('start');
  const round = await roundOf(drawer);
  return { drawer, code, player, token, round };
}

async function roundOf(drawer: Attacker): Promise<number> {
  const phase = () => drawer.newest<RoomView>('room')?.phase;
  await expect.poll(() => phase()?.name).toBe('drawing');
  return (phase() as { round: number }).round;
}

test('chunks, undo and clear that arrive in one piece keep their order', async () => {
  const { drawer, code, player, round } = await racer();
  const chunk = (rev: number, stroke: number, from: number, at: number) =>
    event('chunk', packChunk({ round, rev, stroke, from, points: [at, at, at + 9, at + 9] }));
  drawer.bytes(
    frames(
      chunk(0, 0, 0, 10),
      chunk(0, 1, 2, 20),
      event('undo', { round, rev: 0 }),
      chunk(1, 1, 2, 30),
      event('clear', { round, rev: 1 }),
      chunk(2, 0, 0, 40),
      chunk(2, 1, 2, 50),
      event('undo', { round, rev: 2 }),
    ),
  );
  const viewer = await watch(server.url, code);
  await until(() => strokes(viewer, player).length === 1, 'the drawing');
  expect(strokes(viewer, player)).toEqual([[40, 40, 49, 49]]);
  expect(drawer.newest('refused')).toBeUndefined();
});

test('a chunk right behind the command that brings back to the seat waits for it', async () => {
  const { drawer, code, player, token, round } = await racer();
  drawer.close();
  const again = await attack(server.url);
  again.bytes(
    frames(
      event('join', { code, token }),
      event('chunk', packChunk({ round, rev: 0, stroke: 0, from: 0, points: [1, 2, 3, 4] })),
    ),
  );
  const viewer = await watch(server.url, code);
  await until(() => strokes(viewer, player).length === 1, 'the drawing');
  expect(again.newest('refused')).toBeUndefined();
});

test('a chunk is answered if it asks for that, and otherwise refused by an event', async () => {
  const { drawer, round } = await racer();
  const misplaced = packChunk({ round, rev: 7, stroke: 0, from: 0, points: [1, 2] });
  expect(await drawer.ask('chunk', misplaced)).toEqual({ ok: false, why: 'misplaced' });
  expect(drawer.newest('refused')).toBeUndefined();
  drawer.emit('chunk', misplaced);
  await expect.poll(() => drawer.newest('refused')).toBe('misplaced');
  drawer.raw('42["chunk","é"]');
  await expect.poll(() => drawer.newest('refused')).toBe('malformed');
});

test('frames reach everybody, over WebSocket and polling', async () => {
  const { drawer, code, player, round } = await racer();
  const viewers = [await watch(server.url, code), await watch(server.url, code, {}, 'polling')];
  let from = 0;
  for (const [stroke, count] of [1, 12, 40, 240].entries()) {
    const points = Array.from({ length: count }, (_, i) => [i * 8, (i % 3) * 600]).flat();
    drawer.emit('chunk', packChunk({ round, rev: 0, stroke, from, points }));
    from += count;
    for (const viewer of viewers) await until(() => strokes(viewer, player).length === stroke + 1, `${count} points`);
  }
  expect(strokes(viewers[0]!, player)).toEqual(strokes(viewers[1]!, player));
});
