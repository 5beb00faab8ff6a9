/** The load: rooms of 8 in which everybody draws real drawings at 20 Hz over real sockets; and its cost. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import type { Ink } from '../shared/ink.ts';
import type { LiveFrame, RoomView } from '../shared/protocol.ts';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { drawings } from './drawings.ts';
import type { ProcessReport, Ready } from './reports.ts';

export const SEATS = 8;
const OPENED_AT_ONCE = 10;
/** Points in one chunk of a pen that makes 60 a second. */
const POINTS = 3;
const inks: Ink[] = drawings(200);

interface Drawer {
  socket: Socket;
  code: string;
  player: string;
  round: number;
}

export interface Outcome {
  engine: string;
  rooms: number;
  chunks: number;
  /** µs */
  mainPerChunk: number;
  allPerChunk: number;
  /** ms */
  relay: number[];
  guesses: number[];
  loopP50: number;
  loopP99: number;
}

/** What to put under load, and for how long. */
export interface Load {
  script: 'server' | 'relay';
  rooms: number;
  seconds: number;
  engine?: string | undefined;
  /** How many processes share a Redis. The players of each room are spread over them. */
  processes?: number;
  redis?: string | undefined;
  /** More settings of the server. `REPLAYS=2`: it has replays named `replayId(0)` and `replayId(1)`. */
  env?: Record<string, string>;
  /** Begins something else that the server does meanwhile; resolves once it is under way, with what ends it. */
  meanwhile?: (url: string) => Promise<() => Promise<void>>;
}

export async function bench({
  script,
  rooms,
  seconds,
  engine,
  processes = 1,
  redis,
  env,
  meanwhile,
}: Load): Promise<Outcome> {
  const children = Array.from({ length: processes }, () =>
    fork(new URL(`./${script}.ts`, import.meta.url), {
      execArgv: ['--expose-gc', '--import', 'tsx'],
      env: {
        ...process.env,
        TRUSTED_HOPS: '1',
        ...(engine && { RECOGNIZER: engine }),
        ...(redis && { REDIS_URL: redis }),
        ...env,
      },
    }),
  );
  const ready = await Promise.all(children.map(async (child) => ((await once(child, 'message')) as [Ready])[0]));
  const report = async () => sum(await Promise.all(children.map(reportOf)));
  let next = 0;
  const url = () => `http://127.0.0.1:${ready[next++ % ready.length]!.port}`;
  const all: Drawer[] = [];
  for (let room = 0; room < rooms; room += OPENED_AT_ONCE) {
    const some = Array.from({ length: Math.min(OPENED_AT_ONCE, rooms - room) }, (_, i) =>
      script === 'server' ? openRoom(url) : openRelay(url, `room${room + i}`),
    );
    all.push(...(await Promise.all(some)).flat());
  }

  const sent = new Map<string, number>();
  const relay: number[] = [];
  for (const { socket } of all)
    socket.on('live', ({ chunks }: LiveFrame) => {
      const now = performance.now();
      for (const { player, rev, from } of chunks) {
        const at = sent.get(`${player}:${rev}:${from}`);
        if (at !== undefined) relay.push(now - at);
      }
    });
  const stops: (() => void)[] = [];
  // People do not draw in lockstep, so the seats start one after the other within the time of one chunk.
  for (let seat = 0; seat < SEATS; seat++) {
    for (const [i, drawer] of all.entries()) if (i % SEATS === seat) stops.push(draw(drawer, i, sent));
    await wait((CHUNK_EVERY / SEATS) * 0.001);
  }
  const endMeanwhile = await meanwhile?.(url());
  await wait(2);
  relay.length = 0;
  // This report resets the counters.
  await report();
  await wait(seconds);
  const end = await report();
  for (const stop of stops) stop();
  await endMeanwhile?.();
  for (const { socket } of all) socket.disconnect();
  for (const child of children) child.disconnect();
  await Promise.all(children.filter((child) => child.exitCode === null).map((child) => once(child, 'exit')));
  return {
    engine: ready[0]!.engine,
    rooms,
    chunks: end.chunks / seconds,
    mainPerChunk: (end.mainCpu / end.chunks) * 1e6,
    allPerChunk: (end.cpu / end.chunks) * 1e6,
    relay,
    guesses: end.guesses,
    loopP50: end.loopP50,
    loopP99: end.loopP99,
  };
}

