/** The galleries in a real browser: words, pages of drawings, what they were taken for, and reports. */
import { mkdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readSample } from '../../shared/sample.ts';
import { violations } from '../support/axe.ts';
import { byId, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { party, recognize, scribble } from '../support/party.ts';
import { closeAll, phase } from '../support/player.ts';
import { saveReplay } from '../support/records.ts';
import { inked, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const sample = readSample(readFileSync('client/archive/gallery/sample.txt', 'utf8'));

const shoot = async (page: Page, name: string) => {
  const dir = process.env.PICTURES;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  await settled(page);
  await page.screenshot({ path: `${dir}/${name}.png` });
};

describe.skipIf(!hasBrowser)('a gallery', () => {
  const server = useServer({ pace: QUICK });
  const browser = useBrowser();
  const ids: string[] = [];
  afterEach(closeAll);

  beforeAll(async () => {
    const { replays } = server.backend;
    const save = async (word: string, n: number) => {
      const drawings = sample.get(word)!;
      const thoughts = [['chair'], ['snake', 'river'], ['chair', 'bed'], []][n % 4]!;
      const ms = n % 9 === 8 ? null : 2000 + ((n * 37) % 60) * 200;
      const nick = n % 3 === 0 ? 'Ann' : '';
      const strokes = drawings[n % drawings.length]!;
      return saveReplay(replays, { word, strokes, thoughts, ms, nick }, { passes: true });
    };
    for (let n = 0; n < 60; n++) ids.push(await save('bicycle', n));
    const words = server.recognizer.words.words.map(({ word }) => word).filter((word) => word !== 'bicycle');
    for (const word of words.slice(0, 70)) await save(word, 1);
  });
  afterAll(() => {
    expect(browser.errors.filter((error) => !/404|503/.test(error))).toEqual([]);
  });

  test('has a word’s drawings, those near the screen alone, and more as one scrolls', { timeout: 60_000 }, async () => {
    const page = await browser.open(`${server.url}/gallery/bicycle`);
    await byId(page, 'drawing').waitFor();
    expect(await page.locator('h1').textContent()).toBe('How others drew a bicycle here');
    await expect.poll(() => inked(page, '[data-testid="drawing"] canvas')).toBeGreaterThan(20);
    const order = () =>
      page
        .getByTestId('drawing')
        .locator('a')
        .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).pathname));
    expect((await order())[0]).toBe(`/replay/${ids.at(-1)}`);
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'word-desktop');
    const seen = new Set(await order());
    for (let i = 0; i < 60 && seen.size < 60; i++) {
      await page.mouse.wheel(0, 500);
      await page.waitForTimeout(100);
      for (const each of await order()) seen.add(each);
      expect(await page.getByTestId('drawing').count()).toBeLessThan(60);
    }
    expect(seen.size).toBe(60);
    // What it was taken for, most often first, beside real ones, with the credit.
    await byId(page, 'real').scrollIntoViewIfNeeded();
    expect(await byId(page, 'real').locator('h3').first().textContent()).toBe('I saw a chair.');
    await expect.poll(() => inked(page, '[data-testid="real"] li canvas')).toBeGreaterThan(20);
    expect(await byId(page, 'real').textContent()).toMatch(/Quick, Draw!, Google, CC BY 4\.0/);
    await shoot(page, 'wrong-desktop');
    // The fastest first, at an address of its own.
    await page.keyboard.press('Home');
    await page.evaluate(() => scrollTo(0, 0));
    await byId(page, 'fastest').click();
    await page.waitForURL('**/gallery/bicycle?sort=fastest');
    await expect
      .poll(async () => (await byId(page, 'drawing').locator('.time').textContent())?.trim())
      .toBe('2.0\u00a0s');
    expect(await byId(page, 'fastest').getAttribute('aria-pressed')).toBe('true');
    // By keyboard to a replay.
    await byId(page, 'drawing').locator('a').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/replay/*');
  });

  test('takes a report, and no longer shows what enough people reported', { timeout: 60_000 }, async () => {
    const page = await browser.open(`${server.url}/gallery/bicycle`, { viewport: PHONE, hasTouch: true });
    await byId(page, 'drawing').waitFor();
    const [id] = ids.slice(-1);
    await byId(page, 'report').click();
    expect(await byId(page, 'send-report').isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.locator('dialog label').nth(0).click();
    await shoot(page, 'report-phone');
    await byId(page, 'send-report').click();
    await byId(page, 'reported').waitFor();
    expect((await server.backend.replays.inspect(id!))!.reports).toEqual(['indecent']);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    for (const reporter of ['b', 'c']) await server.backend.replays.report(id!, reporter, 'other');
    await page.reload();
    await byId(page, 'drawing').waitFor();
    expect(await byId(page, 'drawing').locator('a').getAttribute('href')).not.toContain(id);
    await shoot(page, 'word-phone');
  });

  test('has its words in the player’s language and order, each with a picture', { timeout: 60_000 }, async () => {
    const page = await browser.open(`${server.url}/gallery`, { locale: 'de-DE' });
    await byId(page, 'word').waitFor();
    await expect
      .poll(() => page.getByTestId('word').first().locator('.name').textContent())
      .not.toBe('aircraft carrier');
    const names = await page.getByTestId('word').locator('.name').allTextContents();
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'de')));
    await expect.poll(() => inked(page, '[data-testid="word"] canvas')).toBeGreaterThan(20);
    expect(await page.getByTestId('word').count()).toBeLessThan(71);
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'words-desktop');
    await byId(page, 'word').locator('a').click();
    await byId(page, 'drawing').waitFor();
    await page.goBack();
    await byId(page, 'word').waitFor();
  });

  test('reads from right to left, by night, on a phone', { timeout: 60_000 }, async () => {
    const options = { locale: 'ar', viewport: PHONE, hasTouch: true, colorScheme: 'dark' } as const;
    const page = await browser.open(`${server.url}/gallery/bicycle`, options);
    await byId(page, 'drawing').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'word-ar');
    await byId(page, 'real').scrollIntoViewIfNeeded();
    await shoot(page, 'wrong-ar');
  });

  test('says so if nobody shows a drawing of the word, and if there is no such word', { timeout: 60_000 }, async () => {
    const page = await browser.open(`${server.url}/gallery/zebra`);
    await byId(page, 'none').waitFor();
    await byId(page, 'real').waitFor();
    await shoot(page, 'none-desktop');
    await page.goto(`${server.url}/gallery/nothing`);
    await byId(page, 'lost').waitFor();
  });

  test('is a link beside a drawing of the match, if somebody shows the word', { timeout: 60_000 }, async () => {
    const { host, page, start } = await party(server, browser, { settings: { rounds: 1 } });
    await start();
    await inPhase(page, 'drawing');
    await scribble([host]);
    const { prompt } = await phase(host, 'drawing');
    const open = async () => {
      await page.locator('.round [data-testid="look"][aria-label$="Hana"]').click();
      await byId(page, 'picture').waitFor();
    };
    await recognize(
      server,
      host,
      host.room!.players.map(({ id }, i) => [id, 1000 + i] as [string, number]),
    );
    await inPhase(page, 'podium');
    const { words } = await (await fetch(`${server.url}/api/gallery`)).json();
    const isShown = words.some(([word]: [string]) => word === prompt);
    await open();
    await page.waitForTimeout(500);
    expect(await page.getByTestId('others').count()).toBe(isShown ? 1 : 0);
    await byId(page, 'close').click();
    await saveReplay(server.backend.replays, { word: prompt, strokes: sample.get(prompt)![0]! }, { passes: true });
    await open();
    const [beside] = await Promise.all([page.context().waitForEvent('page'), byId(page, 'others').click()]);
    await byId(beside, 'drawing').waitFor();
    expect(new URL(beside.url()).pathname).toBe(`/gallery/${encodeURIComponent(prompt)}`);
    // The room goes on.
    expect(await page.locator('[data-phase="podium"]').count()).toBe(1);
  });
});
