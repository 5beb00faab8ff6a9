/**
 * `npm run bench:wall -- --data DIR`: frames of a phone while a thumb flicks through the largest wall of /explore.
 *
 *   --data DIR   a folder of Quick, Draw! drawings (default: EXPLORE_DATA)
 *   --slower 4   how much slower than this machine the phone is
 *   --runs 3
 *
 * An empty page that scrolls as far shows what the machine itself is capable of.
 */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { createApp } from '../server/app.ts';
import { memoryBackend } from '../server/backend.ts';
import { readConfig } from '../server/config.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { createLog } from '../server/log.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.EXPLORE_DATA },
    slower: { type: 'string', default: '4' },
    runs: { type: 'string', default: '3' },
  },
});
if (!values.data) throw new Error('Name a folder of drawings: npm run bench:wall -- --data DIR');
const rate = Number(values.slower);
/** A thumb goes so far in this time, and what it flicked glides on. */
const FLICK = { px: 700, ms: 350, times: 10 };
/** Of a screen of 60 Hz. */
const LATE_MS = 1000 / 60 + 4;

const folder = join(values.data, 'simplified');
const files = await Promise.all(
  (await readdir(folder)).map(async (name) => ({ name, size: (await stat(join(folder, name))).size })),
);
const { name } = files.reduce((a, b) => (b.size > a.size ? b : a));
const word = basename(name, '.ndjson');

const config = readConfig({ PORT: '0', HOST: '127.0.0.1', EXPLORE_DATA: values.data });
const recognizer = await startRecognizer({});
const app = createApp({ config, recognizer, backend: memoryBackend(), log: createLog('error') });
const url = `http://127.0.0.1:${await app.listen()}`;
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = CHROMIUM.find((path) => path && existsSync(path));
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
const page = await browser.newPage({
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
});
const cdp = await page.context().newCDPSession(page);

/** As text, since what is compiled for Node calls helpers that the page lacks. */
const WATCH = `
  globalThis.times = [];
  globalThis.nodes = 0;
  (function tick(time) {
    times.push(time);
    if (times.length % 4 === 0) nodes = Math.max(nodes, document.body.querySelectorAll('*').length);
    requestAnimationFrame(tick);
  })(performance.now());`;

async function flick(): Promise<void> {
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...ys: number[]) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: ys.map((y) => ({ x: 195, y })) });
  await touch('touchStart', 780);
  const start = Date.now();
  for (let share = 0; share < 1; await wait(8)) {
    share = Math.min(1, (Date.now() - start) / FLICK.ms);
    await touch('touchMove', 780 - FLICK.px * share);
  }
  await touch('touchEnd');
}

async function measure(what: string): Promise<void> {
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  await page.evaluate(WATCH);
  for (let i = 0; i < FLICK.times; i++) await flick();
  const [times, nodes, y] = (await page.evaluate('[times, nodes, scrollY]')) as [number[], number, number];
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const frames = times
    .slice(1)
    .map((time, i) => time - times[i]!)
    .sort((a, b) => a - b);
  const late = frames.filter((ms) => ms > LATE_MS).length / frames.length;
  const ms = (share: number) => `${frames[Math.floor((frames.length - 1) * share)]!.toFixed(1)} ms`;
  console.log(
    `${what}: ${frames.length} frames over ${Math.round(y)} px, p50 ${ms(0.5)}, p95 ${ms(0.95)}, ${(100 * late).toFixed(1)} % late, at most ${nodes} nodes`,
  );
}

for (let run = 0; run < Number(values.runs); run++) {
  await page.goto('about:blank');
  await page.setContent('<body style="height: 100000px; background: linear-gradient(white, black)">');
  await measure('empty page');
  await page.goto(`${url}/explore/${encodeURIComponent(word)}`);
  await page.getByTestId('drawing').first().waitFor();
  await page.waitForLoadState('networkidle');
  await measure(`wall of ${word}`);
}
await browser.close();
await app.close();
await recognizer.close();
