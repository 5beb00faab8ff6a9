/** Frames that are written past Engine.IO, as a WebSocket reads them. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Adapter } from 'socket.io-adapter';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { broadcastHere } from '../../server/cluster/local.ts';

let server: WebSocketServer;
let reader: WebSocket;
let carrier: WebSocket;

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  reader = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [carrier] = (await once(server, 'connection')) as [WebSocket];
  if (reader.readyState !== WebSocket.OPEN) await once(reader, 'open');
});
afterAll(() => {
  reader.terminate();
  server.close();
});

/** An adapter with one socket, `one`, in the room `room`. */
function adapterOf(state: { writable?: boolean; writeBuffer?: unknown[]; readyState?: string } = {}) {
  const late: string[] = [];
  const { writable = true, writeBuffer = [], readyState = 'open' } = state;
  const conn = { readyState, writeBuffer, transport: { writable, socket: carrier } };
  const client = { conn, writeToEngine: (packet: string) => late.push(packet) };
  const adapter = new Adapter({ sockets: new Map([['one', { client }]]), server: { encoder: {} } });
  adapter.addAll('one', new Set(['room', 'another', 'one']));
  return { adapter, late };
}

const broadcast = (adapter: Adapter, data: unknown, rooms = ['room'], except: string[] = []) =>
  broadcastHere(adapter, { type: 2, data }, { rooms: new Set(rooms), except: new Set(except) });

/** The head of the packet and of the JSON around the text take 6 bytes. */
test.each([0, 119, 120, 65_529, 65_530, 200_000])('a text of %s bytes', async (size) => {
  const { adapter, late } = adapterOf();
  const message = once(reader, 'message');
  broadcast(adapter, ['x'.repeat(size)]);
  expect(String((await message)[0])).toBe(`42["${'x'.repeat(size)}"]`);
  expect(late).toEqual([]);
});

test('words of other scripts', async () => {
  const message = once(reader, 'message');
  broadcast(adapterOf().adapter, ['chat', { text: 'Füße 🐈 猫' }]);
  expect(String((await message)[0])).toBe('42["chat",{"text":"Füße 🐈 猫"}]');
});

test.each([
  ['has not taken what was sent before', { writable: false }],
  ['has something waiting', { writeBuffer: [{}] }],
  ['is being closed', { readyState: 'closing' }],
])('a socket that %s is left to Engine.IO', (_, state) => {
  const { adapter, late } = adapterOf(state);
  broadcast(adapter, ['a', 1]);
  expect(late).toEqual(['2["a",1]']);
});

test('a socket in two of the rooms is reached once, and one that is excepted not at all', () => {
  const { adapter, late } = adapterOf({ writable: false });
  broadcast(adapter, ['a'], ['room', 'another', 'nowhere']);
  expect(late.length).toBe(1);
  broadcast(adapter, ['a'], ['room'], ['one']);
  expect(late.length).toBe(1);
});
