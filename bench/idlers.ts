/** The people of `bench/idle.ts`, in a process of their own: each is a client as the page has it. It yields to the measured server. */
import { constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import type { Player } from '../test/support/player.ts';
import { connect, create, eraseAll, join, phase, until } from '../test/support/player.ts';
import { drawings } from './drawings.ts';

export type Order = { url: string } & (
  | { /** Connections of no game: to the bare server. */ open: 'bare'; n: number }
  | { /** Pages on which nobody has entered a room. */ open: 'pages'; n: number }
  | { open: 'lobbies'; n: number }
  | { /** In all of which everybody has drawn for `seconds`. */ open: 'races'; n: number; seconds: number }
);

export const SEATS = 8;
/** A pen of 60 points a second. */
const POINTS_PER_CHUNK = 3;
/** So many of them come in at once. */
const AT_ONCE = 10;
const inks = drawings(200);

let people = 0;
/** Each from an address of their own: one may not have so many connections. */
function headers(): Record<string, string> {
  people++;
  return { 'x-forwarded-for': `10.0.${people >> 8}.${people & 255}` };
}

async function openBare(url: string): Promise<void> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise<void>((done) => socket.once('connect', done));
}

async function openPage(url: string): Promise<void> {
  const { socket } = connect(url, headers());
  await until(() => socket.connected, 'a connection');
}

async function openLobby(url: string): Promise<Player[]> {
  const host = await create(url, 'p0', { seconds: 120, rounds: 1, seats: SEATS }, headers());
  const all = [host];
  while (all.length < SEATS) all.push(await join(url, host.code!, `p${all.length}`, headers()));
  return all;
}

async function race(url: string, seconds: number): Promise<void> {
  const all = await openLobby(url);
  await all[0]!.ask('start', {});
  await Promise.all(all.map((player) => phase(player, 'drawing')));
  const end = performance.now() + seconds * 1000;
  await Promise.all(all.map((player) => draw(player, end)));
  // What was drawn last is judged and stored.
  await pause(1000);
}

/** One drawing after another, whenever pens write. Then the pen rests: rooms that drew before others take no more meanwhile. */
async function draw(player: Player, end: number): Promise<void> {
  const { pen } = player.client.input;
  await pause(Math.random() * CHUNK_EVERY);
  for (let n = people++; performance.now() < end; n += 7) {
    for (const line of inks[n % inks.length]!.strokes) {
      if (performance.now() >= end) return;
      pen.down(line[0]!, line[1]!);
      for (let i = 2; i < line.length && performance.now() < end; i += 2) {
        pen.move(line[i]!, line[i + 1]!);
        if (i % (POINTS_PER_CHUNK * 2) !== 0) continue;
        pen.drawn();
        await pause(CHUNK_EVERY);
      }
      pen.up();
      pen.drawn();
    }
    eraseAll(player);
  }
}

function open(order: Order): Promise<unknown> {
  const { url } = order;
  switch (order.open) {
    case 'bare':
      return openBare(url);
    case 'pages':
      return openPage(url);
    case 'lobbies':
      return openLobby(url);
    case 'races':
      return race(url, order.seconds);
  }
}

async function obey(order: Order): Promise<void> {
  const { n } = order;
  for (let i = 0; i < n; i += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, n - i) }, () => open(order)));
}

setPriority(constants.priority.PRIORITY_LOW);
process.on('message', (order: Order) => void obey(order).then(() => process.send!('done')));
process.on('disconnect', () => process.exit(0));
process.send!('ready');
