/**
 * How quick the page is on a mid-range phone: a first visit, as Lighthouse measures it, and a race against eleven. A machine's
 * cores differ from the next one's, and are shared: so each try measures first how quick its thread is now, and slows it down to
 * a phone's speed, by no more than four times.
 */
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BOARD } from '../../shared/ink.ts';
import { byId, drawWithMouse, hasBrowser, inPhase, PHONE, step, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { closeAll, eraseAll, join, phase } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';
import { mainTasks } from '../support/tasks.ts';

/**
 * How often each is tried. At a phone's speed the median is judged: neither a busy machine nor the luckiest try may decide. A
 * quarter of a slow core is slower than any phone that is meant, so there only one try must hold, and no more are made once one
 * does; so for p95, which the median misses (docs/performance.md).
 */
const VISITS = 5;
const RACES = 5;
/** A visit is watched so long after all has come. */
const WATCHED_MS = 1500;

describe.skipIf(!hasBrowser)('on a slow phone', () => {
  const browser = useBrowser();
  // A phone has its cores to itself: whatever is started from here on stands back for the browser.
  beforeAll(() => setPriority(19));
  const server = useServer({ pace: { ...QUICK, countdown: 700 } });
  afterEach(closeAll);

  async function visit(locale: string, slow: Slow): Promise<Seen & { rate: number }> {
    const page = await browser.open('about:blank', { viewport: PHONE, deviceScaleFactor: 2, locale });
    const rate = await slow(page, await page.context().newCDPSession(page));
    await page.addInitScript(watchLoad);
    await page.goto(server.url);
    await byId(page, 'nick').waitFor();
    // What comes late must not make anything jump: the lists and the demonstration.
    await Promise.all(['rooms', 'leaders', 'demo-racer'].map((id) => byId(page, id).waitFor()));
    await expect.poll(() => page.getByTestId('skeleton').count()).toBe(0);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(WATCHED_MS);
    const seen = await page.evaluate(() => (globalThis as never as { seen: Seen }).seen);
    await page.context().close();
    return { ...seen, rate };
  }

  // German stands for the languages that come in a file of their own.
  test.each(['en-GB', 'de-DE'])(
    'a first visit in %s is quick, and nothing jumps',
    async (locale) => {
      // A browser that has just been started is busy with itself.
      await visit(locale, slowToPhone);
      const visits: Awaited<ReturnType<typeof visit>>[] = [];
      while (visits.length < VISITS) visits.push(await visit(locale, slowToPhone));
      const of = (figure: (seen: (typeof visits)[number]) => number) => median(visits.map(figure));
      const size = of(({ scripts, whole }) =>
        sum(
          scripts
            .filter(({ start }) => start < whole)
            .map(({ path }) => gzipSync(readFileSync(`dist/client${path}`)).length),
        ),
      );
      const first = of((seen) => seen.first);
      const whole = of((seen) => seen.whole);
      const largest = of((seen) => seen.largest);
      const shift = of((seen) => seen.shift);
      const blocked = of(({ tasks }) => sum(tasks.map((ms) => Math.max(0, ms - 50))));
      console.log(
        `page: ${locale}: ${(size / 1000).toFixed(1)} kB of scripts (gzip) before the page is whole, first paint ${Math.round(first)} ms, ` +
          `whole ${Math.round(whole)} ms, largest ${Math.round(largest)} ms, blocked ${Math.round(blocked)} ms, ` +
          `layout shift ${shift.toFixed(3)} (CPU ${of((seen) => seen.rate).toFixed(1)}x slower, medians of ${VISITS} visits: whole ${visits.map((seen) => Math.round(seen.whole)).join(', ')} ms)`,
      );
      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThan(90_000);
      expect(first).toBeLessThan(1000);
      expect(whole).toBeLessThan(2000);
      // What Lighthouse calls good.
      expect(largest).toBeLessThan(2500);
      expect(shift).toBeLessThan(0.1);

      const isQuick = ({ first, whole, largest, shift }: Seen) =>
        first < 1000 && whole < 2000 && largest < 2500 && shift < 0.1;
      const slowest: Seen[] = [];
      while (slowest.length < VISITS && !slowest.some(isQuick)) {
        const seen = await visit(locale, slowFourTimes);
        slowest.push(seen);
        console.log(
          `page: ${locale}: CPU 4x slower: first paint ${Math.round(seen.first)} ms, whole ${Math.round(seen.whole)} ms, ` +
            `largest ${Math.round(seen.largest)} ms, layout shift ${seen.shift.toFixed(3)}`,
        );
      }
      expect(slowest.some(isQuick)).toBe(true);
    },
    180_000,
  );

  test('a race against eleven runs smoothly', async () => {
    const page = await browser.open('about:blank', { viewport: PHONE, deviceScaleFactor: 2 });
    const cdp = await page.context().newCDPSession(page);
    await page.goto(server.url);
    await byId(page, 'nick').waitFor();
    await byId(page, 'create-room').click();
    await inPhase(page, 'lobby');
    const code = new URL(page.url()).pathname.split('/').at(-1)!;
    await step(page, 'settings-seats', 'last', '12');
    await step(page, 'settings-seconds', 'last', '120');
    const rivals = await Promise.all(Array.from({ length: 11 }, (_, i) => join(server.url, code, `R${i}`)));
    await byId(page, 'start').click();
    await inPhase(page, 'drawing');
    await Promise.all(rivals.map((rival) => phase(rival, 'drawing')));
    let count = 0;
    const pens = setInterval(() => {
      for (const [i, { client }] of rivals.entries()) {
        const { pen } = client.input;
        if (count % 240 === 0) pen.up();
        for (let k = count; k < count + 4; k++) {
          const [x, y] = [Math.sin(k / (7 + i)), Math.cos(k / 9)].map((at) => Math.round(BOARD * (0.5 + 0.4 * at)));
          (k % 240 === 0 ? pen.down : pen.move)(x!, y!);
        }
      }
      count += 4;
    }, 50);
    /** Tries with clean boards, until one is good enough to end them. */
    const race = async (slow: Slow, ends: (seen: Smoothness) => boolean = () => false): Promise<Smoothness[]> => {
      const all: Smoothness[] = [];
      while (all.length < RACES && !all.some(ends)) {
        const rate = await slow(page, cdp);
        for (const rival of rivals) eraseAll(rival);
        await page.keyboard.press('x');
        const seen = await drawing(page);
        all.push(seen);
        const { p50, p95, p99, cpu, clock } = seen;
        console.log(
          `page: 11 rivals, CPU ${rate.toFixed(1)}x slower: frames p50 ${p50} p95 ${p95} p99 ${p99} ms; ` +
            `longest task in each third of nine seconds ${cpu.join(', ')} ms of CPU, ${clock.join(', ')} ms by the clock`,
        );
      }
      const of = (figure: (seen: Smoothness) => number) => median(all.map(figure));
      console.log(
        `page: 11 rivals, medians of ${all.length}: p50 ${of(({ p50 }) => p50)} p95 ${of(({ p95 }) => p95)} ms, longest task ${of(longTask)} ms of CPU`,
      );
      return all;
    };
    const asPhone = await race(slowToPhone);
    expect(median(asPhone.map(longTask))).toBeLessThan(50);
    expect(median(asPhone.map(({ p50 }) => p50))).toBeLessThan(20);
    expect(asPhone.some((seen) => longTask(seen) < 50 && seen.p50 < 20 && seen.p95 < 50)).toBe(true);
    const isSmooth = (seen: Smoothness) => longTask(seen) < 50;
    expect((await race(slowFourTimes, isSmooth)).some(isSmooth)).toBe(true);
    clearInterval(pens);
    await inPhase(page, 'drawing');
  }, 300_000);

  /** Draws for nine seconds. */
  async function drawing(page: Page): Promise<Smoothness> {
    await page.evaluate(watchFrames);
    const chromium = page.context().browser()!;
    await chromium.startTracing(page, { categories: ['toplevel', '__metadata'] });
    for (const end = Date.now() + 9000; Date.now() < end; )
      await drawWithMouse(page, [drawn.circle.strokes[0]!.slice(0, 16)]);
    const frames = await page.evaluate(() => (globalThis as never as { gaps: number[] }).gaps);
    const tasks = mainTasks(await chromium.stopTracing());
    expect(frames.length).toBeGreaterThan(90);
    frames.sort((a, b) => a - b);
    const at = (share: number) => Math.round(frames[Math.floor(frames.length * share)]!);
    const [from, until] = [tasks[0]!.at, tasks.at(-1)!.at];
    const thirds = [0, 1, 2].map((i) =>
      tasks.filter(({ at }) => Math.min(2, Math.floor((3 * (at - from)) / (until - from))) === i),
    );
    const longest = (key: 'cpu' | 'wall') =>
      thirds.map((third) => Math.round(Math.max(...third.map((task) => task[key])))).sort((a, b) => a - b);
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), cpu: longest('cpu'), clock: longest('wall') };
  }
});

