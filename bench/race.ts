/**
 * `npm run bench`: rooms of 8 that all draw real drawings at 20 Hz, over real sockets, against the game server in a process
 * of its own; then the same against a bare relay. `-- --rooms 1,10 --seconds 10 --engine wasm --json FILE`
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import type { Ink } from '../shared/ink.ts';
import type { LiveFrame, RoomView } from '../shared/protocol.ts';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { drawings } from './drawings.ts';
import type { ProcessReport, Ready } from './reports.ts';

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '1,10,50,100' },
    seconds: { type: 'string', default: '10' },
    engine: { type: 'string' },
    json: { type: 'string' },
  },
});
const SEATS = 8;
const SECONDS = Number(values.seconds);
/** Points of a pen in one chunk: 60 a second. */
const POINTS = 3;
const inks: Ink[] = drawings(200);

interface Drawer {
  socket: Socket;
  code: string;
  player: string;
  round: number;
}

interface Outcome {
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
  kilobytes: number;
}

async function bench(script: 'server' | 'relay', rooms: number): Promise<Outcome> {
  const child = fork(new URL(`./${script}.ts`, import.meta.url), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...(values.engine && { RECOGNIZER: values.engine }) },
  });
  const [{ port, engine }] = (await once(child, 'message')) as [Ready];
  const before = await report(child);
  const url = `http://127.0.0.1:${port}`;
  const all: Drawer[] = [];
  for (let room = 0; room < rooms; room++)
    all.push(...(await (script === 'server' ? openRoom(url) : openRelay(url, `room${room}`))));

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
  // People do not draw in step: the seats begin one after the other within one chunk's time.
  for (let seat = 0; seat < SEATS; seat++) {
    for (const [i, drawer] of all.entries()) if (i % SEATS === seat) stops.push(draw(drawer, i, sent));
    await wait((CHUNK_EVERY / SEATS) * 0.001);
  }
  await wait(2);
  relay.length = 0;
  const idle = await report(child);
  await wait(SECONDS);
  const end = await report(child);
  for (const stop of stops) stop();
  for (const { socket } of all) socket.disconnect();
  child.disconnect();
  await once(child, 'exit');
  return {
    engine,
    rooms,
    chunks: end.chunks / SECONDS,
    mainPerChunk: (end.mainCpu / end.chunks) * 1e6,
    allPerChunk: (end.cpu / end.chunks) * 1e6,
    relay,
    guesses: end.guesses,
    loopP50: end.loopP50,
    loopP99: end.loopP99,
    kilobytes: ((idle.memory - before.memory) * 1000) / all.length,
  };
}

/** A room of the game, in the middle of a long round. */
async function openRoom(url: string): Promise<Drawer[]> {
  const host = connect(url);
  const settings = { seconds: 120, rounds: 1, seats: SEATS };
  const { code, player } = await ask(host, 'create', { nick: 'p0', settings });
  const drawers: Drawer[] = [{ socket: host, code, player, round: 1 }];
  for (let i = 1; i < SEATS; i++) {
    const socket = connect(url);
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

const openRelay = (url: string, code: string): Promise<Drawer[]> =>
  Promise.all(
    Array.from({ length: SEATS }, async () => {
      const socket = connect(url);
      const { player } = await ask(socket, 'join', { code });
      return { socket, code, player, round: 1 };
    }),
  );

/** Draws one drawing after the other, a chunk every CHUNK_EVERY ms, and clears in between. */
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

const connect = (url: string): Socket => io(url, { transports: ['websocket'], forceNew: true, reconnection: false });

async function ask(socket: Socket, event: string, payload: object): Promise<{ code: string; player: string }> {
  const answer = await socket.timeout(20_000).emitWithAck(event, payload);
  if (!answer.ok) throw new Error(`${event}: ${answer.why}`);
  return answer;
}

async function report(child: ChildProcess): Promise<ProcessReport> {
  child.send('report');
  const [told] = (await once(child, 'message')) as [ProcessReport];
  return told;
}

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function percentile(list: number[], p: number): string {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor((sorted.length - 1) * p)]!.toFixed(0) : '–';
}

const rows: object[] = [];
console.log(
  `rooms of ${SEATS}, everybody draws at ${1000 / CHUNK_EVERY} Hz; ${SECONDS} s each; the load comes from the same machine\n`,
);
console.log(
  '| rooms | chunks/s | event loop CPU/chunk | bare relay | ratio | with inference | relay p50/p99 | bare p50/p99 | guesses/s | guess latency p50/p99 | event-loop delay p50/p99 | memory/connection |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const rooms of values.rooms.split(',').map(Number)) {
  const game = await bench('server', rooms);
  const bare = await bench('relay', rooms);
  const ratio = game.mainPerChunk / bare.mainPerChunk;
  const { relay, guesses, ...rest } = game;
  rows.push({ ...rest, ratio, guessesPerSecond: guesses.length / SECONDS });
  console.log(
    `| ${[
      `${rooms} (${game.engine})`,
      game.chunks.toFixed(0),
      `${game.mainPerChunk.toFixed(0)} µs`,
      `${bare.mainPerChunk.toFixed(0)} µs`,
      ratio.toFixed(2),
      `${game.allPerChunk.toFixed(0)} µs`,
      `${percentile(relay, 0.5)} / ${percentile(relay, 0.99)} ms`,
      `${percentile(bare.relay, 0.5)} / ${percentile(bare.relay, 0.99)} ms`,
      (guesses.length / SECONDS).toFixed(0),
      `${percentile(guesses, 0.5)} / ${percentile(guesses, 0.99)} ms`,
      `${game.loopP50.toFixed(1)} / ${game.loopP99.toFixed(1)} ms`,
      `${game.kilobytes.toFixed(0)} kB`,
    ].join(' | ')} |`,
  );
}
if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 2));
process.exit(0);
