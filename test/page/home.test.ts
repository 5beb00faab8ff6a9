/** The first minute and the lobby, in a real browser, by finger on a phone and by mouse at a desk. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { encode } from 'uqr';
import { afterEach, describe, expect, test } from 'vitest';
import {
  byId,
  DESKTOP,
  drawWithMouse,
  guessed,
  hasBrowser,
  inLobby,
  inPhase,
  PHONE,
  step,
  useBrowser,
} from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { closeAll, create, join, phase } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { painted, shown, squares, ticked } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const MOUSE: BrowserContextOptions = { viewport: DESKTOP };
const TOUCH: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };
const SIDEWAYS: BrowserContextOptions = { ...TOUCH, viewport: { width: 844, height: 390 } };
const HANDS = [
  ['by mouse', MOUSE],
  ['by finger', TOUCH],
] as const;

describe.skipIf(!hasBrowser)('the first minute', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 1000, finish: 300 } });
  const browser = useBrowser();
  afterEach(closeAll);
  const { open } = browser;

  const press = (page: Page, id: string) =>
    page.viewportSize()!.width < DESKTOP.width ? byId(page, id).tap() : byId(page, id).click();
  const codeOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!;
  const text = (page: Page, id: string) => byId(page, id).textContent();

  /** A room whose host is at this page. */
  async function founded(options: BrowserContextOptions): Promise<{ page: Page; code: string }> {
    const page = await open(server.url, options);
    await byId(page, 'nick').fill('Hana');
    await press(page, 'create-room');
    await inLobby(page);
    return { page, code: codeOf(page) };
  }

  async function joined(code: string, nick: string, options: BrowserContextOptions): Promise<Page> {
    const page = await open(`${server.url}/r/${code}`, options);
    await byId(page, 'nick').fill(nick);
    await press(page, 'enter');
    await inLobby(page);
    return page;
  }

  describe.each(HANDS)('%s', (_, options) => {
    test('a race is shown, has a winner, and can be paused', async () => {
      const page = await open(server.url, options);
      await page.locator('[data-testid="demo-racer"][data-place="1"]').waitFor();
      expect(await page.locator('[data-testid="demo-racer"]:visible').count()).toBeGreaterThanOrEqual(3);
      const winner = page.locator('[data-testid="demo-racer"][data-place="1"]');
      expect(await winner.textContent()).toMatch(/1st \d+\.\d s/);
      expect(await winner.textContent()).toContain(await byId(page, 'demo').getAttribute('data-word'));
      await press(page, 'demo-pause');
      await painted(page);
      const still = await shown(page);
      await ticked(page);
      expect(await shown(page)).toBe(still);
      await press(page, 'demo-pause');
      await expect.poll(() => shown(page)).not.toBe(still);
    });

    test('Play now is in a race within three seconds', async () => {
      const play = async () => {
        const page = await open(server.url, options);
        const before = performance.now();
        await press(page, 'play-alone');
        await inPhase(page, 'countdown', 'drawing');
        await byId(page, 'board').waitFor();
        return performance.now() - before;
      };
      // The quickest of a few: what else runs on these cores only adds.
      let took = await play();
      for (let tries = 1; took >= 3000 && tries < 4; tries++) took = Math.min(took, await play());
      expect(took).toBeLessThan(3000);
    }, 60_000);

    test('open rooms are listed with their players and phase, to join or to watch', async () => {
      const host = await create(server.url, 'Mara', { public: true, seconds: 60, rounds: 1 });
      const page = await open(server.url, options);
      const line = page.locator(`[data-code="${host.code}"]`);
      await expect.poll(() => line.textContent()).toMatch(/Mara’s room\s*1 of 8 seats · Waiting/);
      await join(server.url, host.code!, 'Jonas');
      await host.ask('start', {});
      await phase(host, 'drawing');
      await expect.poll(() => line.textContent(), { timeout: 8000 }).toMatch(/2 of 8 seats · Drawing/);
      await line.getByTestId('watch').click();
      await inPhase(page, 'drawing');
      expect(host.room!.spectators).toBe(1);
      expect(page.url()).toContain('?watch');
      await page.goto(server.url);
      await byId(page, 'nick').fill('Lee');
      await line.getByTestId('join').click();
      await inPhase(page, 'drawing');
      await expect.poll(() => host.room!.players.map(({ nick }) => nick)).toContain('Lee');
    });

    test('a code is taken in any shape, and told of when it is short or wrong', async () => {
      const host = await create(server.url, 'Mara', { seats: 1 });
      const page = await open(server.url, options);
      await byId(page, 'join-code').fill('K7');
      await press(page, 'enter');
      expect(await page.getByRole('alert').textContent()).toContain('5 letters');
      expect(await byId(page, 'join-code').getAttribute('aria-invalid')).toBe('true');
      await byId(page, 'join-code').fill('AAAAA');
      await press(page, 'enter');
      await byId(page, 'refusal').waitFor();
      expect(await byId(page, 'refusal').getAttribute('data-why')).toBe('no-room');
      expect(await byId(page, 'join-code').inputValue()).toBe('AAAAA');
      // A link is as good as a code; and where no seat is left, one may watch.
      await byId(page, 'join-code').fill(`${server.url}/r/${host.code!.toLowerCase()}?watch`);
      await press(page, 'enter');
      await page.locator('[data-why="room-full"]').waitFor();
      await press(page, 'watch-instead');
      await inPhase(page, 'lobby');
      await expect.poll(() => host.room!.spectators).toBe(1);
      await host.ask('settings', { seats: 2 });
      await page.goto(server.url);
      await byId(page, 'join-code').fill(` ${host.code!.toLowerCase()}`);
      await press(page, 'enter');
      await inPhase(page, 'lobby');
      await expect.poll(() => host.room!.players.length).toBe(2);
    });
  });

  test.each([
    ['phone', TOUCH],
    ['phone on its side', SIDEWAYS],
    ['desk', MOUSE],
  ])('before the page is there one sees the name, where it stays (%s)', async (_, options) => {
    const page = await open('about:blank', options);
    const come: (() => void)[] = [];
    await page.route(/assets\/index-.*\.js/, (route) => void come.push(() => route.continue()));
    await page.goto(server.url, { waitUntil: 'commit' });
    const place = (selector: string) =>
      page.locator(selector).evaluate(async (name) => {
        await document.fonts.ready;
        const { x, y, width, height } = name.getBoundingClientRect();
        return [x, y, width, height].map(Math.round);
      });
    const before = await place('.splash .wordmark');
    await expect.poll(() => come.length).toBe(1);
    come[0]!();
    await byId(page, 'nick').waitFor();
    expect(await place('main h1 .wordmark')).toEqual(before);
    expect(await page.locator('.splash').count()).toBe(0);
  });

  test('the show stands still, at its end, for who wants less motion', async () => {
    const page = await open(server.url, { ...MOUSE, reducedMotion: 'reduce' });
    await page.locator('[data-testid="demo-racer"][data-place="1"]').waitFor();
    await painted(page);
    const still = await shown(page);
    await ticked(page);
    expect(await shown(page)).toBe(still);
  });

  test('lists keep their place while they come, and say when they cannot', async () => {
    const page = await open('about:blank', MOUSE);
    let answer: (() => void) | undefined;
    const asked = new Promise<void>((done) => {
      answer = done;
    });
    await page.route('**/api/*', async (route) => {
      await asked;
      await route.abort();
    });
    const errors = browser.errors.length;
    await page.goto(server.url);
    await expect.poll(() => page.getByTestId('skeleton').count()).toBe(2);
    answer!();
    await expect.poll(() => text(page, 'rooms')).toContain('could not be loaded');
    await expect.poll(() => text(page, 'leaders')).toContain('could not be loaded');
    await page.unroute('**/api/*');
    await expect.poll(() => text(page, 'rooms'), { timeout: 8000 }).toContain('No room is open');
    browser.errors.splice(errors);
    await press(page, 'open-public');
    await inPhase(page, 'lobby');
    expect(await byId(page, 'settings-public').isChecked()).toBe(true);
  });

  test('the best are shown after a match', async () => {
    const { page } = await founded(MOUSE);
    await page.getByTestId('settings-difficulty').selectOption('easy');
    await step(page, 'settings-rounds', 'first', '1');
    await press(page, 'start');
    await inPhase(page, 'drawing');
    const word = (await text(page, 'prompt'))!.trim();
    for (const { strokes } of drawingsOf(word, 8)) {
      if ((await page.locator('.app').getAttribute('data-phase')) !== 'drawing') break;
      await drawWithMouse(page, strokes);
      await page
        .locator('[data-testid="stamp"], [data-phase="reveal"], [data-phase="podium"]')
        .first()
        .waitFor({ timeout: 3000 })
        .catch(() => {});
      if ((await page.getByTestId('stamp').count()) === 0) await page.keyboard.press('x');
    }
    await inPhase(page, 'podium');
    await page.goto(server.url);
    await expect.poll(() => text(page, 'leaders')).toMatch(/1\s*Hana\s*\d+ points/);
  }, 60_000);

  test('seats fill as people come, each with a colour and a shape of its own', async () => {
    const { page, code } = await founded(TOUCH);
    const players = [];
    for (const nick of ['Mara', 'Jonas', 'Aiko']) players.push(await join(server.url, code, nick));
    await expect.poll(() => page.getByTestId('seat').count()).toBe(4);
    const marks = await page
      .locator('[data-testid="seat"] .mark path')
      .evaluateAll((paths) => paths.map((path) => [path.getAttribute('d'), path.getAttribute('fill')]));
    expect(new Set(marks.map(([shape]) => shape)).size).toBe(4);
    expect(new Set(marks.map(([, colour]) => colour)).size).toBe(4);
    await players[2]!.ask('leave', {});
    await expect.poll(() => page.getByTestId('seat').count()).toBe(3);
  });

  test('what the host sets, guests see at once', async () => {
    const { page, code } = await founded(TOUCH);
    const guest = await joined(code, 'Gus', MOUSE);
    expect(await text(guest, 'settings-summary')).toBe('6 × 20 s · Mixed');
    await step(page, 'settings-rounds', 'last', '8');
    await step(page, 'settings-seconds', 'last', '30');
    await step(page, 'settings-seats', 'first', '7');
    await page.getByTestId('settings-difficulty').selectOption('hard');
    await press(page, 'settings-public');
    await expect.poll(() => text(guest, 'settings-summary')).toBe('8 × 30 s · Hard');
    await guest.getByTestId('settings-summary').click();
    expect(await guest.getByTestId('settings-seats').getAttribute('data-value')).toBe('7');
    await expect.poll(() => guest.getByTestId('settings-public').isChecked()).toBe(true);
    expect(await guest.getByTestId('settings-public').isDisabled()).toBe(true);
    expect(await byId(guest, 'say').count()).toBe(1);
    await press(page, 'settings-chat');
    await expect.poll(() => byId(guest, 'say').count()).toBe(0);
  });

  test('a setting that is refused goes back', async () => {
    const { page } = await founded(MOUSE);
    await page.evaluate(() => {
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (data) {
        // As if it came too late: the server knows no such words.
        return send.call(this, typeof data === 'string' ? data.replace('"hard"', '"harder"') : data);
      };
    });
    await page.getByTestId('settings-difficulty').selectOption('hard');
    await page.locator('[data-why="bad-settings"]').waitFor();
    expect(await page.getByTestId('settings-difficulty').inputValue()).toBe('mixed');
  });

  test('the host can send somebody away', async () => {
    const { page, code } = await founded(MOUSE);
    const guest = await joined(code, 'Gus', TOUCH);
    await byId(page, 'kick').click();
    await guest.locator('[data-testid="gone"][data-why="kicked"]').waitFor();
    await expect.poll(() => page.getByTestId('seat').count()).toBe(1);
  });

  test('the link is copied, and shared where the browser can', async () => {
    const { page, code } = await founded({ ...MOUSE, permissions: ['clipboard-read', 'clipboard-write'] });
    await press(page, 'copy');
    await expect.poll(() => text(page, 'copy')).toContain('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.url}/r/${code}`);
    const phone = await open('about:blank', TOUCH);
    await phone.addInitScript(() => {
      navigator.share = async (what) => void Object.assign(globalThis, { shared: what });
    });
    await phone.goto(`${server.url}/r/${code}`);
    await byId(phone, 'nick').fill('Gus');
    await press(phone, 'enter');
    await press(phone, 'share');
    expect(await phone.evaluate(() => (globalThis as never as { shared: ShareData }).shared.url)).toBe(
      `${server.url}/r/${code}`,
    );
  });

  test('the link is copied also without https, and under a dialog', async () => {
    const host = await create(server.url, 'Mara', { seconds: 60 });
    const page = await joined(host.code!, 'Gus', MOUSE);
    await page.context().grantPermissions(['clipboard-read']);
    await page.evaluate(() =>
      Object.defineProperty(navigator.clipboard, 'writeText', { value: () => Promise.reject() }),
    );
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await press(page, 'invite');
    await press(page, 'copy');
    await expect.poll(() => text(page, 'copy')).toContain('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.url}/r/${host.code}`);
    expect(await byId(page, 'copy').evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('a name that was typed stays in another language', async () => {
    const page = await open(server.url, MOUSE);
    await byId(page, 'nick').fill('Hana');
    await byId(page, 'language').selectOption('de');
    await expect.poll(() => text(page, 'play-alone')).toContain('Jetzt spielen');
    expect(await byId(page, 'nick').inputValue()).toBe('Hana');
  });

  test('the QR code is the link; who hides the code has it nowhere, and comes back all the same', async () => {
    const { page, code } = await founded(MOUSE);
    const wanted = encode(`${server.url}/r/${code}`, { border: 2 }).data;
    expect(await page.locator('[data-testid="qr"] svg').evaluate(squares, wanted.length)).toEqual(wanted);
    await press(page, 'toggle-hideCode');
    await page.locator('[data-testid="qr"] .lucide').waitFor();
    expect(await page.locator('[data-testid="qr"] svg').evaluate(squares, wanted.length)).not.toEqual(wanted);
    // Nor in what shows where a pointer rests.
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(code);
    await expect.poll(() => page.url()).not.toContain(code);
    const [tv] = await Promise.all([page.context().waitForEvent('page'), press(page, 'tv')]);
    await tv.waitForURL(`${server.url}/r/*/tv`);
    await tv.close();
    await page.reload();
    await inLobby(page);
    await expect.poll(() => page.url()).not.toContain(code);
    expect(await page.getByTestId('seat').count()).toBe(1);
    await press(page, 'toggle-hideCode');
    await expect.poll(() => codeOf(page)).toBe(code);
  });

  test('what is said and how one feels arrives, without what offends and not too often', async () => {
    const { page, code } = await founded(MOUSE);
    const guest = await joined(code, 'Gus', TOUCH);
    await byId(guest, 'say').fill('what the fuck, hello');
    await press(guest, 'send');
    await expect.poll(() => text(page, 'lines')).toMatch(/Gus\s*what the ••••, hello/);
    await press(guest, 'react');
    await byId(page, 'bubble').waitFor();
    expect(await byId(page, 'bubble').textContent()).toContain('👏');
    await byId(page, 'react').evaluate((button) => {
      for (let i = 0; i < 12; i++) (button as HTMLElement).click();
    });
    await page.locator('[data-testid="refusal"][data-why="too-often"]').waitFor();
  });

  test('while one waits the machine guesses what one draws to warm up', async () => {
    const { page, code } = await founded(MOUSE);
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithMouse(page, drawn.circle.strokes);
    await page.locator('[data-testid="practice"][data-state="ready"]').waitFor();
    await drawWithMouse(page, drawn['smiley face'].strokes);
    await expect.poll(() => guessed(page)).toBeGreaterThan(0);
    // By finger not before one taps it: who scrolls by draws nothing.
    const guest = await joined(code, 'Gus', TOUCH);
    expect(await guest.getByTestId('practice').getAttribute('data-state')).toBe('idle');
    await press(guest, 'practice-begin');
    await guest.locator('[data-testid="practice"][data-state="ready"]').waitFor();
  }, 60_000);

  test('who comes late is let in from a running race, on a phone on its side too', async () => {
    const host = await create(server.url, 'Mara', { seconds: 60 });
    const page = await joined(host.code!, 'Gus', SIDEWAYS);
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await press(page, 'invite');
    const dialog = page.getByRole('dialog', { name: 'Invite' });
    const box = (await dialog.boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(390);
    expect(await dialog.textContent()).toContain(host.code);
    const wanted = encode(`${server.url}/r/${host.code}`, { border: 2 }).data;
    expect(await dialog.locator('[data-testid="qr"] svg').evaluate(squares, wanted.length)).toEqual(wanted);
    await dialog.getByTestId('toggle-hideCode').tap();
    expect(await page.evaluate(() => document.body.textContent)).not.toContain(host.code);
    await dialog.getByRole('button', { name: 'Close' }).tap();
    await dialog.waitFor({ state: 'detached' });
  });

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