/** What a mid-range phone reaches, by Chrome's own calibration of its throttling (a Pixel 5). */
const PHONE_SCORE = 1000;
/** By how much a core is slowed down at most. */
const SLOWEST = 4;

/** Slows a page down. Returns by how much. */
type Slow = (page: Page, cdp: CDPSession) => Promise<number>;

const slowFourTimes: Slow = (_, cdp) => slowDown(cdp, SLOWEST);

/** To a phone's speed. */
async function slowToPhone(page: Page, cdp: CDPSession): Promise<number> {
  await slowDown(cdp, 1);
  // A page that has just been opened reaches its speed after a second or two.
  const scores: number[] = [];
  while (scores.length < 4) scores.push(await page.evaluate(benchmark));
  return slowDown(cdp, Math.min(SLOWEST, Math.max(1, ...scores.map((score) => score / PHONE_SCORE))));
}

async function slowDown(cdp: CDPSession, rate: number): Promise<number> {
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  return rate;
}

/** How quick this page's thread is now, on the scale of Lighthouse's BenchmarkIndex, which grows strings and copies arrays. */
function benchmark(): number {
  const rate = (work: (turn: number) => void): number => {
    const begun = performance.now();
    let turns = 0;
    while (performance.now() - begun < 250) work(turns++);
    return (100 * turns) / (performance.now() - begun);
  };
  const lists = [0, 1].map(() => Array.from({ length: 100_000 }, (_, i) => i)) as [number[], number[]];
  const strings = rate(() => {
    let text = '';
    for (let i = 0; i < 10_000; i++) text += 'a';
    // Used, so that it is done.
    if (text.length !== 10_000) throw new Error('strings do not grow');
  });
  const copies = rate((turn) => {
    const [from, to] = turn % 2 ? lists : [lists[1], lists[0]];
    for (let i = 0; i < from.length; i++) to[i] = from[i]!;
  });
  return (strings + copies) / 2;
}

