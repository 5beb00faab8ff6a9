import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { History } from '../../shared/history.ts';
import { BOARD } from '../../shared/ink.ts';
import { INK_LIMIT } from '../../shared/protocol.ts';
import type { Record } from '../../shared/record.ts';
import { decode, encode } from '../../shared/record.ts';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { clearest } from '../support/known.ts';
import { penPause } from '../support/pen.ts';
import { closeAll, create, eraseAll, eraseLast, join, type Player, phase, stroke } from '../support/player.ts';
import { difference, inkOf } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';
import { SIDEWAYS, TOUCH } from '../support/visitors.ts';

const CANVAS = '[data-testid="player"] canvas';

/** What stands in the archive's parts and texts, and nowhere else in the client. */
function archiveOnly(): string[] {
  const files = (readdirSync('client', { recursive: true }) as string[]).filter((file) =>
    /\.(svelte|ts|json)$/.test(file),
  );
  const isArchive = (file: string) => /^(messages\/)?archive\//.test(file);
  const textOf = (some: string[]) => some.map((file) => readFileSync(`client/${file}`, 'utf8')).join('\n');
  const own = textOf(files.filter((file) => isArchive(file) && !/\/(?!en)\w\w\.json$/.test(file)));
  const others = textOf(files.filter((file) => !isArchive(file)));
  const marks = [
    ...own.matchAll(/data-testid="([\w-]+)"/g),
    // Long texts, without what is written in other ways in a script.
    ...own.matchAll(/": "([\w ,.]{25,})"/g),
  ].map(([whole, text]) => (whole.startsWith('data') ? `data-testid="${text}"` : text!));
  return [...new Set(marks)].filter((mark) => !others.includes(mark));
}

describe.skipIf(!hasBrowser)('a replay', () => {
  const server = useServer({ pace: { ...QUICK, reveal: 120_000, hold: 60_000 } });
  const browser = useBrowser();

  let ann: Player;
  let ids: { ann: string; bob: string };
  let cookie: string;
  let record: Record;
  const api = (id: string) => `${server.url}/api/replays/${id}`;

  /** Ann wipes her board, takes a stroke back, and is recognized; Bob draws, and wipes it all. */
  beforeAll(async () => {
    cookie = (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]!;
    const settings = { seats: 4, rounds: 1, seconds: 60, difficulty: 'easy' } as const;
    ann = await create(server.url, 'Ann', settings, { Cookie: cookie });
    const bob = await join(server.url, ann.code!, 'Bob');
    await ann.ask('start', {});
    const { prompt } = await phase(ann, 'drawing');
    const draw = async (player: Player, line: number[]) => {
      stroke(player, line);
      player.send();
      await penPause(80);
    };
    await draw(ann, [300, 300, 700, 900, 1200, 500]);
    await penPause(300);
    eraseAll(ann);
    ann.send();
    await penPause(500);
    await draw(ann, [100, 1900, 900, 1800, 1900, 1900]);
    await penPause(300);
    eraseLast(ann);
    ann.send();
    await penPause(500);
    await draw(bob, [300, 300, 700, 900, 1200, 500]);
    eraseAll(bob);
    bob.send();
    for (const line of (await clearest(server.recognizer, prompt))[0]!.strokes) await draw(ann, line);
    await vi.waitFor(() => {
      const { phase } = ann.room!;
      expect(phase.name === 'drawing' && phase.recognized.length).toBe(1);
    }, 15_000);
    await server.store.update(ann.code!, (game) => {
      const ends = Date.now();
      return game.phase.name === 'drawing'
        ? { ...game, version: game.version + 1, phase: { ...game.phase, ends, close: ends } }
        : game;
    });
    await phase(ann, 'reveal', 30_000);
    const answer = await ann.ask('replays', {});
    const of = (id: string) => ((answer.ok && answer.replays) || []).find(({ player }) => player === id)!.id;
    ids = { ann: of(ann.id!), bob: of(bob.id!) };
    for (const id of Object.values(ids))
      await vi.waitFor(async () => expect((await fetch(api(id))).status).toBe(200), 10_000);
    record = decode(new Uint8Array(await (await fetch(api(ids.ann))).arrayBuffer()));
  }, 90_000);
  afterAll(closeAll);

  const at = (page: Page): Promise<number> =>
    byId(page, 'seek').evaluate((range) => Number((range as HTMLInputElement).value));
  const spoken = (page: Page) => byId(page, 'seek').getAttribute('aria-valuetext');
  const seek = (page: Page, to: number) =>
    byId(page, 'seek').evaluate((range, to) => {
      (range as HTMLInputElement).value = `${to}`;
      range.dispatchEvent(new Event('input', { bubbles: true }));
    }, to);
  const opened = async (id: string, options: Parameters<typeof browser.open>[1] = {}): Promise<Page> => {
    const page = await browser.open(`${server.url}/replay/${id}`, options);
    await byId(page, 'player').waitFor();
    return page;
  };
  const STILL = { reducedMotion: 'reduce' } as const;

  test.each([
    ['en', '0.5×'],
    ['de', '0,5×'],
    ['ar', '0.5×'],
  ])('says in %s how fast it plays', async (locale, half) => {
    const page = await opened(ids.ann, { ...STILL, locale });
    expect(await byId(page, 'speed-0.5').textContent()).toBe(half);
  });

  test('plays at its pace, and its bars, marks and stroke with it', async () => {
    const page = await opened(ids.ann);
    expect(await byId(page, 'word').textContent()).toBe(record.word);
    await expect.poll(() => at(page)).toBeGreaterThan(0);
    expect(await byId(page, 'player').getAttribute('data-playing')).toBe('true');
    expect(await page.title()).toBe(`${record.word} · Doodle Derby`);
    const kinds = await page
      .getByTestId('mark')
      .evaluateAll((all) => all.map((mark) => mark.getAttribute('data-what')));
    expect(kinds).toEqual(['clear', 'undo', 'recognized']);
    // Twice as fast.
    await byId(page, 'speed-2').click();
    await expect.poll(() => byId(page, 'player').getAttribute('data-playing'), { timeout: 20_000 }).toBe('false');
    const end = await at(page);
    expect(end).toBe(Math.max(record.history.at(-1)!.at, record.verdict!.at));
    expect(await byId(page, 'guess-bar').getAttribute('data-share')).toBe('1');
    await byId(page, 'deciding').waitFor();

    // Before the verdict the bars say what was said then.
    await seek(page, record.verdict!.at - 1);
    await expect.poll(() => byId(page, 'deciding').count()).toBe(0);
    const looks = record.history.flatMap((event) =>
      'guesses' in event && event.at < record.verdict!.at ? [event.guesses] : [],
    );
    const share = Number(await byId(page, 'guess-bar').getAttribute('data-share'));
    expect(share).toBeCloseTo(looks.at(-1)!.target, 5);

    // Backwards and forwards come to the same picture.
    const picture = async (time: number) => {
      await seek(page, time);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      return inkOf(page, CANVAS);
    };
    const [middle, whole] = [await picture(end / 2), await picture(end)];
    expect(difference(whole, middle)).toBeGreaterThan(0.1);
    expect(difference(await picture(end / 2), middle)).toBeLessThan(0.03);
    expect(difference(await picture(end), whole)).toBeLessThan(0.03);

    // A reload comes to the same replay.
    await page.reload();
    await byId(page, 'player').waitFor();
    expect(await byId(page, 'word').textContent()).toBe(record.word);
    await byId(page, 'to-home').click();
    await byId(page, 'nick').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    expect(await page.title()).toBe('Doodle Derby');
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('with reduced motion nothing plays by itself; keys and a screen reader get all of it', async () => {
    const page = await opened(ids.ann, STILL);
    const end = Math.max(record.history.at(-1)!.at, record.verdict!.at);
    await page.waitForTimeout(300);
    expect(await at(page)).toBe(end);
    expect(await spoken(page)).toContain(`It’s`);
    const erased = await byId(page, 'erasures').locator('li').allTextContents();
    expect(erased.map((line) => line.split(': ')[1])).toEqual(['wiped clean', 'undone', 'the stroke that did it']);

    await byId(page, 'seek').focus();
    await page.keyboard.press('Home');
    expect(await at(page)).toBe(0);
    expect(await spoken(page)).toMatch(/^0\.0\u00a0s of \d+\.\d\u00a0s$/);
    await page.keyboard.press('ArrowRight');
    expect(await at(page)).toBe(1000);
    await page.keyboard.press('ArrowLeft');
    expect(await at(page)).toBe(0);
    await page.keyboard.press('End');
    expect(await at(page)).toBe(end);
    await page.keyboard.press('ArrowLeft');
    expect(await at(page)).toBe(end - 1000);
    // It says what the network saw, as sure as it was.
    const look = record.history.filter((event) => 'guesses' in event && event.guesses.sureness === 'guessing')[0]!;
    await seek(page, look.at);
    if (look.at < record.verdict!.at) expect(await spoken(page)).toMatch(/I see… .+ \d+%$/);
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await expect.poll(() => at(page)).toBeGreaterThan(0);
    await page.keyboard.press(' ');
    expect(await byId(page, 'player').getAttribute('data-playing')).toBe('false');
    // From the heading, too.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press(' ');
    expect(await byId(page, 'player').getAttribute('data-playing')).toBe('true');
    await page.keyboard.press(' ');
    // A mark is a way there.
    await byId(page, 'to-verdict').click();
    expect(await at(page)).toBe(record.verdict!.at);

    // All was wiped off: it says so.
    await page.goto(`${server.url}/replay/${ids.bob}`);
    await page.getByText('All wiped off').waitFor();
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('a seek in the largest record blocks no frame', async () => {
    const large = encode({ ...record, verdict: null, history: largest() });
    const page = await browser.open('about:blank', STILL);
    await page.route('**/api/replays/*', (route) => route.fulfill({ body: Buffer.from(large) }));
    // The work of each frame.
    await page.addInitScript(() => {
      const watched = { frames: [] as number[] };
      Object.assign(globalThis, { watched });
      const request = requestAnimationFrame;
      let last = 0;
      globalThis.requestAnimationFrame = (paint) =>
        request((now) => {
          const begun = performance.now();
          paint(now);
          if (now === last) watched.frames.push((watched.frames.pop() ?? 0) + performance.now() - begun);
          else watched.frames.push(performance.now() - begun);
          last = now;
        });
    });
    await page.goto(`${server.url}/replay/${ids.ann}`);
    await byId(page, 'player').waitFor();
    const seeks = await byId(page, 'seek').evaluate(async (range) => {
      const { watched } = globalThis as never as { watched: { frames: number[] } };
      const end = Number((range as HTMLInputElement).max);
      const seeks: { sync: number; frames: number[] }[] = [];
      for (const share of [1, 0.98, 0.2, 0.99, 0.5, 0.97, 0.01, 1, 0.6, 0.995, 0.95, 0.4, 0.99, 0.3, 1]) {
        await new Promise((done) => setTimeout(done, 1500));
        watched.frames = [];
        const begun = performance.now();
        (range as HTMLInputElement).value = `${share * end}`;
        range.dispatchEvent(new Event('input', { bubbles: true }));
        await Promise.resolve();
        seeks.push({ sync: performance.now() - begun, frames: watched.frames });
      }
      await new Promise((done) => setTimeout(done, 1500));
      return seeks;
    });
    const longest = seeks.map(({ sync, frames }) => Math.max(sync, ...frames));
    console.log(
      `page: seeks in ${(large.length / 1024).toFixed(0)} kB of record: longest piece of work of each ` +
        `${longest.map((ms) => ms.toFixed(1)).join(', ')} ms, in ${seeks.map(({ frames }) => frames.length).join(', ')} frames`,
    );
    expect(longest.toSorted((a, b) => a - b)[longest.length >> 1]).toBeLessThan(16);
    // All of it comes, however many frames that takes.
    const whole = await inkOf(page, CANVAS);
    await page.setViewportSize({ ...DESKTOP, height: DESKTOP.height + 40 });
    await page.waitForTimeout(1500);
    expect(difference(await inkOf(page, CANVAS), whole)).toBeLessThan(0.05);
    expect(whole.reduce((a, b) => a + b, 0)).toBeGreaterThan(1000);
  }, 120_000);

  test.each([
    ['a phone', { viewport: PHONE }],
    ['a phone on its side, in the dark', { viewport: SIDEWAYS.viewport!, colorScheme: 'dark' as const }],
    ['a desktop, from right to left', { viewport: DESKTOP, locale: 'ar' }],
  ])(
    'shows what the network saw, accessibly, on %s',
    async (_, options) => {
      const page = await opened(ids.ann, { ...options, ...STILL, bypassCSP: true });
      await byId(page, 'open-seen').click();
      await expect.poll(() => page.getByTestId('channel').count()).toBe(3);
      const list = byId(page, 'strokes-read').locator('li');
      await list.first().waitFor({ timeout: 60_000 });
      const read = await list.evaluateAll((all) => all.map((li) => Number((li as HTMLElement).dataset.without)));
      expect(read).toEqual(read.toSorted((a, b) => a - b));
      // The recognized drawing misses its most important stroke.
      expect(read[0]).toBeLessThan(record.verdict!.probability);
      expect(await page.getByTestId('older').count()).toBe(0);
      await page.locator('summary').click();
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(20);
      // The word comes last, as the verdict says.
      const last = Number.parseInt((await page.locator('tbody tr:last-child td').first().textContent())!, 10);
      expect(last).toBeGreaterThan(30);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      // The pictures are of the moment.
      const lit = () =>
        byId(page, 'channel').evaluate((canvas) => {
          const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 64, 64);
          return data.filter((value, i) => i % 4 === 0 && value > 0).length;
        });
      expect(await lit()).toBeGreaterThan(50);
      await seek(page, 0);
      await expect.poll(lit).toBe(0);
    },
    90_000,
  );

  test('an older model is named, and a browser that cannot run it says so', async () => {
    const page = await browser.open('about:blank', STILL);
    const older = encode({ ...record, model: '0123456789abcdef' });
    await page.route(`**/api/replays/${ids.ann}`, (route) => route.fulfill({ body: Buffer.from(older) }));
    await page.goto(`${server.url}/replay/${ids.ann}`);
    await byId(page, 'open-seen').click();
    await byId(page, 'older').waitFor({ timeout: 60_000 });

    // The service worker has its own way to the engine.
    const without = await browser.open('about:blank', { ...STILL, serviceWorkers: 'block' });
    await without.route('**/*.wasm', (route) => route.abort());
    await without.goto(`${server.url}/replay/${ids.ann}`);
    await byId(without, 'open-seen').click();
    await byId(without, 'seen-failed').waitFor({ timeout: 60_000 });
    expect(await without.getByTestId('channel').count()).toBe(3);
    browser.errors.length = 0;
  }, 120_000);

  test.each([
    ['a phone', TOUCH],
    ['a phone on its side', SIDEWAYS],
    ['a desktop', { viewport: DESKTOP }],
  ])(
    'is watched in the room, without leaving it, on %s',
    async (_, options) => {
      const page = await browser.open(`${server.url}/r/${ann.code}?watch`, { ...options, ...STILL, bypassCSP: true });
      await inPhase(page, 'reveal');
      const press = (id: string) => (options.isMobile ? byId(page, id).tap() : byId(page, id).click());
      await press('look');
      await press('watch-again');
      const dialog = byId(page, 'replay-dialog');
      await dialog.getByTestId('player').waitFor();
      expect(await dialog.locator('h2').first().textContent()).toContain('Ann');
      // Escape and keys are its own; the room is still there.
      await page.keyboard.press('Home');
      await byId(page, 'seek').focus();
      await page.keyboard.press('Home');
      expect(await at(page)).toBe(0);
      await press('play');
      await expect.poll(() => at(page)).toBeGreaterThan(0);
      await press('play');
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByTestId('replay-dialog').count()).toBe(0);
      expect(await byId(page, 'picture').isVisible()).toBe(true);
      expect(page.url()).toContain(`/r/${ann.code}`);
      expect(browser.errors).toEqual([]);
    },
    60_000,
  );

  test('neither a first visit nor the service worker fetches any of it', async () => {
    const files: string[] = [];
    const page = await browser.open('about:blank');
    page.context().on('request', (request) => files.push(new URL(request.url()).pathname));
    await page.goto(server.url);
    await byId(page, 'nick').waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    const kept = await page.evaluate(async () => {
      const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      return all.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept.some((path) => path.includes('/assets/'))).toBe(true);
    files.push(...kept);
    const scripts = [...new Set(files)].filter((path) => path.endsWith('.js') && path.includes('/assets/'));
    const loaded = scripts.map((path) => readFileSync(`dist/client${path}`, 'utf8')).join('\n');
    const marks = archiveOnly();
    expect(marks.length).toBeGreaterThan(100);
    // They are what the scripts of the archive have in them.
    const archive = readdirSync('dist/client/assets').filter((name) => name.endsWith('.js'));
    const built = archive.map((name) => readFileSync(`dist/client/assets/${name}`, 'utf8')).join('\n');
    expect(marks.filter((mark) => !built.includes(mark)).length).toBeLessThan(marks.length / 20);
    expect(marks.filter((mark) => loaded.includes(mark))).toEqual([]);
  }, 60_000);

  test('everybody can keep and share it; its drawer shows a name and deletes it, nobody else', async () => {
    const friend = await opened(ids.ann, { ...STILL, permissions: ['clipboard-read', 'clipboard-write'] });
    await byId(friend, 'keep-replay').click();
    await friend.getByText(/until \w+ \d+, \d{4}/).waitFor();
    await byId(friend, 'share-replay').click();
    await expect
      .poll(() => friend.evaluate(() => navigator.clipboard.readText()))
      .toBe(`${server.url}/replay/${ids.ann}`);
    expect(await friend.getByTestId('owner').count()).toBe(0);

    const page = await browser.open('about:blank', STILL);
    const [name, value] = cookie.split('=') as [string, string];
    await page.context().addCookies([{ name, value, url: server.url }]);
    await page.addInitScript(() => localStorage.setItem('derby.nick', 'Ann'));
    await page.goto(`${server.url}/replay/${ids.ann}`);
    await byId(page, 'owner').waitFor();
    await byId(page, 'show-name').click();
    await page.locator('.by').getByText('Ann').waitFor();
    await friend.reload();
    await friend.locator('.by').getByText('Ann').waitFor();
    await byId(page, 'show-name').click();
    await expect.poll(() => page.locator('.by').getByText('Ann').count()).toBe(0);

    await byId(page, 'delete').click();
    expect((await fetch(api(ids.ann))).status).toBe(200);
    await byId(page, 'delete-really').click();
    await page.locator('[data-testid="replay-problem"][data-why="deleted"]').waitFor();
    expect((await fetch(api(ids.ann))).status).toBe(404);
    expect(browser.errors).toEqual([]);
    await friend.reload();
    await friend.locator('[data-testid="replay-problem"][data-why="missing"]').waitFor();
    await friend.getByTestId('replay-problem').getByRole('button').click();
    await byId(friend, 'nick').waitFor();
    // The browser itself notes that there was none.
    expect(browser.errors.filter((error) => !error.includes('404'))).toEqual([]);
    browser.errors.length = 0;
  }, 60_000);

  test('without the server it can be tried again; one of a later version asks for a reload', async () => {
    const page = await browser.open('about:blank', STILL);
    let down = true;
    await page.route('**/api/replays/*', (route) => (down ? route.abort() : route.continue()));
    await page.goto(`${server.url}/replay/${ids.bob}`);
    await page.locator('[data-why="failed"]').waitFor();
    down = false;
    await byId(page, 'retry').click();
    await byId(page, 'player').waitFor();

    const bytes = encode(record);
    bytes[0] = 2;
    const later = await browser.open('about:blank', STILL);
    await later.route('**/api/replays/*', (route) => route.fulfill({ body: Buffer.from(bytes) }));
    await later.goto(`${server.url}/replay/${ids.bob}`);
    await later.locator('[data-why="later"]').waitFor();
    browser.errors.length = 0;
  }, 60_000);

  test('one that is deleted meanwhile says so in the room, which goes on', async () => {
    const page = await browser.open(`${server.url}/r/${ann.code}?watch`);
    await inPhase(page, 'reveal');
    await byId(page, 'look').click();
    await byId(page, 'watch-again').click();
    await page.locator('[data-testid="replay-dialog"] [data-why="missing"]').waitFor({ timeout: 15_000 });
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByTestId('replay-dialog').count()).toBe(0);
    expect(await byId(page, 'picture').isVisible()).toBe(true);
    browser.errors.length = 0;
  }, 60_000);
});

/** As much as a history can hold: a full board, drawn three times. */
function largest(): History {
  const strokes = 40;
  const points = INK_LIMIT / strokes;
  const history: History = [];
  let at = 0;
  for (let turn = 0; turn < 3; turn++) {
    if (turn > 0) history.push({ at, erased: 'clear', strokes: 0, rev: turn });
    for (let s = 0; s < strokes; s++)
      for (let i = 0; i < points; i += 10) {
        at += 12;
        const line = Array.from({ length: 10 }, (_, k) => i + k).flatMap((k) => [
          Math.round(BOARD * (0.5 + 0.45 * Math.sin(k / 40 + s))),
          Math.round(BOARD * (0.5 + 0.45 * Math.cos(k / 31 + s + turn))),
        ]);
        history.push({ at, stroke: s, points: line });
      }
  }
  return history;
}
