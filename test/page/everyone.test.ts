/** The page for everybody: languages, keyboard, screen reader, large rooms, no network, small phones. In a real browser. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { BOARD, pointsIn } from '../../shared/ink.ts';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, drawWithMouse, guessed, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { crowd, endPhase, enter, scribble, setPace } from '../support/party.ts';
import { closeAll, create } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('the page', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 30_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  /** A room whose host is a person without a page, so that nothing there waits for a click. */
  async function room() {
    const host = await create(server.url, 'Hana', { rounds: 1, seconds: 60, seats: 12, public: true });
    const code = host.code!;
    return { host, code, start: () => host.ask('start', {}), end: () => endPhase(server, code) };
  }

  test.each(['light', 'dark'] as const)(
    'passes axe on every screen (%s)',
    async (colorScheme) => {
      const { code, start, end } = await room();
      const options = { viewport: PHONE, colorScheme, bypassCSP: true };
      const page = await browser.open(server.url, options);
      await byId(page, 'nick').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.goto(`${server.url}/r/${code}`);
      await byId(page, 'enter').waitFor();
      expect(await violations(page)).toEqual([]);
      await byId(page, 'nick').fill('Ann');
      await byId(page, 'enter').click();
      await inPhase(page, 'lobby');
      expect(await violations(page)).toEqual([]);
      const tv = await browser.open(`${server.url}/r/${code}/tv`, { ...options, viewport: DESKTOP });
      const eve = await browser.open(`${server.url}/r/${code}?watch`, options);
      await inPhase(eve, 'lobby');
      await start();
      await inPhase(page, 'drawing');
      expect([...(await violations(page)), ...(await violations(tv))]).toEqual([]);
      await byId(eve, 'look').click();
      await byId(eve, 'enlarged').waitFor();
      expect(await violations(eve)).toEqual([]);
      await end();
      await inPhase(page, 'reveal');
      expect([...(await violations(page)), ...(await violations(tv))]).toEqual([]);
      await end();
      await inPhase(page, 'podium');
      expect([...(await violations(page)), ...(await violations(tv))]).toEqual([]);
    },
    90_000,
  );

  test('is accessible with twelve players, in every size and phase, in dialogs, and right to left', async () => {
    const players = await crowd(server, 9);
    const host = players[0]!;
    await setPace(server, host.code!, { countdown: 60_000 });
    const pages: Page[] = [];
    for (const options of [
      { viewport: PHONE },
      { viewport: { width: 844, height: 390 }, locale: 'ar' },
      { viewport: DESKTOP },
    ])
      pages.push(await enter(browser, server, host.code!, `Ann ${pages.length}`, { ...options, bypassCSP: true }));
    const objections = async () => (await Promise.all(pages.map(violations))).flat();
    for (let i = 0; i < 6; i++)
      await players[i]!.ask('chat', { text: `A line that is long enough to be two on a phone, ${i}` });
    await pages[0]!.getByTestId('lines').getByText('phone, 5').waitFor();
    expect(await objections()).toEqual([]);
    await host.ask('start', {});
    for (const phase of ['countdown', 'drawing', 'reveal', 'podium']) {
      await Promise.all(pages.map((page) => inPhase(page, phase)));
      if (phase === 'drawing') {
        await scribble(players);
        for (const id of ['choices', 'invite', 'leave']) {
          for (const page of pages) await byId(page, id).click();
          expect(await objections()).toEqual([]);
          for (const page of pages) await page.keyboard.press('Escape');
        }
      }
      expect(await objections()).toEqual([]);
      await endPhase(server, host.code!);
    }
  }, 120_000);

  test('follows the browser’s language and its direction, and can be changed', async () => {
    const { code, start, host } = await room();
    const page = await browser.open(`${server.url}/r/${code}`, { locale: 'ar-EG' });
    await byId(page, 'nick').waitFor();
    expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([
      'ar',
      'rtl',
    ]);
    await byId(page, 'nick').fill('Amal');
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
    await start();
    await inPhase(page, 'drawing');
    const phase = host.room!.phase as { prompt: string };
    const words = (tag: string): Record<string, string> =>
      JSON.parse(readFileSync(new URL(`../../client/words/${tag}.json`, import.meta.url), 'utf8'));
    await expect.poll(async () => (await byId(page, 'prompt').textContent())!.trim()).toBe(words('ar')[phase.prompt]);
    await page.goto(server.url);
    await byId(page, 'language').selectOption('de');
    await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe('de');
    expect(await page.evaluate(() => document.documentElement.dir)).toBe('ltr');
    await page.reload();
    await expect.poll(() => byId(page, 'play-alone').textContent()).toContain('Jetzt spielen');
  }, 60_000);

  test('can be drawn on with arrow keys, with announcements for screen readers', async () => {
    const { code, start, host } = await room();
    const page = await browser.open(`${server.url}/r/${code}`);
    await byId(page, 'nick').fill('Ann');
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
    await start();
    await inPhase(page, 'drawing');
    const { prompt } = host.room!.phase as { prompt: string };
    await expect.poll(() => byId(page, 'live').textContent()).toContain(prompt);
    await byId(page, 'board').focus();
    await page.keyboard.press('Space');
    const strokes = () => [...host.drawings.remote.values()][0]?.ink.strokes ?? [];
    for (const [key, axis] of [
      ['ArrowRight', -2],
      ['ArrowDown', -1],
    ] as const) {
      await page.keyboard.down(key);
      await expect.poll(() => strokes()[0]?.at(axis) ?? 0).toBeGreaterThan(BOARD / 2 + 100);
      await page.keyboard.up(key);
    }
    await page.keyboard.press('Space');
    await expect.poll(() => pointsIn(strokes()[0] ?? [])).toBeGreaterThan(5);
    await page.keyboard.press('z');
    await expect.poll(() => strokes().length).toBe(0);
  }, 60_000);

  test('shows its commentary as subtitles, and saves a picture', async () => {
    const page = await browser.open(server.url);
    await byId(page, 'play-alone').click();
    await inPhase(page, 'drawing');
    const before = await byId(page, 'subtitle').textContent();
    await drawWithMouse(page, drawn.house.strokes);
    await expect.poll(() => byId(page, 'subtitle').textContent()).not.toBe(before);
    await endPhase(server, new URL(page.url()).pathname.split('/').at(-1)!);
    await inPhase(page, 'reveal');
    await byId(page, 'look').click();
    const [file] = await Promise.all([page.waitForEvent('download'), byId(page, 'keep').click()]);
    expect(file.suggestedFilename()).toMatch(/\.png$/);
    expect(
      readFileSync(await file.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  }, 60_000);

  test('shows the whole room on a TV, and hides the code for streamers', async () => {
    const { code, start } = await room();
    const tv = await browser.open(`${server.url}/r/${code}/tv`);
    await inPhase(tv, 'lobby');
    expect(await byId(tv, 'room-code').textContent()).toContain(code);
    const page = await browser.open(`${server.url}/r/${code}`);
    await byId(page, 'nick').fill('Ann');
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
    await byId(page, 'toggle-hideCode').click();
    for (const text of await page.locator('.code').allTextContents()) expect(text).not.toContain(code);
    await start();
    await inPhase(tv, 'drawing');
    await expect.poll(() => tv.getByTestId('rival').count()).toBe(2);
  }, 60_000);

  test('practises without a server once the recognizer is cached', async () => {
    const page = await browser.open(server.url);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await byId(page, 'create-room').click();
    await inPhase(page, 'lobby');
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithMouse(page, drawn.circle.strokes);
    await page.locator('[data-state="ready"]').waitFor();
    const kept = () => page.evaluate(async () => (await (await caches.open('machine')).keys()).length);
    await expect.poll(kept, { timeout: 20_000 }).toBe(5);
    const errors = browser.errors.length;
    await page.context().setOffline(true);
    await page.goto(server.url);
    await byId(page, 'practise').click();
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithMouse(page, drawn.circle.strokes);
    await page.locator('[data-state="ready"]').waitFor();
    await drawWithMouse(page, drawn.square.strokes);
    await expect.poll(() => guessed(page)).toBeGreaterThan(0);
    await page.close();
    // Without a network the browser complains of every try to reach the server.
    browser.errors.splice(errors);
  }, 60_000);

  test('fits text at twice the size', async () => {
    const { code, start } = await room();
    const page = await browser.open(`${server.url}/r/${code}`, { viewport: PHONE, bypassCSP: true });
    /** What is wider than the page. */
    const wide = async () => {
      await page.addStyleTag({ content: 'html { font-size: 200% }' });
      return page.evaluate(() => {
        if (document.documentElement.scrollWidth <= innerWidth) return [];
        const out = [...document.querySelectorAll('body *')].filter(
          (e) => e.getBoundingClientRect().right > innerWidth,
        );
        return [document.documentElement.scrollWidth, ...out.map((e) => e.outerHTML.slice(0, 80))];
      });
    };
    expect(await wide()).toEqual([]);
    await byId(page, 'nick').fill('Ann');
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
    // The widest code there is.
    await page.locator('.code').evaluateAll((all) => {
      for (const each of all) each.textContent = 'WWWWW';
    });
    expect(await wide()).toEqual([]);
    await start();
    await inPhase(page, 'drawing');
    expect(await wide()).toEqual([]);
  }, 60_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
