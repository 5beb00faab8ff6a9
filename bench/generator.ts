/**
 * The load generator, a process of its own: rooms of 8 in which everybody draws real drawings at 20 Hz, and lobbies of 8, over plain
 * WebSockets that speak as Socket.IO's client does. One player of each room reads what comes, and times the relay. The others only
 * count it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import type { Ink } from '../shared/ink.ts';
import type { InkSnapshot, LiveFrame } from '../shared/protocol.ts';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { packChunk, unpackFrame } from '../shared/wire.ts';
import { chance } from '../test/support/chance.ts';
import { drawings } from './drawings.ts';
import { type Kind, SEATS } from './load.ts';

export interface Order {
  kind: Kind;
  /** In which everybody draws. */
  rooms: number;
  /** Rooms in which everybody waits. */
  lobbies?: number;
  /** Of the servers: `127.0.0.1:3000`. */
  hosts: string[];
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
  /** Open connections. */
  connected: number;
  /** Connections that ended by themselves. */
  lost: number;
  /** Why people did not get in: a line for each room that is not there. */
  refused: string[];
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
  /** What no clear removes any more: ink that was recognized. */
  kept: { strokes: number; points: number };
}

let counts = newCounts();
const sentAt = new Map<string, number>();
const drawers: Drawer[] = [];
/** Not reset by a report. */
const connections = { connected: 0, lost: 0, refused: [] as string[] };

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
async function connect(kind: Kind, host: string): Promise<Peer> {
  players++;
  const isPlain = kind === 'ws';
  const socket = new WebSocket(`ws://${host}/${isPlain ? '' : 'socket.io/?EIO=4&transport=websocket'}`, {
    headers: { 'x-forwarded-for': `10.${players >> 16}.${(players >> 8) & 255}.${players & 255}` },
    perMessageDeflate: false,
    skipUTF8Validation: true,
    // A mask of zeros costs this process nothing, and the server the same.
    generateMask: () => {},
  });
  const answers = new Map<number, (answer: never) => void>();
  let listener: Listener | undefined;
  let asked = 0;
  const emit = (text: string) => {
    counts.up.messages++;
    counts.up.bytes += text.length;
    socket.send(text);
  };
  const opened = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.once('open', () => {
      connections.connected++;
      socket.once('close', () => {
        connections.connected--;
        connections.lost++;
        reject(new Error('the connection was closed'));
      });
      if (isPlain) resolve();
    });
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

interface Room {
  peers: Peer[];
  /** Of its players. */
  ids: string[];
}

/** Everybody comes in. */
async function gather({ kind, hosts, together }: Order, room: number): Promise<Room> {
  const hostOf = (seat: number) => hosts[(together ? room : room + seat) % hosts.length]!;
  const peers = await Promise.all(Array.from({ length: SEATS }, (_, seat) => connect(kind, hostOf(seat))));
  const ids: string[] = [];
  if (kind === 'game') {
    const settings = { seconds: 120, rounds: 1, seats: SEATS };
    const { code, player } = await peers[0]!.ask('create', { nick: 'p0', settings });
    ids.push(player);
    for (const [seat, peer] of peers.entries())
      if (seat > 0) ids.push((await peer.ask('join', { code, nick: `p${seat}` })).player);
  } else
    for (const [seat, peer] of peers.entries()) {
      const player = `${room}-${seat}-player`.slice(0, 8);
      ids.push(player);
      peer.send('join', { code: `room${room}`, player });
    }
  return { peers, ids };
}

/** Starts a long round. */
async function begin(kind: Kind, room: number, { peers, ids }: Room): Promise<void> {
  const host = peers[0]!;
  if (kind === 'game') {
    const drawing = new Promise<void>((resolve) =>
      host.listen((event, view: { phase: { name: string } }) => {
        if (event === 'room' && view.phase.name === 'drawing') resolve();
      }),
    );
    await host.ask('start', {});
    await drawing;
    host.listen(undefined);
  }
  const here = peers.map(({ send }, seat): Drawer => {
    const start = { round: 1, rev: 0, stroke: 0, at: 0, from: 0, kept: { strokes: 0, points: 0 } };
    return { ...start, send, player: ids[seat]!, which: room * SEATS + seat };
  });
  drawers.push(...here);
  peers.at(-1)!.listen((event, payload) => {
    if (event === 'ink') return drawOnFrom(payload, here);
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

/** After a clear that left something, the drawing goes on behind that. Otherwise all that follows would be refused. */
function drawOnFrom({ player, rev, strokes }: InkSnapshot, here: Drawer[]): void {
  const points = strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0);
  const drawer = here.find((each) => each.player === player);
  if (drawer?.rev !== rev || points <= drawer.from) return;
  drawer.kept = { strokes: strokes.length, points };
  startOver(drawer);
}

function startOver(drawer: Drawer): void {
  drawer.stroke = drawer.at = 0;
  drawer.from = drawer.kept.points;
}

/** The next chunk of one drawing after another; in between, it is cleared. */
function draw(drawer: Drawer): void {
  const { send, player, round, rev, stroke, from, at, kept } = drawer;
  const { strokes } = inks[drawer.which % inks.length]!;
  const line = strokes[stroke];
  if (!line) {
    send('clear', { round, rev });
    drawer.rev++;
    drawer.which += 7;
    startOver(drawer);
    return;
  }
  const points = line.slice(at, at + POINTS * 2);
  sentAt.set(`${player}:${rev}:${from}`, performance.now());
  send('chunk', { round, rev, stroke: kept.strokes + stroke, from, points });
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
process.on('message', (message: Order | 'report') => (message === 'report' ? report() : open(message)));

function report(): void {
  const cpu = process.cpuUsage(before);
  before = process.cpuUsage();
  const loopP99 = Math.max(0, delay.percentile(99) / 1e6 - 1);
  delay.reset();
  const usage = { cpu: (cpu.user + cpu.system) / 1e6, loopP99 };
  process.send!({ ...counts, ...connections, ...usage } satisfies GeneratorReport);
  counts = newCounts();
}

/** All come in first: a round lasts only two minutes. */
async function open(order: Order): Promise<void> {
  const all = order.rooms + (order.lobbies ?? 0);
  const refused = (reason: Error) => void connections.refused.push(reason.message);
  const drawing = new Map<number, Room>();
  for (let first = 0; first < all; first += OPENED_AT_ONCE) {
    const some = Math.min(OPENED_AT_ONCE, all - first);
    const entering = Array.from({ length: some }, async (_, i) => {
      const room = await gather(order, first + i);
      if (first + i < order.rooms) drawing.set(first + i, room);
    });
    await Promise.all(entering.map((each) => each.catch(refused)));
  }
  await Promise.all([...drawing].map(([i, room]) => begin(order.kind, i, room).catch(refused)));
  drawOn();
  process.send!('drawing');
}
process.on('disconnect', () => process.exit(0));