/** Nine seconds of drawing. ms */
interface Smoothness {
  /** Times between frames. */
  p50: number;
  p95: number;
  p99: number;
  /**
   * The longest task of each third, sorted. By the thread's own time, since server and players share these cores with the
   * page; of three the middle one tells of the page.
   */
  cpu: number[];
  clock: number[];
}

interface Seen {
  /** First and largest contentful paint, ms since navigation. */
  first: number;
  largest: number;
  /** When there was something to press. ms */
  whole: number;
  /** Cumulative layout shift. */
  shift: number;
  /** Tasks over 50 ms. */
  tasks: number[];
  /** The scripts, and when they were asked for. ms */
  scripts: { path: string; start: number }[];
}

/** The middle one of a try's three; see `cpu`. */
const longTask = ({ cpu }: Smoothness): number => cpu[1]!;
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

function watchLoad(): void {
  const seen: Seen = { first: Number.NaN, largest: Number.NaN, whole: Number.NaN, shift: 0, tasks: [], scripts: [] };
  Object.assign(globalThis, { seen });
  const watch = (type: string, take: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-testid="nick"]')) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      seen.whole = performance.now();
    });
  }).observe(document, { childList: true, subtree: true });
  watch('paint', (entry) => {
    if (entry.name === 'first-contentful-paint') seen.first = entry.startTime;
  });
  watch('largest-contentful-paint', (entry) => {
    seen.largest = entry.startTime;
  });
  watch('layout-shift', (entry) => {
    seen.shift += (entry as PerformanceEntry & { value: number }).value;
  });
  watch('longtask', (entry) => seen.tasks.push(entry.duration));
  watch('resource', ({ name, startTime }) => {
    const path = new URL(name).pathname;
    if (path.endsWith('.js') && path !== '/sw.js') seen.scripts.push({ path, start: startTime });
  });
}

function watchFrames(): void {
  const page = globalThis as never as { gaps?: number[] };
  const watched = page.gaps !== undefined;
  page.gaps = [];
  if (watched) return;
  let last = performance.now();
  requestAnimationFrame(function frame(time) {
    page.gaps!.push(time - last);
    last = time;
    requestAnimationFrame(frame);
  });
}
