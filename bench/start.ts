/**
 * `npm run bench:start`: how long `npm start` of what is built takes to its first answer and to the first guess that a player gets,
 * and the memory of the server's process, at first and after it has judged many drawings. Medians of several starts. Linux only.
 *
 *   --engine native|wasm   one engine only
 *   --runs 3
 *   --drawings 2000        judged before the memory is read again
 *   --json FILE
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EngineName } from '../server/inference/engine.ts';
import type { Ink } from '../shared/ink.ts';
import { create, eraseAll, type Player, phase, stroke, until } from '../test/support/player.ts';
import { drawing } from '../test/support/race.ts';
import { drawingsOf, SAMPLE_WORDS } from '../test/support/quickdraw.ts';
import { freePort } from '../test/support/redis.ts';
import { drawings } from './drawings.ts';

/** What the process has in memory, by smaps. MB */
interface Memory {
  rss: number;
  /** Its share: a page of several processes counts in part. */
  pss: number;
  /** Its own: heaps, stacks, and pages of files that it has changed. */
  anonymous: number;
  /** Pages of TensorFlow's libraries as they lie on the disk; the system can drop them, and processes share them. */
  tensorflow: number;
  /** The same of everything else: Node, libc. */
  otherFiles: number;
  /** V8's heap of the main thread, part of `anonymous`. */
  mainHeap: number;
}

interface Run {
  /** From the command to the answer. ms */
  healthz: number;
  guess: number;
  started: Memory;
  worked: Memory;
}

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    runs: { type: 'string', default: '3' },
    drawings: { type: 'string', default: '2000' },
    json: { type: 'string' },
  },
});
const engines = (['native', 'wasm'] as const).filter((engine) => !values.engine || values.engine === engine);
const root = join(import.meta.dirname, '..');
/** Rooms of one that draw at once. */
const ROOMS = 12;
const STROKE_EVERY_MS = 60;
const SETTLE_MS = 2000;
const START_TIMEOUT_MS = 60_000;

async function measure(engine: EngineName, count: number): Promise<Run> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const env = { RECOGNIZER: engine, PORT: `${port}`, METRICS_PORT: `${metricsPort}`, HOST: '127.0.0.1' };
  const more = { PAUSES: '1', TRUSTED_HOPS: '1', LOG_LEVEL: 'error' };
  const url = `http://127.0.0.1:${port}`;
  const metric = async (name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  };
  const began = performance.now();
  // Its own process group, so that npm's children end with it.
  const npm = spawn('npm', ['start'], { cwd: root, env: { ...process.env, ...env, ...more }, detached: true });
  try {
    await answers(`${url}/healthz`, npm);
    const healthz = performance.now() - began;
    const first = await room(url, 0);
    const { prompt } = drawing(first);
    draw(first, drawingsOf(SAMPLE_WORDS.includes(prompt) ? prompt : SAMPLE_WORDS[0]!, 1)[0]!);
    await until(() => first.guesses.has(first.id!), 'a guess', START_TIMEOUT_MS);
    const guess = performance.now() - began;
    await pause(SETTLE_MS);
    const pid = serverOf(npm.pid!);
    const memory = async () => ({
      ...memoryOf(pid),
      mainHeap: (await metric('nodejs_heap_size_total_bytes')) / 1e6,
    });
    const started = await memory();
    await judge(url, async () => (await metric('doodle_batch_drawings_sum')) >= count);
    first.close();
    await pause(SETTLE_MS);
    return { healthz, guess, started, worked: await memory() };
  } finally {
    process.kill(-npm.pid!, 'SIGTERM');
    await once(npm, 'close');
  }
}

/** Waits for the first 200. */
async function answers(url: string, process: ChildProcess): Promise<void> {
  for (const over = performance.now() + START_TIMEOUT_MS; performance.now() < over; await pause(5)) {
    if (process.exitCode !== null) throw new Error(`npm start ended with code ${process.exitCode}`);
    if (
      await fetch(url)
        .then(({ ok }) => ok)
        .catch(() => false)
    )
      return;
  }
  throw new Error(`no answer of ${url}`);
}

