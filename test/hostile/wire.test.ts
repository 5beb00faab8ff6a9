/** Below the protocol: upgrades, resets, closing connections, and plain HTTP, against a real process. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { attack, endAttacks } from '../support/attacker.ts';
import { known } from '../support/model.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess } from '../support/processes.ts';
import { hasRedis, startRedis } from '../support/redis.ts';
import { packChunk } from '../../shared/wire.ts';

let server: Process;
beforeAll(async () => {
  server = await startProcess({ ...known, TRUSTED_HOPS: '1' });
}, 60_000);
afterEach(endAttacks);
afterAll(() => endAll([server]));

let nextAddress = 1;
const newAddress = () => ({ 'x-forwarded-for': `203.0.113.${nextAddress++}` });
/** All labels of the metric together, or those that are named. */
async function metric(name: string): Promise<number> {
  const lines = (await server.metrics()).split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** A TCP connection that sends the request. */
async function requested(lines: string[]) {
  const socket = connectTcp(server.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return socket;
}
const closed = (socket: Socket) => new Promise((done) => (socket.closed ? done(null) : socket.once('close', done)));
const UPGRADE = ['Host: x', 'Upgrade: websocket', 'Connection: Upgrade'];
const HANDSHAKE = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];

test.each([
  ['an upgrade elsewhere', ['GET /elsewhere HTTP/1.1', ...UPGRADE]],
  ['an upgrade without its headers', ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', ...UPGRADE]],
  ['a whole handshake', ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', ...UPGRADE, ...HANDSHAKE]],
  ['an unknown protocol', ['GET / HTTP/1.1', 'Host: x', 'Upgrade: h2c', 'Connection: Upgrade']],
  ['a tunnel', ['CONNECT x:1 HTTP/1.1', 'Host: x']],
  ['a page', ['GET / HTTP/1.1', 'Host: x']],
])('a connection that is reset in %s ends nothing else', async (_, lines) => {
  for (const ms of [0, 1, 5, 50]) {
    const socket = await requested(lines);
    await pause(ms);
    socket.resetAndDestroy();
  }
  await pause(100);
  expect((await fetch(`${server.url}/healthz`)).ok).toBe(true);
  expect(server.output()).not.toContain('ECONNRESET');
});

test('an upgrade elsewhere is answered, and ends at once', async () => {
  const socket = await requested(['GET /elsewhere HTTP/1.1', ...UPGRADE]);
  let answer = '';
  socket.on('data', (text) => {
    answer += text;
  });
  await closed(socket);
  // Without an answer, a proxy would take the process for broken.
  expect(answer).toMatch(/^HTTP\/1.1 404 /);
});

test('a connection gets no second WebSocket', async () => {
  const attacker = await attack(server.url, { headers: newAddress() });
  expect(attacker.sid).not.toBe('');
  const second = await attack(server.url, { bare: true, query: `&sid=${attacker.sid}`, headers: newAddress() });
  expect(second.isOpen()).toBe(false);
  expect(await attacker.ask('ping')).toEqual({ ok: true });
});

test('a connection that was asked to close ends within seconds, and is cut if it floods', async () => {
  const socket = await requested([
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    ...UPGRADE,
    ...HANDSHAKE,
    'X-Forwarded-For: 203.0.113.250',
  ]);
  await once(socket, 'data');
  // Masked by zeros: CONNECT, DISCONNECT; the server's close frame stays without an answer.
  const frame = (text: string) => Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);
  socket.write(frame('40'));
  await pause(100);
  const cuts = await metric('doodle_connections_cut_total');
  socket.write(Buffer.concat([frame('41'), ...Array(600).fill(frame('3'))]));
  const begun = performance.now();
  socket.resume();
  await closed(socket);
  expect(performance.now() - begun).toBeLessThan(3000);
  await expect.poll(async () => (await metric('doodle_connections_cut_total')) - (cuts || 0)).toBeGreaterThan(0);
});

test.skipIf(!hasRedis)(
  'few commands wait while somebody enters, however long that takes',
  async () => {
    const redis = await startRedis();
    const other = await startProcess({ ...known, REDIS_URL: redis.url });
    try {
      const attacker = await attack(other.url);
      await attacker.ask('ping');
      const before = attacker.received('42');
      redis.freeze();
      attacker.emit('watch', { code: 'AAAAA' });
      for (let i = 0; i < 100; i++)
        attacker.emit('chunk', packChunk({ round: 1, rev: 0, stroke: 0, from: 0, points: [1, 1] }));
      for (let i = 0; i < 60; i++) attacker.emit('clear', { round: 1, rev: 0 });
      await expect.poll(() => attacker.received('42') - before, { timeout: 1000 }).toBe(60);
      redis.thaw();
      // Then those that waited are answered: nobody is in a room.
      await expect.poll(() => attacker.received('42') - before).toBe(161);
    } finally {
      await endAll([other]);
      await redis.close();
    }
  },
  60_000,
);

test.skipIf(!hasRedis)(
  'somebody who leaves while entering holds no seat, even if the link is lost before that',
  async () => {
    const redis = await startRedis();
    const other = await startProcess({ ...known, REDIS_URL: redis.url });
    try {
      const host = await attack(other.url);
      const room = await host.ask('create', { nick: 'host' });
      if (!room?.ok) throw new Error('no room');
      const { code } = room;
      const guest = await attack(other.url);
      await guest.ask('ping');
      const version = async (): Promise<number> =>
        JSON.parse(await redis.cli('hget', `dd:{${code}}:game`, 'game')).version;
      const before = await version();
      const seats = () => host.newest<{ players: unknown[] }>('room')!.players.length;
      redis.freeze();
      guest.emit('join', { code, nick: 'guest' });
      guest.emit('leave', {});
      await pause(300);
      guest.close();
      await pause(300);
      redis.thaw();
      // It came in, and went out.
      await expect.poll(async () => (await version()) - before).toBe(2);
      await expect.poll(seats).toBe(1);
    } finally {
      await endAll([other]);
      await redis.close();
    }
  },
  60_000,
);

test('an address that asks for pages without end is answered no more for a while, and nobody else is', async () => {
  const headers = newAddress();
  const statuses = new Map<number, number>();
  for (let i = 0; i < 200 && !statuses.has(429); i++)
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const { status } = await fetch(`${server.url}/api/handshake`, { headers });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
    );
  expect([...statuses.keys()].sort()).toEqual([200, 429]);
  expect(statuses.get(200)).toBeGreaterThanOrEqual(3000);
  expect((await fetch(`${server.url}/api/handshake`, { headers: newAddress() })).status).toBe(200);
  expect(await metric('doodle_connections_cut_total{why="requests"}')).toBeGreaterThan(0);
}, 60_000);

test('requests that are sent before the answer to the first end the connection, and take no memory', async () => {
  const before = await metric('process_resident_memory_bytes');
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () => requested(['GET /api/handshake HTTP/1.1', 'Host: x'])),
  );
  const many = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50_000);
  await Promise.all(
    sockets.map(async (socket) => {
      socket.resume();
      socket.write(many);
      await closed(socket);
    }),
  );
  expect((await metric('process_resident_memory_bytes')) - before).toBeLessThan(150 * 1024 * 1024);
});
