/**
 * `npm run bench:class`: a class of 40 in 10 rooms, all of whom draw real drawings at the pace of a hand, against the server as
 * `npm start` runs it, with the recognizer in WebAssembly. The teacher's desk and the projector watch all rooms from this process, the
 * pupils are another one. `-- --runs 5 --seconds 20 --pupils 40 --engine wasm`; with `--browser` Chromium shows the projector's page.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { median } from '../models/metrics.ts';
import { unpackFrame } from '../shared/wire.ts';
import { teacher, teacherView, type Visitor, visitor } from '../test/support/lesson.ts';
import { closeAll, until } from '../test/support/player.ts';
import { endAll, type Process, startProcess } from '../test/support/processes.ts';
import type { Order, Outcome } from './pupils.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    pupils: { type: 'string', default: '40' },
    engine: { type: 'string', default: 'wasm' },
    browser: { type: 'boolean', default: false },
  },
});
const PUPILS = Number(values.pupils);
const SECONDS = Number(values.seconds);
/** Times that each thing is done for all at once. */
const TIMES = 5;

const NAMES = {
  qualities: 'Amber Bold Calm Daring Early Fair Gentle Happy Inky Jolly Kind Lucky Merry Nimble Quick Royal'.split(' '),
  animals: 'Ant Bear Crab Duck Eagle Fox Gecko Hare Ibis Koala Lynx Mole Newt Otter Panda Robin'.split(' '),
  both: '{quality} {animal}',
};

