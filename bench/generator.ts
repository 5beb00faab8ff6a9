/**
 * The load generator, a process of its own: rooms of 8 in which everybody draws real drawings at 20 Hz, over plain WebSockets that speak
 * as Socket.IO's client does. One player of each room reads what comes, and times the relay; the others only count it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import type { Ink } from '../shared/ink.ts';
import type { LiveFrame } from '../shared/protocol.ts';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { packChunk, unpackFrame } from '../shared/wire.ts';
import { chance } from '../test/support/chance.ts';
import { drawings } from './drawings.ts';
import { type Kind, SEATS } from './load.ts';

export interface Order {
  kind: Kind;
  rooms: number;
  ports: number[];
  /** Each room's people are on one process, not spread over all of them. */
  together: boolean;
}

export interface GeneratorReport {
  /** From sending a chunk until another player of the room has it. ms */
  relay: number[];
  /** Chunks that were sent, and that were due but not sent because this process was too late. */
  sent: number;
  missed: number;
  /** Messages and bytes of all sockets, without WebSocket's own headers. */
  up: { messages: number; bytes: number };
  down: { messages: number; bytes: number };
  /** CPU. s */
  cpu: number;
  /** How late its event loop runs, which is part of `relay`. ms */
  loopP99: number;
}

/** Points in one chunk of a pen that makes 60 a second. */
const POINTS = 3;
const OPENED_AT_ONCE = 10;
const inks: Ink[] = drawings(200);

interface Drawer {
  send(event: string, payload: object): void;
  round: number;
  player: string;
  rev: number;
  which: number;
  stroke: number;
  at: number;
  from: number;
}

let counts = newCounts();
const sentAt = new Map<string, number>();
const drawers: Drawer[] = [];
const sockets: WebSocket[] = [];

function newCounts() {
  return {
    ...{ relay: [] as number[], sent: 0, missed: 0 },
    ...{ up: { messages: 0, bytes: 0 }, down: { messages: 0, bytes: 0 } },
  };
}

type Listener = (event: string, payload: never) => void;

interface Peer {
  send(event: string, payload: object): void;
  ask(event: string, payload: object): Promise<{ ok: boolean; why?: string; code: string; player: string }>;
  /** What comes is parsed only while somebody listens. */
  listen(listener: Listener | undefined): void;
}

let players = 0;

