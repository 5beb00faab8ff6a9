/** How the time of a round runs out, on every screen of it. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, hasBrowser, inPhase, useBrowser } from '../support/browser.ts';
import { endPhase, recognize, setPace } from '../support/party.ts';
import { phoneAndDesk, RACE_PACE, start } from '../support/phone-and-desk.ts';
import { closeAll } from '../support/player.ts';
import { useServer } from '../support/server.ts';

const until = <T>(value: () => T, options = {}) => expect.poll(value, { timeout: 8000, interval: 50, ...options });

describe.skipIf(!hasBrowser)('the clock of a race', () => {
  const server = useServer({ pace: RACE_PACE });
  const browser = useBrowser();
  afterEach(closeAll);
  const room = phoneAndDesk(server, browser);

  test('the clock and the line around the board run out, hurry, and have a last second', async () => {
    const { host, phone, desk } = await room({ seconds: 10 });
    await desk.emulateMedia({ colorScheme: 'dark' });
    await start(host, phone, desk);
    await Promise.all([phone, desk].map((page) => page.evaluate(watchLastSecond)));
    await Promise.all(
      [phone, desk].map(async (page) => {
        const before = await clock(page);
        expect(before.plate).not.toBe(before.ink);
        expect(before.line).not.toBe(before.ink);
        await until(async () => (await clock(page)).seconds, { timeout: 5000 }).toBeLessThan(before.seconds);
        expect((await clock(page)).rest).toBeLessThan(before.rest);
        await until(async () => (await clock(page)).seconds, { timeout: 9000 }).toBeLessThanOrEqual(4);
        const hurry = await clock(page);
        // Dark on light or light on dark, for every eye. Red is the game's own colour.
        expect([hurry.plate, hurry.colour, hurry.line]).toEqual([hurry.ink, hurry.paper, hurry.ink]);
        expect([hurry.ink, hurry.paper]).not.toContain(hurry.flag);
        await until(async () => (await clock(page)).beat, { interval: 20 }).toBeGreaterThan(0.3);
      }),
    );
    await Promise.all([phone, desk].map((page) => inPhase(page, 'reveal', 'podium')));
    // A figure that beats is small again soon; that of the last second has grown.
    for (const page of [phone, desk])
      expect(await page.evaluate(() => (globalThis as never as { grown: number }).grown)).toBeGreaterThan(1.3);
  }, 60_000);

  test('the line keeps pace with the clock after a recognition, for spectators too', async () => {
    const { host, phone, desk } = await room({ seconds: 30 }, 'Kim');
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`);
    const { started, ends } = await start(host, phone, desk, eve);
    await until(async () => (await clock(phone)).seconds).toBeLessThanOrEqual(26);
    const kim = host.room!.players.find(({ nick }) => nick === 'Kim')!.id;
    await recognize(server, host, [[kim, 3000]]);
    for (const page of [phone, desk, eve]) {
      await until(() => page.locator(`.done[data-player="${kim}"]`).count()).toBe(1);
      const { now, rest } = page === eve ? await fuse(page) : await clock(page);
      expect(rest).toBeGreaterThan((ends - now) / (ends - started) - 0.05);
      expect(rest).toBeLessThan((ends - now) / (ends - started) + 0.05);
    }
  }, 60_000);

  test('the end of a round comes early, calmly: most hurry the others, and all can finish', async () => {
    const { host, phone, desk } = await room({ seconds: 60, rounds: 2 }, 'Kim');
    await setPace(server, host.code!, { hurry: 8000, finish: 7000 });
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`);
    await start(host, phone, desk, eve);
    expect(await phone.getByTestId('double').count()).toBe(0);
    const board = await byId(phone, 'board').boundingBox();
    const idOf = (name: string) => host.room!.players.find(({ nick }) => nick === name)!.id;
    const says = (page: Page, text: RegExp) => until(() => byId(page, 'closing').textContent()).toMatch(text);
    const reads = (page: Page, text: RegExp) => until(() => byId(page, 'live').textContent()).toMatch(text);
    const since = Date.now();
    const before = (await clock(phone)).rest;
    await recognize(server, host, [
      [host.id!, 800],
      [idOf('Kim'), 900],
      [idOf('Ben'), 1000],
    ]);
    await says(phone, /^\s*Hurry! [78] seconds left\s*$/);
    await reads(phone, /Hurry! [78] seconds left/);
    for (const page of [desk, eve]) await says(page, /^\s*Most are done: \d+ seconds left\s*$/);
    const hurried = await clock(phone);
    // It runs faster from then on, and does not jump.
    expect(hurried.rest).toBeGreaterThan(before - (Date.now() - since) / 8000);
    await until(async () => (await clock(phone)).seconds, { timeout: 9000 }).toBeLessThanOrEqual(5);
    expect((await clock(phone)).plate).toBe(hurried.ink);
    expect((await clock(desk)).plate).not.toBe(hurried.ink);

    await recognize(server, host, [[idOf('Ann'), 2000]]);
    for (const page of [phone, desk]) await says(page, /^\s*Finish your drawing! \d+ seconds left\s*$/);
    await says(eve, /^\s*Finishing touches: \d+ seconds left\s*$/);
    await reads(desk, /Finish your drawing! \d+ seconds left/);
    await reads(eve, /Finishing touches: \d+ seconds left/);
    await until(async () => (await clock(phone)).seconds, { timeout: 9000 }).toBeLessThanOrEqual(2);
    for (const page of [phone, desk]) {
      const last = await clock(page);
      expect(last.plate).not.toBe(last.ink);
      expect(last.line).not.toBe(last.ink);
      expect(last.beat).toBe(0);
      expect(last.rest).toBeLessThan(0.25);
    }
    expect(await byId(phone, 'board').boundingBox()).toEqual(board);
    await setPace(server, host.code!, { countdown: 60_000 });
    await Promise.all([phone, desk, eve].map((page) => inPhase(page, 'countdown')));
    for (const page of [phone, desk, eve]) expect(await byId(page, 'double').textContent()).toBe('×2 Double points!');
    for (const page of [phone, desk]) expect(await byId(page, 'subtitle').textContent()).toBe('');
    await endPhase(server, host.code!);
    await Promise.all([phone, desk, eve].map((page) => inPhase(page, 'drawing')));
    for (const page of [phone, desk, eve]) expect(await byId(page, 'double').textContent()).toBe('×2 Double points!');
  }, 120_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

/** What the clock and the line around the board show at this moment. */
const clock = (page: Page) =>
  page.evaluate(() => {
    const find = (id: string) => document.querySelector(`[data-testid="${id}"]`)!;
    const scale = (element: Element) => new DOMMatrix(getComputedStyle(element).transform);
    const token = (name: string) => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = `var(--${name})`;
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    };
    const lines = [...find('track').querySelectorAll('i')];
    const figure = find('clock').querySelector('span')!;
    return {
      seconds: Number(figure.textContent),
      colour: getComputedStyle(figure).color,
      /** Behind the figure. */
      plate: getComputedStyle(figure).backgroundColor,
      flag: token('flag'),
      ink: token('ink'),
      paper: token('paper'),
      /** Of what is left of it, and how much of the whole way that is. */
      line: getComputedStyle(lines.at(-1)!).backgroundColor,
      rest: lines.reduce((sum, line, i) => sum + (scale(line).a * scale(line).d * [1, 2, 2, 2, 1][i]!) / 8, 0),
      now: Date.now(),
      beat: Number(getComputedStyle(find('track').querySelector('b')!).opacity),
    };
  });

/** Remembers how large the last second's figure ever was. */
function watchLastSecond(): void {
  const seen = Object.assign(globalThis, { grown: 0 });
  requestAnimationFrame(function look() {
    const figure = document.querySelector('[data-testid="clock"] span');
    if (figure?.textContent === '1')
      seen.grown = Math.max(seen.grown, new DOMMatrix(getComputedStyle(figure).transform).a);
    requestAnimationFrame(look);
  });
}

const fuse = (page: Page) =>
  page.evaluate(() => {
    const line = document.querySelector('.fuse > *')!;
    return { rest: new DOMMatrix(getComputedStyle(line).transform).a, now: Date.now() };
  });
