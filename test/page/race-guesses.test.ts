/** What the page says about drawings while they grow. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { prefix } from '../../shared/ink.ts';
import { byId, drawWithMouse, hasBrowser, useBrowser } from '../support/browser.ts';
import { scribble } from '../support/drawings.ts';
import { endPhase } from '../support/party.ts';
import { bars, drawWithTouch, phoneAndDesk, puzzling, RACE_PACE, start } from '../support/phone-and-desk.ts';
import { closeAll, phase } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { useServer } from '../support/server.ts';

const until = <T>(value: () => T, options = {}) => expect.poll(value, { timeout: 8000, interval: 50, ...options });

describe.skipIf(!hasBrowser)('the guesses of a race', () => {
  const server = useServer({ pace: RACE_PACE });
  const browser = useBrowser();
  afterEach(closeAll);
  const room = phoneAndDesk(server, browser);

  test('words that are accepted for the prompt are named beside it, for spectators and screen readers too', async () => {
    const { words } = server.recognizer.words;
    const alike = ['swimming pool', 'aircraft carrier', 'hot air balloon'];
    const text = 'Also counts: swimming pool, aircraft carrier, and hot air balloon';
    for (const each of words) each.alike = alike;
    try {
      const { host, phone, desk } = await room({ seconds: 60 });
      const eve = await browser.open(`${server.url}/r/${host.code}?watch`, { viewport: { width: 360, height: 640 } });
      await phone.setViewportSize({ width: 360, height: 640 });
      await start(host, phone, desk, eve);
      for (const page of [phone, desk, eve]) {
        expect(await byId(page, 'alike').textContent()).toBe(text);
        await until(() => byId(page, 'live').textContent()).toContain(text);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      }
      await endPhase(server, host.code!);
      expect((await phase(host, 'reveal')).alike).toEqual(alike);
    } finally {
      for (const each of words) delete each.alike;
    }
  }, 60_000);

  test('the guesses move, the prompt’s bar among them', async () => {
    const { host, phone, desk } = await room({ seconds: 60 });
    const { prompt } = await start(host, phone, desk);
    for (const page of [phone, desk]) expect((await bars(page))[0]).toEqual({ word: prompt, share: 0 });
    const [drawing] = drawingsOf(prompt, 1);
    await drawWithTouch(phone, prefix(drawing!, 0.3).strokes);
    await drawWithMouse(desk, scribble(1));
    for (const page of [phone, desk]) {
      await until(async () => (await bars(page)).filter(({ share }) => share > 0).length).toBeGreaterThan(1);
      const shown = await bars(page);
      expect(shown.map(({ word }) => word).filter((word) => word === prompt)).toEqual([prompt]);
      expect(shown[0]!.word).toBe(prompt);
      expect(await visibleBar(page, 0)).toBe(true);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const contrast of await contrasts(page)) expect(contrast).toBeGreaterThanOrEqual(3);
      }
    }
    const first = await bars(desk);
    await drawWithMouse(desk, scribble(4));
    await until(() => bars(desk)).not.toEqual(first);
  }, 60_000);

  test('it says that it is not sure only while that is so, to drawer and rivals', async () => {
    const { host, phone, desk } = await room({ seconds: 120 });
    await start(host, phone, desk);
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    const guess = desk.locator(`[data-player="${ann}"] [data-testid="rival-guess"]`);
    const sureness = () => host.guesses.get(ann)?.sureness;
    await drawWithTouch(phone, await puzzling(server));
    await until(sureness).toBe('unsure');
    await until(() => byId(phone, 'subtitle').textContent(), { timeout: 6000 }).toMatch(/not sure yet/i);
    await until(async () => (await guess.textContent())!.trim()).toBe('not sure yet');
    await byId(phone, 'clear').tap();
    await until(() => byId(phone, 'subtitle').textContent()).toBe('Nothing yet. Draw!');
    await until(async () => (await guess.textContent())!.trim()).toBe('blank');
  }, 90_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

const visibleBar = (page: Page, i: number) => page.getByTestId('guess-bar').nth(i).isVisible();

/** Of each bar against the trough it moves in. */
const contrasts = (page: Page): Promise<number[]> =>
  page.locator('[data-testid="guess-bar"] .meter').evaluateAll((meters) => {
    const light = (colour: string) => {
      const [r, g, b] = colour
        .match(/[\d.]+/g)!
        .map((value) => Number(value) / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! + 0.05;
    };
    return meters.map((meter) => {
      const { color, backgroundColor } = getComputedStyle(meter);
      const [one, other] = [light(color), light(backgroundColor)];
      return Math.max(one, other) / Math.min(one, other);
    });
  });
