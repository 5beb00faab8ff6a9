/** Long polling: its requests are one connection, of one visitor, whatever they are made to look like; against a real process. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RoomView } from '../../shared/protocol.ts';
import { packChunk } from '../../shared/wire.ts';
import type { Attacker } from '../support/attacker.ts';
import { attack, attackBy, endAttacks } from '../support/attacker.ts';
import { known } from '../support/model.ts';
import { create } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess } from '../support/processes.ts';

let server: Process;
beforeAll(async () => {
  server = await startProcess({ ...known, TRUSTED_HOPS: '1' });
}, 60_000);
afterEach(endAttacks);
afterAll(() => endAll([server]));

let nextAddress = 1;
const newAddress = () => ({ 'x-forwarded-for': `203.0.113.${nextAddress++}` });
const metric = async (line: string) =>
  Number(
    (await server.metrics())
      .split('\n')
      .find((each) => each.startsWith(line))
      ?.split(' ')
      .at(-1) ?? 0,
  );
const cuts = (why: string) => metric(`doodle_connections_cut_total{why="${why}"}`);

const address = (rest = '') => `${server.url}/socket.io/?EIO=4&transport=polling${rest}`;
const asked = async (rest: string, headers: Record<string, string> = {}, body?: string) => {
  const response = await fetch(address(rest), { headers, ...(body !== undefined && { method: 'POST', body }) });
  return { status: response.status, text: await response.text(), headers: response.headers };
};
const lives = async (attacker: Attacker) => expect(await attacker.ask('ping')).toEqual({ ok: true });

/** A session whose requests the test sends itself. */
async function opened(headers: Record<string, string>) {
  const { text } = await asked('', headers);
  const { sid, upgrades } = JSON.parse(text.slice(1)) as { sid: string; upgrades: string[] };
  return { upgrades, ask: (body?: string, more = {}) => asked(`&sid=${sid}`, { ...headers, ...more }, body), sid };
}