/** A player alone in a room who is drawing. Everybody comes from an address of their own. */
async function room(url: string, i: number): Promise<Player> {
  const player = await create(url, `p${i}`, { rounds: 10, seconds: 120 }, { 'x-forwarded-for': `10.0.0.${i + 1}` });
  const started = await player.ask('start', {});
  if (!started.ok) throw new Error(started.why);
  await phase(player, 'drawing');
  return player;
}

function draw(player: Player, { strokes }: Ink): void {
  for (const points of strokes) stroke(player, points);
}

/** Rooms that draw until enough drawings are judged. */
async function judge(url: string, isEnough: () => Promise<boolean>): Promise<void> {
  const players = await Promise.all(Array.from({ length: ROOMS }, (_, i) => room(url, i + 1)));
  const inks = drawings(ROOMS * 10);
  let isOver = false;
  const drawn = players.map(async (player, i) => {
    for (let k = i; !isOver; k += ROOMS) {
      for (const points of inks[k % inks.length]!.strokes) {
        stroke(player, points);
        await pause(STROKE_EVERY_MS);
      }
      eraseAll(player);
    }
  });
  while (!(await isEnough())) await pause(500);
  isOver = true;
  await Promise.all(drawn);
  for (const player of players) player.close();
}

/** npm starts a shell, which starts Node. */
function serverOf(ancestor: number): number {
  const parentOf = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
    try {
      parentOf.set(Number(name), Number(/.*\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))![1]));
    } catch {
      // It has ended meanwhile.
    }
  const isInside = (pid: number): boolean => pid === ancestor || (pid > 1 && isInside(parentOf.get(pid) ?? 0));
  const server = [...parentOf.keys()].find(
    (pid) => isInside(pid) && /^[^\0]*node\0dist\/server\/main\.js/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
  );
  if (server === undefined) throw new Error('npm start runs no server');
  return server;
}

function memoryOf(pid: number): Omit<Memory, 'mainHeap'> {
  const memory = { rss: 0, pss: 0, anonymous: 0, tensorflow: 0, otherFiles: 0 };
  // Each mapping is a line with its addresses and its file, then a line for each figure.
  for (const mapping of readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/\n(?=[\da-f]+-[\da-f]+ )/)) {
    const of = (name: string) => (Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(mapping)?.[1] ?? 0) * 1024) / 1e6;
    const file = of('Rss') - of('Anonymous');
    memory.rss += of('Rss');
    memory.pss += of('Pss');
    memory.anonymous += of('Anonymous');
    if (/libtensorflow/.test(mapping)) memory.tensorflow += file;
    else memory.otherFiles += file;
  }
  return memory;
}

const median = (list: number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;

function medians(runs: Run[]): Run {
  const ofMemory = (when: 'started' | 'worked') =>
    Object.fromEntries(
      Object.keys(runs[0]![when]).map((name) => [name, median(runs.map((run) => run[when][name as keyof Memory]))]),
    ) as unknown as Memory;
  const of = (name: 'healthz' | 'guess') => median(runs.map((run) => run[name]));
  return { healthz: of('healthz'), guess: of('guess'), started: ofMemory('started'), worked: ofMemory('worked') };
}

const results: { engine: EngineName; median: Run; runs: Run[] }[] = [];
for (const engine of engines) {
  const runs: Run[] = [];
  for (let i = 0; i < Number(values.runs); i++) runs.push(await measure(engine, Number(values.drawings)));
  results.push({ engine, median: medians(runs), runs });
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
console.log('| engine | npm start to /healthz | to the first guess |\n|---|---|---|');
for (const { engine, median } of results)
  console.log(`| ${engine} | ${seconds(median.healthz)} | ${seconds(median.guess)} |`);
console.log(
  "\n| engine | memory, MB | RSS | PSS | anonymous | main thread's V8 heap, in it | TensorFlow's files | other files |",
);
console.log('|---|---|---|---|---|---|---|---|');
for (const { engine, median } of results)
  for (const [when, memory] of [
    ['after the first guess', median.started],
    [`after ${values.drawings} drawings`, median.worked],
  ] as const) {
    const { rss, pss, anonymous, mainHeap, tensorflow, otherFiles } = memory;
    const cells = [rss, pss, anonymous, mainHeap, tensorflow, otherFiles].map((mb) => mb.toFixed(0));
    console.log(`| ${engine} | ${when} | ${cells.join(' | ')} |`);
  }
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, undefined, 1)}\n`);
process.exit(0);