/** CPU time of the process and of its event loop, which is its first thread; Linux counts it in hundredths of a second. ms */
function cpuOf(pid: number): { all: number; loop: number } {
  const timeOf = (stat: string) => {
    const [user, system] = stat.split(') ')[1]!.split(' ').slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  };
  const times = readdirSync(`/proc/${pid}/task`).map(
    (task) => [task, timeOf(readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8'))] as const,
  );
  return {
    all: times.reduce((sum, [, time]) => sum + time, 0),
    loop: times.find(([task]) => Number(task) === pid)![1],
  };
}

/** How many guesses were at most so late, by the upper bound of each bucket in ms. */
async function guessesOf(server: Process): Promise<[number, number][]> {
  const lines = (await server.metrics()).matchAll(/^doodle_guess_seconds_bucket\{le="([^"]+)"\} (\d+)/gm);
  return [...lines].map(([, le, count]) => [le === '+Inf' ? 10_000 : Number(le) * 1000, Number(count)]);
}

/** Within a bucket they are taken as spread evenly. ms */
function quantile(before: [number, number][], after: [number, number][], share: number): number {
  const counts = after.map(([le, count], i) => [le, count - (before[i]?.[1] ?? 0)] as const);
  const rank = share * counts.at(-1)![1];
  const i = counts.findIndex(([, count]) => count >= rank);
  const [from, below] = counts[i - 1] ?? [0, 0];
  const [le, count] = counts[i]!;
  return from + ((le - from) * (rank - below)) / (count - below);
}

/** Watches all rooms, as the desk and the projector do. */
async function overseer(url: string, of?: Visitor): Promise<{ visitor: Visitor; chunks(): number }> {
  const watching = of ? visitor(url) : await teacher(url, NAMES);
  if (of) {
    const { code } = teacherView(of);
    watching.player.client.memory.set('teacher', of.player.client.memory.get('teacher'));
    watching.lesson.comeBack(code);
    await until(() => watching.lesson.state().at === 'inside', 'the projector');
  }
  let chunks = 0;
  watching.player.socket.on('live', (frame) => {
    chunks += unpackFrame(frame).chunks.length;
  });
  return { visitor: watching, chunks: () => chunks };
}

const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = CHROMIUM.find((path) => path && existsSync(path));

/** The projector's page, on a screen of 1280 x 800, with all drawings on it. */
async function projectorPage(url: string, desk: Visitor): Promise<{ page: Page; browser: Browser }> {
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(url);
  await page.evaluate(
    (token) => localStorage.setItem('derby.teacher', token),
    desk.player.client.memory.get('teacher')!,
  );
  await page.goto(`${url}/class/${teacherView(desk).code}/projector`);
  return { page, browser };
}

/** As text, since what is compiled for Node calls helpers that the page lacks. */
const WATCH_FRAMES = `
  globalThis.frames = [];
  (function tick(time) {
    frames.push(time);
    requestAnimationFrame(tick);
  })(performance.now());`;

async function run(): Promise<Record<string, number>> {
  const server = await startProcess({ RECOGNIZER: values.engine!, PAUSES: '100', LOG_LEVEL: 'error' });
  const child = fork(new URL('./pupils.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  const ask = async (order: Order): Promise<Outcome> => {
    child.send(order);
    return ((await once(child, 'message')) as [Outcome])[0];
  };
  await once(child, 'message');
  const desk = await overseer(server.url);
  const { lesson } = desk.visitor;
  const conduct = async (what: Parameters<typeof lesson.conduct>[0]) => {
    const answer = await lesson.conduct(what);
    if (!answer.ok) throw new Error(`${what.do}: ${answer.why}`);
  };
  await conduct({ do: 'settings', settings: { rounds: 20, seconds: 120, size: 4, showAll: true } });
  const shown = values.browser ? await projectorPage(server.url, desk.visitor) : undefined;
  const projector = shown ? desk : await overseer(server.url, desk.visitor);

  // From the code to the canvas.
  const { code, pattern } = teacherView(desk.visitor);
  const began = Date.now();
  const entering = ask({ do: 'enter', url: server.url, code, pictures: pattern.pictures, pupils: PUPILS });
  await until(() => teacherView(desk.visitor).pupils.length === PUPILS, 'everybody', 60_000);
  const here = Date.now();
  await conduct({ do: 'deal' });
  const { at: seatedAt } = await entering;
  for (const each of new Set([desk, projector])) await each.visitor.lesson.oversee();
  const drawing = ask({ do: 'draw' });
  await conduct({ do: 'start' });
  const { at: inkAt } = await drawing;

  // Guesses.
  await pause(3000);
  const before = { guesses: await guessesOf(server), cpu: cpuOf(server.pid), at: Date.now(), seen: projector.chunks() };
  await ask({ do: 'count' });
  await shown?.page.evaluate(WATCH_FRAMES);
  await pause(SECONDS * 1000);
  const counted = await ask({ do: 'counted' });
  const after = { guesses: await guessesOf(server), cpu: cpuOf(server.pid), at: Date.now(), seen: projector.chunks() };
  const took = after.at - before.at;
  const frames = ((await shown?.page.evaluate('frames')) ?? []) as number[];
  const gaps = frames
    .slice(1)
    .map((time, i) => time - frames[i]!)
    .sort((a, b) => a - b);

  // What the teacher does, until the last page heard it.
  const late: Record<string, number[]> = { pause: [], on: [], next: [], word: [] };
  const timed = async (name: string, order: Order, what: Parameters<typeof lesson.conduct>[0]) => {
    const hearing = ask(order);
    const asked = Date.now();
    await Promise.all([conduct(what), hearing.then(({ at }) => late[name]!.push(at! - asked))]);
    await pause(700);
  };
  for (let i = 0; i < TIMES; i++) {
    await timed('pause', { do: 'hear', paused: true }, { do: 'pause', on: true });
    await timed('on', { do: 'hear', paused: false }, { do: 'pause', on: false });
  }
  for (let i = 0; i < TIMES; i++) {
    await timed('next', { do: 'hear', phase: 'reveal' }, { do: 'next' });
    await timed('word', { do: 'hear', phase: 'countdown' }, { do: 'next' });
    await ask({ do: 'hear', phase: 'drawing' });
    await pause(1500);
  }
  await shown?.browser.close();
  child.kill('SIGKILL');
  closeAll();
  await endAll([server]);
  const worst = (name: string) => Math.max(...late[name]!);
  return {
    'everybody is in, ms': here - began,
    'everybody sits in their room, ms': seatedAt! - began,
    'everybody’s first ink is accepted, ms': inkAt! - began,
    'looks a pupil and second, median pupil': median(counted.looks!)!,
    'looks a pupil and second, least': Math.min(...counted.looks!),
    'guesses p50, of the server, ms': quantile(before.guesses, after.guesses, 0.5),
    'guesses p99, of the server, ms': quantile(before.guesses, after.guesses, 0.99),
    'from a chunk to the next guesses at the pupil p50, ms': counted.waits![0]!,
    'from a chunk to the next guesses at the pupil p99, ms': counted.waits![1]!,
    'pause heard by all, worst of 5, ms': worst('pause'),
    'going on heard by all, worst of 5, ms': worst('on'),
    'next: the reveal at all, worst of 5, ms': worst('next'),
    'next: the next word at all, worst of 5, ms': worst('word'),
    ...(shown && {
      'frame of the projector’s page p50, ms': gaps[Math.floor(gaps.length * 0.5)]!,
      'frame of the projector’s page p95, ms': gaps[Math.floor(gaps.length * 0.95)]!,
    }),
    'chunks of all rooms at a watcher, a second': ((after.seen - before.seen) * 1000) / took,
    'CPU of the server, % of a core': ((after.cpu.all - before.cpu.all) * 100) / took,
    'CPU of its event loop, % of a core': ((after.cpu.loop - before.cpu.loop) * 100) / took,
  };
}

const runs: Record<string, number>[] = [];
for (let i = 0; i < Number(values.runs); i++) runs.push(await run());
console.log(
  `${PUPILS} pupils in rooms of 4, ${values.engine}; load average at the end ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}\n`,
);
console.log('| | median | runs |\n|---|---|---|');
for (const name of Object.keys(runs[0]!)) {
  const all = runs.map((each) => each[name]!);
  const text = (value: number) => value.toFixed(name.startsWith('looks') ? 1 : 0);
  console.log(`| ${name} | ${text(median(all)!)} | ${all.map(text).join(', ')} |`);
}
process.exit(0);
