/** The first minute, in a real browser, by finger on a phone and by mouse at a desk. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, drawWithMouse, hasBrowser, inPhase, step, useBrowser } from '../support/browser.ts';
import { closeAll, create, join, phase } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { QUICK, useServer } from '../support/server.ts';
import { founded, MOUSE, press, SIDEWAYS, TOUCH, text } from '../support/visitors.ts';

const HANDS = [
  ['by mouse', MOUSE],
  ['by finger', TOUCH],
] as const;

describe.skipIf(!hasBrowser)('the first minute', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 1000, finish: 300 } });
  const browser = useBrowser();
  afterEach(closeAll);
  const { open } = browser;

  describe.each(HANDS)('%s', (_, options) => {
    test('the demo race has a winner, and can be paused', async () => {
      const page = await open(server.url, options);
      await page.locator('[data-testid="demo-racer"][data-place="1"]').waitFor();
      expect(await page.locator('[data-testid="demo-racer"]:visible').count()).toBeGreaterThanOrEqual(3);
      const winner = page.locator('[data-testid="demo-racer"][data-place="1"]');
      expect(await winner.textContent()).toMatch(/1st \d+\.\d\u00a0s/);
      expect(await winner.textContent()).toContain(await byId(page, 'demo').getAttribute('data-word'));
      await press(page, 'demo-pause');
      await painted(page);
      const still = await shown(page);
      await ticked(page);
      expect(await shown(page)).toBe(still);
      await press(page, 'demo-pause');
      await expect.poll(() => shown(page)).not.toBe(still);
    });

    test('Play now starts a race within three seconds', async () => {
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

    test('a code is accepted in any case and spacing; a short or wrong one gets a message', async () => {
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
  ])('before the page is ready the name shows, in its final place (%s)', async (_, options) => {
    const page = await open('about:blank', options);
    const come: (() => void)[] = [];
    await page.route(/assets\/index-.*\.js/, (route) => void come.push(() => route.continue()));
    await page.goto(server.url, { waitUntil: 'commit' });
    const place = (selector: string) =>
      page.locator(selector).evaluate(async (name) => {
        const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')];
        // The browser paints nothing before it has the styles, but a script sees the page without them.
        while (!links.every(({ sheet }) => sheet)) await new Promise((next) => setTimeout(next, 10));
        // Its fonts are fetched once it is laid out.
        name.getBoundingClientRect();
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

  test('with reduced motion the demo shows its end, still', async () => {
    const page = await open(server.url, { ...MOUSE, reducedMotion: 'reduce' });
    await page.locator('[data-testid="demo-racer"][data-place="1"]').waitFor();
    await painted(page);
    const still = await shown(page);
    await ticked(page);
    expect(await shown(page)).toBe(still);
  });

  test('lists keep their place while loading, and say when they can’t load', async () => {
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
    await expect.poll(() => text(page, 'rooms')).toContain('Couldn’t load the open rooms');
    await expect.poll(() => text(page, 'leaders')).toContain('Couldn’t load the leaderboard');
    await page.unroute('**/api/*');
    await expect.poll(() => text(page, 'rooms'), { timeout: 8000 }).toContain('No open rooms');
    browser.errors.splice(errors);
    await press(page, 'open-public');
    await inPhase(page, 'lobby');
    expect(await byId(page, 'settings-public').isChecked()).toBe(true);
  });

  test('the leaderboard shows the best after a match', async () => {
    const { page } = await founded(browser, server, MOUSE);
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

    await page.goto(`${server.url}/mine`);
    await press(page, 'leave-boards');
    await page.keyboard.press('Escape');
    await byId(page, 'leave-boards-yes').waitFor({ state: 'detached' });
    await press(page, 'leave-boards');
    await press(page, 'leave-boards-yes');
    await page.getByText('on no leaderboard').waitFor();
    await page.goto(server.url);
    await expect.poll(() => text(page, 'leaders')).toContain('Nobody yet');
  }, 60_000);

  test('the code has room beside its button on every phone, in every language', async () => {
    const page = await open(server.url, { ...TOUCH, viewport: { width: 360, height: 740 } });
    for (const language of ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar']) {
      await byId(page, 'language').selectOption(language);
      await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe(language);
      await byId(page, 'join-code').fill('WMWMW');
      for (const width of [320, 360, 390, 430, 600]) {
        await page.setViewportSize({ width, height: 740 });
        const hidden = await byId(page, 'join-code').evaluate((field) => field.scrollWidth - field.clientWidth);
        expect([language, width, hidden]).toEqual([language, width, 0]);
        const [code, button] = await Promise.all(
          ['join-code', 'enter'].map(async (id) => (await byId(page, id).boundingBox())!),
        );
        const apart = Math.max(button!.x - code!.x - code!.width, code!.x - button!.x - button!.width);
        expect(apart, `${language} ${width}`).toBeGreaterThan(0);
        expect(button!.height, `${language} ${width}`).toBeLessThan(50);
      }
    }
  });

  test('a name that is deleted gives way to the suggestion', async () => {
    const page = await open(server.url, MOUSE);
    const suggested = await byId(page, 'nick').inputValue();
    await byId(page, 'nick').fill(' ');
    expect(await byId(page, 'nick').getAttribute('placeholder')).toBe(suggested);
    await press(page, 'create-room');
    await inPhase(page, 'lobby');
    await expect.poll(() => text(page, 'seat')).toContain(suggested);
    const guest = await open('about:blank', TOUCH);
    await guest.addInitScript((name) => {
      // Another suggestion than the host's.
      Math.random = () => (name.startsWith('Swift') ? 0.5 : 0);
    }, suggested);
    await guest.goto(`${server.url}/r/${page.url().split('/').at(-1)}`);
    const other = await byId(guest, 'nick').inputValue();
    await byId(guest, 'nick').fill('');
    await press(guest, 'enter');
    await expect.poll(() => guest.getByTestId('seat').filter({ hasText: other }).count()).toBe(1);
  });

  test('a link says who invites, how many are here, and at once if there is no room or no seat', async () => {
    const host = await create(server.url, 'Marie', { seats: 2 });
    const page = await open(`${server.url}/r/${host.code}`, TOUCH);
    await expect.poll(() => text(page, 'invitation')).toMatch(/Marie invited you.*1 of 2 is here · Waiting/);
    await join(server.url, host.code!, 'Tom');
    await page.reload();
    await expect.poll(() => text(page, 'refusal')).toContain('full');
    expect(await byId(page, 'enter').count()).toBe(0);
    await press(page, 'watch');
    await inPhase(page, 'lobby');

    const errors = browser.errors.length;
    await page.goto(`${server.url}/r/AAAA2`);
    await expect.poll(() => text(page, 'refusal')).toContain('no room behind this link');
    for (const id of ['enter', 'watch', 'invitation']) expect(await byId(page, id).count()).toBe(0);
    await press(page, 'create-room');
    await inPhase(page, 'lobby');
    // The browser complains of each 404.
    browser.errors.splice(errors);
  });

  test('an unknown address has a page of its own, in the visitor’s language, with the way home', async () => {
    const page = await open('about:blank', { ...MOUSE, locale: 'de' });
    const errors = browser.errors.length;
    const answer = await page.goto(`${server.url}/nonsense`);
    expect(answer!.status()).toBe(404);
    await expect.poll(() => text(page, 'lost')).toContain('Die Rennen starten auf der Startseite');
    await press(page, 'to-home');
    await byId(page, 'play-alone').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    browser.errors.splice(errors);
  });

  test('an error looks like no button', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(server.url, { ...TOUCH, colorScheme });
      await byId(page, 'join-code').fill('K7');
      await press(page, 'enter');
      const colours = (id: string) =>
        byId(page, id).evaluate((each) => [getComputedStyle(each).backgroundColor, getComputedStyle(each).color]);
      const error = await colours('code-mistake');
      const action = await colours('play-alone');
      for (const i of [0, 1]) expect(error[i]).not.toBe(action[i]);
      expect(await page.locator('[data-testid="code-mistake"] svg').count()).toBe(1);
    }
  });

  test('a typed name survives a change of language', async () => {
    const page = await open(server.url, MOUSE);
    await byId(page, 'nick').fill('Hana');
    await byId(page, 'language').selectOption('de');
    await expect.poll(() => text(page, 'play-alone')).toContain('Jetzt spielen');
    expect(await byId(page, 'nick').inputValue()).toBe('Hana');
  });

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

/** What was to be painted is. */
const painted = (page: Page) =>
  page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  });

/** A timer as quick as the show's own has come round many times, and what was asked for is painted. */
const ticked = async (page: Page) => {
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        let ticks = 0;
        const timer = setInterval(() => {
          if (++ticks < 12) return;
          clearInterval(timer);
          done();
        }, 33);
      }),
  );
  await painted(page);
};

/** What the show's boards show now. */
const shown = (page: Page): Promise<string> =>
  byId(page, 'demo').evaluate((demo) =>
    [...demo.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join(),
  );
