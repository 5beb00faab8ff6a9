/**
 * `npm run bench:idle`: what people cost who do nothing, and what a room costs in memory. CPU of the server without anybody, then
 * with 1,000 people in lobbies of 8; a bare Socket.IO server with as many connections is measured at the same time. Then the heap of a
 * connection outside rooms, and of a room in the middle of a race. Servers are processes of their own and run as built: tsx adds 250 bytes to each closure, for its name.
 * `-- --seconds 40 --lobbies 125 --runs 3 --json FILE`; 0 seconds or 0 runs leave out that half.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median } from '../models/metrics.ts';
import type { Order } from './idlers.ts';
import type { Cpu, Question } from './idle-server.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    lobbies: { type: 'string', default: '125' },
    runs: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const SECONDS = Number(values.seconds);
const LOBBIES = Number(values.lobbies);
const RUNS = Number(values.runs);
const SEATS = 8;
/** The first ones of each kind also pay for what all of them share. */
const FIRST = { pages: 50, lobbies: 5, races: 3 };
const MORE = { pages: 400, races: 6 };
/** Until the work of starting or of coming in is over. */
const SETTLE_MS = 12_000;
const RACE_SECONDS = 10;

async function startServer(env?: NodeJS.ProcessEnv) {
  const execArgv = ['--expose-gc', '--import', 'tsx'];
  const child = fork(new URL('./idle-server.ts', import.meta.url), { execArgv, env: { ...process.env, ...env } });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  async function ask<T>(question: Question): Promise<T> {
    child.send(question);
    return (await once(child, 'message'))[0];
  }
  return {
    url: `http://127.0.0.1:${port}`,
    cpu: () => ask<Cpu>('cpu'),
    heap: () => ask<number>('heap'),
    end: () => child.disconnect(),
  };
}
type Server = Awaited<ReturnType<typeof startServer>>;

async function startPeople() {
  const child = fork(new URL('./idlers.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  await once(child, 'message');
  return {
    async open(order: Order): Promise<void> {
      child.send(order);
      await once(child, 'message');
    },
    end: () => child.disconnect(),
  };
}
type People = Awaited<ReturnType<typeof startPeople>>;

/** In percent of a core, over the time from now. */
async function cpuOf(servers: Server[]): Promise<Cpu[]> {
  const readings = () => Promise.all(servers.map((server) => server.cpu()));
  const before = await readings();
  const from = performance.now();
  await pause(SECONDS * 1000);
  const after = await readings();
  const seconds = (performance.now() - from) / 1000;
  return after.map((now, i) => mapped(minus(now, before[i]!), (s) => (s / seconds) * 100));
}

const minus = (a: Cpu, b: Cpu): Cpu => ({ process: a.process - b.process, loop: a.loop - b.loop });
const mapped = ({ process, loop }: Cpu, by: (s: number) => number): Cpu => ({ process: by(process), loop: by(loop) });

/** CPU without anybody and with everybody, and the heap of one of them. The bare server and the game. */
async function idle() {
  const servers = [await startServer(), await startServer({ BARE: '1' })];
  const [game, bare] = servers as [Server, Server];
  const people = await startPeople();
  await pause(SETTLE_MS);
  const alone = await cpuOf(servers);
  await people.open({ open: 'lobbies', url: game.url, n: FIRST.lobbies });
  await people.open({ open: 'bare', url: bare.url, n: FIRST.lobbies * SEATS });
  await pause(1000);
  const few = await Promise.all(servers.map((server) => server.heap()));
  await people.open({ open: 'lobbies', url: game.url, n: LOBBIES - FIRST.lobbies });
  await people.open({ open: 'bare', url: bare.url, n: (LOBBIES - FIRST.lobbies) * SEATS });
  await Promise.all(servers.map((server) => server.heap()));
  await pause(SETTLE_MS);
  const together = await cpuOf(servers);
  const many = await Promise.all(servers.map((server) => server.heap()));
  for (const each of [people, ...servers]) each.end();
  return servers.map((_, i) => ({
    alone: alone[i]!,
    together: together[i]!,
    theirs: minus(together[i]!, alone[i]!),
    heap: (many[i]! - few[i]!) / ((LOBBIES - FIRST.lobbies) * SEATS),
  }));
}

/** The heap that `more` of something take, each. Bytes */
async function heapOf(server: Server, people: People, order: Order, more: number): Promise<number> {
  await people.open(order);
  const before = await server.heap();
  await people.open({ ...order, n: more });
  return ((await server.heap()) - before) / more;
}

async function heaps() {
  const server = await startServer();
  const people = await startPeople();
  const { url } = server;
  const page = await heapOf(server, people, { open: 'pages', url, n: FIRST.pages }, MORE.pages);
  const order: Order = { open: 'races', url, n: FIRST.races, seconds: RACE_SECONDS };
  const race = await heapOf(server, people, order, MORE.races);
  for (const each of [people, server]) each.end();
  return { page, race };
}

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
const percent = (value: number): string => `${value.toFixed(2)} %`;
const result: Record<string, unknown> = {};

if (SECONDS > 0) {
  const [game, bare] = await idle();
  Object.assign(result, { game, bare });
  console.log(`| CPU, of a core, over ${SECONDS} s | process | event loop | bare Socket.IO: process | event loop |`);
  console.log('|---|---|---|---|---|');
  for (const [name, at] of [
    ['nobody', 'alone'],
    [`${LOBBIES * SEATS} people in lobbies of ${SEATS}`, 'together'],
    ['the difference', 'theirs'],
  ] as const) {
    const cells = [game!, bare!].flatMap((each) => [percent(each[at].process), percent(each[at].loop)]);
    console.log(`| ${[name, ...cells].join(' | ')} |`);
  }
  console.log(`\na person in a lobby: ${kB(game!.heap)} of heap; a connection to bare Socket.IO: ${kB(bare!.heap)}`);
}
if (RUNS > 0) {
  const all = [];
  while (all.length < RUNS) all.push(await heaps());
  const page = median(all.map((each) => each.page))!;
  const race = median(all.map((each) => each.race))!;
  Object.assign(result, { page, race, all });
  console.log(
    `an idle connection: ${kB(page)} of heap; a room of ${SEATS} after ${RACE_SECONDS} s of drawing: ${kB(race)}`,
  );
  console.log(`(medians of ${RUNS})`);
}
if (values.json) writeFileSync(values.json, JSON.stringify(result, null, 2));
process.exit(0);
