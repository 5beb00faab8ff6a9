/**
 * `npm run bench:scale`: more and more people on several server processes, as built, that share a Redis, until the machine is full. Each
 * process has a network namespace of its own, and the people have another. Rooms have 8 people, who are on one process, as nginx's hash
 * brings them together (here evenly). In a third of the rooms everybody draws real drawings at 20 Hz, in the others everybody waits in the
 * lobby: a person draws a third of the time. Needs root on Linux.
 * `-- --people 1000,2500 --processes 3 --seconds 15 --drawing 0.33 --engine wasm --spread --json FILE`
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient } from 'redis';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { type RedisServer, startRedis } from '../test/support/redis.ts';
import type { GeneratorReport, Order } from './generator.ts';
import { percentile, reportOf, SEATS, wait } from './load.ts';
import { createNamespaces, type Machine, type Namespaces, obstacle } from './namespaces.ts';
import { usage } from './redis-usage.ts';
import { overload, roomsFor, type Step } from './steps.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '1000,2500,5000,10000' },
    processes: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '15' },
    drawing: { type: 'string', default: '0.33' },
    engine: { type: 'string', default: 'native' },
    spread: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const PROCESSES = Number(values.processes);
const SECONDS = Number(values.seconds);
const DRAWING = Number(values.drawing);
/** Until code that runs often is compiled. A round lasts 120 s. */
const WARM_UP_S = 8;
/** Servers without people are measured for so long. */
const IDLE_S = 5;
/** People who are not in by then do not come in any more. */
const PATIENCE_S = 180;
/** Files that a process has open besides its connections. */
const OTHER_FILES = 500;

const reason = obstacle();
if (reason) {
  console.log(`bench:scale is skipped: ${reason}`);
  process.exit(0);
}
// Building the game takes a while, and is in vain without namespaces.
const { endAll, START, startProcess } = await import('../test/support/processes.ts');
type Server = Awaited<ReturnType<typeof startProcess>>;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const counts = values.people.split(',').map(Number);
allowFiles(Math.max(...counts) + OTHER_FILES);
const namespaces = createNamespaces(PROCESSES + 1);
const redis = await startRedis([
  '--appendonly',
  'yes',
  '--bind',
  '127.0.0.1',
  namespaces.address,
  '--protected-mode',
  'no',
]);
const steps: Step[] = [];
try {
  console.log(
    `rooms of ${SEATS}, ${values.spread ? 'spread' : 'together'}; in ${DRAWING * 100} % of them everybody draws; ${PROCESSES} processes, Redis and the people on the same machine; ${SECONDS} s each\n`,
  );
  console.log(
    '| people, rooms | chunks/s (due) | relay p50 / p99 | guesses/s, looks/s | event loop a chunk | CPU: event loops, inference, Redis, people; other work | Redis: commands/s, bytes in, out/s | RSS a process, before | a person: up, down/s | rooms refused, connections lost | load level |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const people of counts) {
    const step = await measure(people, namespaces, redis);
    if (typeof step === 'string') {
      console.log(`\n${people} people are too many for this machine: ${step}`);
      break;
    }
    steps.push(step);
    console.log(row(step));
    const why = overload(step);
    if (!why) continue;
    console.log(`\nThe machine is full at ${people} people: ${why}. Figures of that line are those of a full machine.`);
    break;
  }
} finally {
  if (values.json) writeFileSync(values.json, JSON.stringify(steps, null, 2));
  await redis.close();
  namespaces.close();
}
process.exit(0);

