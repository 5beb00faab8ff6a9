/** The rivals’ drawings beside the board, from one to eleven of them. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, hasBrowser, useBrowser } from '../support/browser.ts';
import { enter, recognize } from '../support/party.ts';
import { drawWithTouch, LONG_NICK, phoneAndDesk, RACE_PACE, start } from '../support/phone-and-desk.ts';
import { closeAll, create, join } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { difference, inkOf, settled } from '../support/seen.ts';
import { useServer } from '../support/server.ts';

const until = <T>(value: () => T, options = {}) => expect.poll(value, { timeout: 8000, interval: 50, ...options });

describe.skipIf(!hasBrowser)('the rivals of a race', () => {
  const server = useServer({ pace: RACE_PACE });
  const browser = useBrowser();
  afterEach(closeAll);
  const room = phoneAndDesk(server, browser);

  test('a rival’s picture is square whatever the name, and the same as on the drawer’s board', async () => {
    const { host, phone, desk } = await room({ seconds: 60 }, LONG_NICK);
    const { prompt } = await start(host, phone, desk);
    await drawWithTouch(phone, drawingsOf(prompt, 2)[1]!.strokes);
    await until(() => host.drawings.remote.size).toBeGreaterThan(0);
    for (const page of [phone, desk]) {
      // The drawing may be recognized, and then its card moves.
      await settled(page);
      const cards = await page.getByTestId('rival').evaluateAll((all) =>
        all.map((card) => {
          const canvas = card.querySelector('canvas')!.getBoundingClientRect();
          return { card: card.clientWidth, width: canvas.width, height: canvas.height };
        }),
      );
      expect(cards.length).toBe(3);
      for (const { card, width, height } of cards) {
        expect(card).toBe(cards[0]!.card);
        expect(Math.abs(width - height)).toBeLessThan(1);
        expect(Math.abs(width - card)).toBeLessThan(1);
      }
      expect(await overflow(page)).toEqual([0, 0]);
    }
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    const own = () => inkOf(phone, '[data-testid="board"] canvas');
    const seen = () => inkOf(desk, `[data-player="${ann}"] canvas`);
    await until(async () => difference(await own(), await seen())).toBeLessThan(0.1);
    // Not two empty ones.
    expect(Math.max(...(await own()))).toBeGreaterThan(0.3);
  }, 60_000);

  test('twelve players and a long word fit on every screen', async () => {
    const friends = Array.from({ length: 9 }, (_, i) => (i === 0 ? LONG_NICK : `Rival ${i}`));
    const { host, phone, desk } = await room({ seconds: 60 }, ...friends);
    await start(host, phone, desk);
    for (const [page, width, height] of [
      [phone, 390, 844],
      [phone, 320, 568],
      [phone, 844, 390],
      [desk, 1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height });
      // No word of the game is as long in English; its letters are counted as the page counts them.
      await byId(page, 'prompt').evaluate((heading) => {
        heading.textContent = 'Feuerwehrhydrant und Schlagzeug';
        heading.parentElement!.style.setProperty('--letters', `${heading.textContent.length}`);
      });
      expect(await overflow(page), `${width}x${height}`).toEqual([0, 0]);
      const board = (await byId(page, 'board').boundingBox())!;
      expect(Math.abs(board.width - board.height)).toBeLessThan(1);
      expect(board.width).toBeGreaterThanOrEqual(Math.min(width, height) * 0.44);
      expect(await page.evaluate(() => [innerWidth, innerHeight])).toEqual([width, height]);
      // The first rivals can be seen.
      const card = (await byId(page, 'rival').boundingBox())!;
      expect(card.y + card.height).toBeLessThanOrEqual(height);
      expect(card.x + card.width).toBeLessThanOrEqual(width);
    }
  }, 60_000);

  test.each([1, 2, 3])(
    'up to three rivals (%i) are large at a desk',
    async (count) => {
      const host = await create(server.url, 'Hana', { rounds: 1, seconds: 60 });
      for (let i = 1; i < count; i++) await join(server.url, host.code!, `Rival ${i}`);
      const desk = await enter(browser, server, host.code!, 'Ben', { viewport: { width: 1440, height: 900 } });
      await start(host, desk);
      const cards = await desk.getByTestId('rival').evaluateAll((all) =>
        all.map((card) => {
          const { width, bottom } = card.getBoundingClientRect();
          return { width, isShown: bottom <= innerHeight };
        }),
      );
      expect(cards).toHaveLength(count);
      for (const { width, isShown } of cards) {
        expect(isShown).toBe(true);
        expect(width).toBeGreaterThan(count === 3 ? 190 : 280);
      }
      expect(await overflow(desk)).toEqual([0, 0]);
      // Once somebody is recognized, too, with the longest word, in any window.
      await recognize(server, host, [[host.id!, 500]]);
      await until(() => desk.locator('.done').count()).toBe(1);
      await settled(desk);
      await byId(desk, 'prompt').evaluate((heading) => {
        heading.textContent = 'Feuerwehrhydrant und Schlagzeug';
      });
      for (const [width, height] of [
        [1440, 901],
        [1366, 768],
        [1280, 720],
        [900, 500],
      ] as const) {
        await desk.setViewportSize({ width, height });
        expect(await overflow(desk), `${width}x${height}`).toEqual([0, 0]);
        const below = await desk
          .getByTestId('rival')
          .evaluateAll((all) => all.map((card) => Math.max(0, card.getBoundingClientRect().bottom - innerHeight)));
        expect(below, `${width}x${height}`).toEqual(Array(count).fill(0));
      }
    },
    30_000,
  );

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

const overflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [Math.max(0, scrollWidth - innerWidth), Math.max(0, scrollHeight - innerHeight)];
  });