/** Each player comes from an address of their own, so that the limits of one address do not meet them. */
async function connect(kind: Kind, port: number): Promise<Peer> {
  players++;
  const isPlain = kind === 'ws';
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${isPlain ? '' : 'socket.io/?EIO=4&transport=websocket'}`, {
    headers: { 'x-forwarded-for': `10.${players >> 16}.${(players >> 8) & 255}.${players & 255}` },
    perMessageDeflate: false,
    skipUTF8Validation: true,
    // A mask of zeros costs this process nothing, and the server the same.
    generateMask: () => {},
  });
  sockets.push(socket);
  const answers = new Map<number, (answer: never) => void>();
  let listener: Listener | undefined;
  let asked = 0;
  const emit = (text: string) => {
    counts.up.messages++;
    counts.up.bytes += text.length;
    socket.send(text);
  };
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    if (isPlain) socket.once('open', () => resolve());
    socket.on('message', (data: Buffer) => {
      counts.down.messages++;
      counts.down.bytes += data.length;
      const head = data.toString('latin1', 0, 2);
      if (isPlain || head === '42') {
        if (!listener) return;
        const [event, payload] = JSON.parse(data.toString('utf8', isPlain ? 0 : 2)) as [string, never];
        listener(event, payload);
      } else if (head[0] === '0') emit('40');
      else if (head === '40') resolve();
      else if (head === '2') emit('3');
      else if (head === '43') {
        const [, id, answer] = /^43(\d+)(.*)$/s.exec(data.toString())!;
        answers.get(Number(id))?.((JSON.parse(answer!) as [never])[0]);
        answers.delete(Number(id));
      }
    });
  });
  await opened;
  const prefix = isPlain ? '' : '42';
  return {
    send(event, payload) {
      const isPacked = kind === 'game' && event === 'chunk';
      emit(`${prefix}${JSON.stringify([event, isPacked ? packChunk(payload as never) : payload])}`);
    },
    ask(event, payload) {
      const id = asked++;
      emit(`42${id}${JSON.stringify([event, payload])}`);
      return new Promise((resolve, reject) => {
        answers.set(id, (answer: { ok: boolean; why?: string }) =>
          answer.ok ? resolve(answer as never) : reject(new Error(`${event}: ${answer.why}`)),
        );
      });
    },
    listen(next) {
      listener = next;
    },
  };
}

/** A room in the middle of a long round. */
async function openRoom(order: Order, room: number): Promise<void> {
  const { kind, ports, together } = order;
  const portOf = (seat: number) => ports[(together ? room : room + seat) % ports.length]!;
  const peers = await Promise.all(Array.from({ length: SEATS }, (_, seat) => connect(kind, portOf(seat))));
  const host = peers[0]!;
  const ids: string[] = [];
  if (kind === 'game') {
    const settings = { seconds: 120, rounds: 1, seats: SEATS };
    const { code, player } = await host.ask('create', { nick: 'p0', settings });
    ids.push(player);
    for (const [seat, peer] of peers.entries())
      if (peer !== host) ids.push((await peer.ask('join', { code, nick: `p${seat}` })).player);
    const drawing = new Promise<void>((resolve) =>
      host.listen((event, view: { phase: { name: string } }) => {
        if (event === 'room' && view.phase.name === 'drawing') resolve();
      }),
    );
    await host.ask('start', {});
    await drawing;
    host.listen(undefined);
  } else
    for (const [seat, peer] of peers.entries()) {
      const player = `${room}-${seat}-player`.slice(0, 8);
      ids.push(player);
      peer.send('join', { code: `room${room}`, player });
    }
  for (const [seat, peer] of peers.entries())
    drawers.push({
      ...{ send: peer.send, round: 1, player: ids[seat]!, rev: 0, stroke: 0, at: 0, from: 0 },
      which: room * SEATS + seat,
    });
  peers.at(-1)!.listen((event, payload) => {
    if (event !== 'live') return;
    const now = performance.now();
    const frame: LiveFrame = kind === 'game' ? unpackFrame(payload) : payload;
    for (const { player, rev, from } of frame.chunks) {
      const key = `${player}:${rev}:${from}`;
      const at = sentAt.get(key);
      if (at !== undefined) counts.relay.push(now - at);
      sentAt.delete(key);
    }
  });
}

/** The next chunk of one drawing after another; in between, it is cleared. */
function draw(drawer: Drawer): void {
  const { send, player, round, rev, stroke, from, at } = drawer;
  const { strokes } = inks[drawer.which % inks.length]!;
  const line = strokes[stroke];
  if (!line) {
    send('clear', { round, rev });
    drawer.rev++;
    drawer.which += 7;
    drawer.stroke = drawer.from = drawer.at = 0;
    return;
  }
  const points = line.slice(at, at + POINTS * 2);
  sentAt.set(`${player}:${rev}:${from}`, performance.now());
  send('chunk', { round, rev, stroke, from, points });
  counts.sent++;
  drawer.from += points.length / 2;
  drawer.at += points.length;
  if (drawer.at >= line.length) {
    drawer.stroke++;
    drawer.at = 0;
  }
}

/** People do not draw in lockstep: each has a moment of their own in the time of a chunk. */
function drawOn(): () => void {
  const { int } = chance(1);
  for (let i = drawers.length - 1; i > 0; i--) {
    const other = int(i + 1);
    [drawers[i], drawers[other]] = [drawers[other]!, drawers[i]!];
  }
  let began = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * drawers.length) / CHUNK_EVERY);
    // What is later than a whole turn is dropped, so that a generator without CPU sends no bursts.
    const missed = Math.max(0, due - done - drawers.length);
    counts.missed += missed;
    began += (missed * CHUNK_EVERY) / drawers.length;
    for (const end = due - missed; done < end; done++) draw(drawers[done % drawers.length]!);
  }, 1);
  return () => clearInterval(timer);
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let before = process.cpuUsage();
process.on('message', async (message: Order | 'report') => {
  if (message === 'report') {
    const cpu = process.cpuUsage(before);
    before = process.cpuUsage();
    const loopP99 = Math.max(0, delay.percentile(99) / 1e6 - 1);
    delay.reset();
    process.send!({ ...counts, cpu: (cpu.user + cpu.system) / 1e6, loopP99 } satisfies GeneratorReport);
    counts = newCounts();
    return;
  }
  for (let room = 0; room < message.rooms; room += OPENED_AT_ONCE) {
    const some = Math.min(OPENED_AT_ONCE, message.rooms - room);
    await Promise.all(Array.from({ length: some }, (_, i) => openRoom(message, room + i)));
  }
  drawOn();
  process.send!('drawing');
});
process.on('disconnect', () => process.exit(0));