/** Node raises its soft limit by itself. */
function allowFiles(n: number): void {
  const most = Number(/^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
  if (most >= n) return;
  try {
    execFileSync('prlimit', ['--pid', `${process.pid}`, `--nofile=${n}:${n}`]);
  } catch {
    console.log(`only ${most} files may be open (ulimit -n): people beyond that will be refused`);
  }
}

/** Fresh servers and an empty Redis, with so many people. Text: why they did not come in. */
async function measure(people: number, { machines, address }: Namespaces, { port, cli }: RedisServer) {
  await cli('flushall');
  const url = `redis://${address}:${port}`;
  const env = {
    ...{ REDIS_URL: url, TRUSTED_HOPS: '1', PAUSES: '100', LOG_LEVEL: 'error' },
    RECOGNIZER: values.engine,
  };
  const servers = await Promise.all(
    machines
      .slice(0, PROCESSES)
      .map((machine) => startProcess(env, { address: machine.address, command: [...machine.command, ...START] })),
  );
  const admin = await createClient({ url }).connect();
  const generator = startGenerator(machines.at(-1)!);
  const rooms = roomsFor(people, SEATS, DRAWING);
  try {
    await wait(2);
    const alone = await usage(admin);
    await wait(IDLE_S);
    const idle = await usage(admin);
    const rssBefore = mean(servers.map(rss));
    const isIn = once(generator, 'message').then(() => true);
    const hosts = servers.map((server) => server.url.replace('http://', ''));
    const { rooms: all, drawing } = rooms;
    const together = !values.spread;
    generator.send({ kind: 'game', rooms: drawing, lobbies: all - drawing, hosts, together } satisfies Order);
    if (!(await Promise.race([isIn, wait(PATIENCE_S).then(() => false)])))
      return `not all were in after ${PATIENCE_S} s`;
    await wait(WARM_UP_S);
    const reading = async () => ({
      at: performance.now(),
      busy: busySeconds(),
      people: await reportOf<GeneratorReport>(generator),
      servers: await Promise.all(servers.map(read)),
      redis: await usage(admin),
    });
    const from = await reading();
    await wait(SECONDS);
    const to = await reading();
    const seconds = (to.at - from.at) / 1000;
    const perSecond = (name: Counter) =>
      to.servers.reduce((sum, after, i) => sum + after[name] - from.servers[i]![name], 0) / seconds;
    const perSecondOfRedis = (name: 'commands' | 'bytesIn' | 'bytesOut') =>
      (to.redis[name] - from.redis[name]) / seconds - (idle[name] - alone[name]) / IDLE_S;
    const { relay, up, down, connected, lost, refused, cpu, loopP99 } = to.people;
    const chunks = perSecond('chunks');
    const loops = perSecond('loop');
    const used = {
      loops,
      inference: perSecond('process') - loops,
      redis: (to.redis.cpu - from.redis.cpu) / seconds,
      generator: cpu / seconds,
    };
    const total = Object.values(used).reduce((sum, cores) => sum + cores);
    return {
      ...{ people, processes: PROCESSES, spread: values.spread, engine: values.engine },
      ...{ connected, lost, refused, rooms: all, drawing, chunks },
      due: (drawing * SEATS * 1000) / CHUNK_EVERY,
      relay: [Number(percentile(relay, 0.5)), Number(percentile(relay, 0.99))],
      guesses: perSecond('guesses'),
      looks: perSecond('looks'),
      loop: (loops / chunks) * 1e6,
      cpu: { ...used, others: Math.max(0, (to.busy - from.busy) / seconds - total) },
      generatorDelay: loopP99,
      redis: {
        commands: perSecondOfRedis('commands'),
        bytesIn: perSecondOfRedis('bytesIn'),
        bytesOut: perSecondOfRedis('bytesOut'),
        memory: to.redis.memory - idle.memory,
      },
      idle: {
        commands: (idle.commands - alone.commands) / IDLE_S / PROCESSES,
        connections: (idle.connections - 1) / PROCESSES,
      },
      rss: [rssBefore, mean(servers.map(rss))],
      up: up.bytes / seconds / connected,
      down: down.bytes / seconds / connected,
      cuts: [...new Set(to.servers.flatMap(({ cuts }) => cuts))],
      loadLevel: Math.max(...to.servers.map(({ level }) => level)),
    } satisfies Step;
  } finally {
    generator.kill('SIGKILL');
    await endAll(servers);
    admin.destroy();
  }
}

function startGenerator({ command: [file, ...args] }: Machine): ChildProcess {
  const script = fileURLToPath(new URL('./generator.ts', import.meta.url));
  const child = spawn(file!, [...args, process.execPath, '--import', 'tsx', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

type Counter = 'loop' | 'process' | 'chunks' | 'guesses' | 'looks';

/** Counters since its start, CPU in seconds; the load level; why connections were cut. */
async function read({ pid, metrics }: Server) {
  const text = await metrics();
  const of = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    loop: Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9,
    process: of('process_cpu_seconds_total'),
    chunks: of('doodle_chunks_total'),
    guesses: of('doodle_guesses_total'),
    looks: of('doodle_batch_drawings_sum'),
    level: of('doodle_load_level'),
    cuts: [...text.matchAll(/^doodle_connections_cut_total\{why="(.+)"\} [1-9]/gm)].map(([, why]) => why!),
  };
}

/** CPU of the whole machine since its start, with what other machines took from it. s */
function busySeconds(): number {
  const [user, nice, system, , , irq, soft, steal] = readFileSync('/proc/stat', 'utf8')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user! + nice! + system! + irq! + soft! + steal!) / 100;
}

function rss({ pid }: Server): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

function mean(list: number[]): number {
  return list.reduce((a, b) => a + b) / list.length;
}

function row(step: Step): string {
  const {
    cpu,
    redis: { commands, bytesIn, bytesOut },
  } = step;
  const percent = (cores: number) => `${(cores * 100).toFixed(0)} %`;
  const MB = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const cells = [
    `${step.connected} of ${step.people}, ${step.rooms}`,
    `${step.chunks.toFixed(0)} (${step.due.toFixed(0)})`,
    `${step.relay[0]} / ${step.relay[1]} ms`,
    `${step.guesses.toFixed(0)}, ${step.looks.toFixed(0)}`,
    `${step.loop.toFixed(0)} µs`,
    `${[cpu.loops, cpu.inference, cpu.redis, cpu.generator].map(percent).join(', ')}; ${percent(cpu.others)}`,
    `${commands.toFixed(0)}, ${MB(bytesIn)}, ${MB(bytesOut)}`,
    `${(step.rss[1] / 1e6).toFixed(0)} MB, ${(step.rss[0] / 1e6).toFixed(0)} MB`,
    `${step.up.toFixed(0)} B, ${(step.down / 1000).toFixed(1)} kB`,
    `${step.refused.length}, ${step.lost}`,
    step.loadLevel,
  ];
  return `| ${cells.join(' | ')} |`;
}