describe('a session', () => {
  test.each([
    ['another site', '', { origin: 'https://evil.example' }],
    ['another site that sends no origin', '', { 'sec-fetch-site': 'cross-site' }],
    ['a script of another site', '&j=0', {}],
  ])('is not opened for %s, and no other site may read the answer', async (_, rest, headers) => {
    const refused = await asked(rest, { ...headers, ...newAddress() });
    expect([refused.status, refused.text]).toEqual([400, expect.not.stringContaining('sid')]);
    expect(refused.headers.get('access-control-allow-origin')).toBe(null);
  });

  test('does nothing for another address, another visitor or another site that knows its id', async () => {
    const page = await fetch(server.url);
    const cookie = page.headers.get('set-cookie')!.split(';')[0]!;
    const headers = { ...newAddress(), cookie };
    const mine = await attack(server.url, { transport: 'polling', headers });
    for (const foreign of [
      { ...headers, ...newAddress() },
      { ...headers, cookie: '' },
      { ...headers, origin: 'https://evil.example' },
    ]) {
      expect((await asked(`&sid=${mine.sid}`, foreign, '1')).status).toBe(400);
      expect((await asked(`&sid=${mine.sid}`, foreign)).status).toBe(400);
    }
    await lives(mine);
  });

  test('is not upgraded', async () => {
    const headers = newAddress();
    expect((await opened(headers)).upgrades).toEqual([]);
    const mine = await attack(server.url, { transport: 'polling', headers });
    for (const transport of ['websocket', 'polling']) {
      const url = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=${transport}&sid=${mine.sid}`;
      const second = new WebSocket(url, { headers });
      expect(await once(second, 'error').then(([error]) => String(error))).toContain('400');
    }
    await lives(mine);
  });

  test('of a WebSocket takes no requests', async () => {
    const headers = newAddress();
    const mine = await attack(server.url, { headers });
    for (const transport of ['websocket', 'polling']) {
      const url = `${server.url}/socket.io/?EIO=4&transport=${transport}&sid=${mine.sid}`;
      expect((await fetch(url, { headers })).status).toBe(400);
    }
    await lives(mine);
  });

  test.each([
    ['a payload of thousands of packets', 'messages', Array(3000).fill('3').join('\x1e'), 'POST'],
    ['an event for another namespace after a sound packet', 'protocol', '3\x1e42/x,["ping",{}]', 'POST'],
    ['a payload that is too large', 'protocol', `42["chat",{"text":"${'x'.repeat(9000)}"}]`, 'POST'],
    ['requests that are none', 'protocol', '', 'DELETE'],
  ])('that sends %s is cut', async (_, why, body, method) => {
    const before = await cuts(why);
    const headers = newAddress();
    const { sid, ask } = await opened(headers);
    await ask('40');
    await ask();
    const parked = ask().catch(() => ({ status: 0 }));
    await fetch(address(`&sid=${sid}`), { method, headers, body }).catch(() => {});
    await parked;
    expect((await ask('3')).status).toBe(400);
    expect(await cuts(why)).toBe(before + 1);
  });

  test('that does not say how long its payload is, is cut before it has sent it', async () => {
    const before = await cuts('protocol');
    const { sid } = await opened({ 'x-forwarded-for': '203.0.113.250' });
    const socket = connectTcp(server.port, '127.0.0.1');
    socket.on('error', () => {});
    const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.250\r\n`);
    socket.write('Transfer-Encoding: chunked\r\n\r\n1\r\n3\r\n');
    await once(socket, 'close');
    expect(await cuts('protocol')).toBe(before + 1);
  });

  test.each([
    ['two GETs', undefined],
    ['two POSTs', '3'],
  ])('ends with %s at once', async (_, body) => {
    const { ask, sid } = await opened({ 'x-forwarded-for': '203.0.113.251' });
    if (body === undefined) {
      const first = ask();
      await pause(200);
      expect((await ask()).status).toBe(400);
      await first;
    } else {
      // The first never ends.
      const socket = connectTcp(server.port, '127.0.0.1');
      socket.on('error', () => {});
      const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`;
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.251\r\nContent-Length: 99\r\n\r\n4`);
      await pause(200);
      expect((await ask(body)).status).toBe(400);
      socket.destroy();
    }
    expect((await ask('3')).status).toBe(400);
  });

  test('that says goodbye is gone, and one whose request breaks off, too', async () => {
    const before = await metric('doodle_sockets ');
    const { ask } = await opened(newAddress());
    const other = await attack(server.url, { transport: 'polling', headers: newAddress() });
    await expect.poll(() => metric('doodle_sockets ')).toBe(before + 2);
    await ask('1');
    other.close();
    await expect.poll(() => metric('doodle_sockets ')).toBe(before);
  });

  test('that answers pings but fetches nothing is cut', async () => {
    const before = await cuts('slow');
    const reader = await attack(server.url, { transport: 'polling', headers: newAddress() });
    await reader.ask('create', { nick: 'a', settings: { seats: 1, seconds: 120, rounds: 1 } });
    reader.emit('start');
    await expect.poll(() => reader.newest<RoomView>('room')?.phase.name, { timeout: 5000 }).toBe('drawing');
    const points = Array.from({ length: 480 }, (_, i) => (i * 37) % 2000);
    for (let i = 0; i < 40; i++)
      reader.emit('chunk', packChunk({ round: 1, rev: 0, stroke: i, from: i * 240, points }));
    await pause(500);
    reader.stopReading();
    const asking = setInterval(() => {
      reader.raw('3');
      // A chunk that is out of place is answered with the whole drawing.
      for (let i = 0; i < 5; i++)
        reader.emit('chunk', packChunk({ round: 1, rev: 0, stroke: 99, from: 0, points: [1, 1] }));
    }, 1000);
    try {
      await expect.poll(() => cuts('slow'), { timeout: 35_000, interval: 500 }).toBe(before + 1);
    } finally {
      clearInterval(asking);
    }
  }, 60_000);
});

test('a process that ends says so to players who poll, and does not wait for them', async () => {
  const other = await startProcess({ ...known });
  const ann = await create(other.url, 'Ann', {}, {}, 'polling');
  const begun = performance.now();
  expect(await other.end('SIGTERM')).toBe(0);
  expect(performance.now() - begun).toBeLessThan(5000);
  expect(ann.gone).toEqual(['server-closing']);
  ann.close();
}, 30_000);

test('a school class that polls keeps no page from being fetched', async () => {
  const headers = newAddress();
  const pupils = await attackBy(100, server.url, headers, 'polling');
  expect(pupils.every((pupil) => pupil.isOpen())).toBe(true);
  const pages = await Promise.all(Array.from({ length: 100 }, () => fetch(server.url, { headers })));
  expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
  for (const pupil of pupils) await lives(pupil);
}, 30_000);