/** A room of the game, in the middle of a long round. */
async function openRoom(url: () => string): Promise<Drawer[]> {
  const host = connect(url());
  const settings = { seconds: 120, rounds: 1, seats: SEATS };
  const { code, player } = await ask(host, 'create', { nick: 'p0', settings });
  const drawers: Drawer[] = [{ socket: host, code, player, round: 1 }];
  for (let i = 1; i < SEATS; i++) {
    const socket = connect(url());
    const { player } = await ask(socket, 'join', { code, nick: `p${i}` });
    drawers.push({ socket, code, player, round: 1 });
  }
  const drawing = new Promise<void>((resolve) =>
    host.on('room', (view: RoomView) => view.phase.name === 'drawing' && resolve()),
  );
  await ask(host, 'start', {});
  await drawing;
  return drawers;
}

const openRelay = (url: () => string, code: string): Promise<Drawer[]> =>
  Promise.all(
    Array.from({ length: SEATS }, async () => {
      const socket = connect(url());
      const { player } = await ask(socket, 'join', { code });
      return { socket, code, player, round: 1 };
    }),
  );

/** Draws one drawing after another, a chunk every CHUNK_EVERY ms, and clears in between. */
function draw({ socket, player, round }: Drawer, seed: number, sent: Map<string, number>): () => void {
  let which = seed;
  let rev = 0;
  let stroke = 0;
  let from = 0;
  let at = 0;
  const timer = setInterval(() => {
    const { strokes } = inks[which % inks.length]!;
    const line = strokes[stroke];
    if (!line) {
      socket.emit('clear', { round, rev });
      rev++;
      which += 7;
      stroke = from = at = 0;
      return;
    }
    const points = line.slice(at, at + POINTS * 2);
    sent.set(`${player}:${rev}:${from}`, performance.now());
    socket.emit('chunk', { round, rev, stroke, from, points });
    from += points.length / 2;
    at += points.length;
    if (at >= line.length) {
      stroke++;
      at = 0;
    }
  }, CHUNK_EVERY);
  return () => clearInterval(timer);
}

/** Each player comes from an address of their own, so that the limits of one address do not meet them. */
let players = 0;
function connect(url: string): Socket {
  players++;
  const extraHeaders = { 'x-forwarded-for': `10.0.${players >> 8}.${players & 255}` };
  return io(url, { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders });
}

async function ask(socket: Socket, event: string, payload: object): Promise<{ code: string; player: string }> {
  const answer = await socket.timeout(20_000).emitWithAck(event, payload);
  if (!answer.ok) throw new Error(`${event}: ${answer.why}`);
  return answer;
}

export async function reportOf(child: ChildProcess): Promise<ProcessReport> {
  child.send('report');
  const [told] = (await once(child, 'message')) as [ProcessReport];
  return told;
}

/** The total of several processes; for event loops, the slowest. */
const sum = (reports: ProcessReport[]): ProcessReport =>
  reports.reduce((a, b) => ({
    mainCpu: a.mainCpu + b.mainCpu,
    cpu: a.cpu + b.cpu,
    memory: a.memory + b.memory,
    chunks: a.chunks + b.chunks,
    guesses: a.guesses.concat(b.guesses),
    loopP50: Math.max(a.loopP50, b.loopP50),
    loopP99: Math.max(a.loopP99, b.loopP99),
  }));

export const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export function percentile(list: number[], p: number): string {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor((sorted.length - 1) * p)]!.toFixed(0) : '–';
}
