/** The pages of /explore, on a phone and at a desk: a wall of thousands of drawings, its filters, and an address for every view. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, hasBrowser, PHONE, useBrowser } from '../support/browser.ts';
import { dataDir, donated, hasDuckDB, mixedFolder, quickdrawFolder, startIndex } from '../support/explore.ts';
import { SAMPLE_WORDS } from '../support/quickdraw.ts';
import { useServer } from '../support/server.ts';

async function accessible(page: Page) {
  expect(await violations(page)).toEqual([]);
}

const DRAWINGS = 5_000;
/** Of the page, whatever part of the wall is seen. */
const MAX_NODES = 300;

describe.skipIf(!hasBrowser || !hasDuckDB)('/explore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'explore-page-'));
  quickdrawFolder(folder, 'cat', DRAWINGS);
  quickdrawFolder(folder, 'house', 30);
  const data = dataDir();
  data.donate('2026-11-27.a.ndjson', ...['1', '2', '3'].map((key) => donated(key, { word: 'cat', language: 'ja' })));
  const browser = useBrowser();
  const server = useServer({ env: { EXPLORE_DATA: folder, DATA_DIR: data.dir } });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    data.remove();
  });

  const nodes = (page: Page) => page.evaluate(() => document.body.querySelectorAll('*').length);
  /** Rows of the wall in sight, and those of them that have all their drawings. */
  const painted = (page: Page) =>
    page.evaluate(() => {
      const seen = [...document.querySelectorAll('[data-testid="wall"] svg')].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      const inked = seen.filter((row) => {
        const buttons = [...row.parentElement!.querySelectorAll('button')];
        return row.querySelector('path')!.getTotalLength() > 0 && buttons.every((each) => !each.disabled);
      });
      return { seen: seen.length, inked: inked.length };
    });
  const allPainted = (page: Page) =>
    expect
      .poll(async () => {
        const { seen, inked } = await painted(page);
        return seen > 0 && seen === inked;
      })
      .toBe(true);
  const total = async (page: Page) => Number(await byId(page, 'wall').getAttribute('data-total'));

  test.each([
    ['a phone', { viewport: PHONE, hasTouch: true, isMobile: true }],
    ['a desk', { viewport: DESKTOP }],
    ['a television', { viewport: { width: 1920, height: 1080 } }],
  ])(
    'on %s, a wall of thousands has few nodes wherever one scrolls',
    async (_, options) => {
      const page = await browser.open(`${server.url}/explore/cat`, options);
      await byId(page, 'wall').waitFor();
      expect(await total(page)).toBe(DRAWINGS);
      await allPainted(page);
      await accessible(page);
      const most: number[] = [];
      for (const share of [0.02, 0.05, 0.1, 0.5, 0.9, 1, 0.3]) {
        await page.evaluate((to) => scrollTo(0, document.documentElement.scrollHeight * to), share);
        await page.waitForTimeout(60);
        most.push(await nodes(page));
        for (let i = 0; i < 5; i++) {
          await page.mouse.wheel(0, 700);
          await page.waitForTimeout(16);
          most.push(await nodes(page));
        }
      }
      await allPainted(page);
      most.push(await nodes(page));
      expect(Math.max(...most)).toBeLessThanOrEqual(MAX_NODES);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(browser.errors).toEqual([]);
    },
    60_000,
  );

  test('every view has an address: Back and reload lead to it', async () => {
    const page = await browser.open(server.url);
    // The only trace of it on the home page is a link.
    await byId(page, 'to-explore').click();
    await byId(page, 'explore').waitFor();
    await page.getByTestId('word-search').fill('cat');
    await expect.poll(() => page.getByTestId('word').count()).toBe(1);
    expect(page.url()).toContain('explore?q=cat');
    await accessible(page);
    await byId(page, 'word').click();
    await byId(page, 'wall').waitFor();
    expect(new URL(page.url()).pathname).toBe('/explore/cat');
    await byId(page, 'credit').waitFor();

    await byId(page, 'who').selectOption('KR');
    await expect.poll(() => total(page)).toBe(Math.ceil(DRAWINGS / 3));
    expect(page.url()).toContain('who=KR');
    await page.reload();
    await expect.poll(() => total(page)).toBe(Math.ceil(DRAWINGS / 3));
    expect(await byId(page, 'who').inputValue()).toBe('KR');
    await expect.poll(() => page.getByTestId('average').getAttribute('data-drawings')).toBe('300');

    await page.getByTestId('drawing').nth(4).click();
    await byId(page, 'large').waitFor();
    expect(page.url()).toContain('show=4');
    await byId(page, 'next').click();
    await expect.poll(() => page.url()).toContain('show=5');
    await accessible(page);
    await page.reload();
    await byId(page, 'large').waitFor();
    await byId(page, 'close').click();
    await expect.poll(() => page.url()).not.toContain('show');
    expect(page.url()).toContain('who=KR');

    await byId(page, 'view-compare').click();
    await byId(page, 'compare').waitFor();
    await byId(page, 'compare').getByTestId('who').nth(1).selectOption('DE');
    await expect
      .poll(() => byId(page, 'compare').getByTestId('total').allTextContents())
      .toEqual(['1,667 drawings', '3,333 drawings']);
    await accessible(page);
    await page.goBack();
    await expect
      .poll(() => byId(page, 'compare').getByTestId('total').allTextContents())
      .toEqual(['1,667 drawings', '5,000 drawings']);

    // Without an index, the page says so.
    await byId(page, 'view-kinds').click();
    await expect.poll(() => page.getByText('hasn’t studied these drawings').count()).toBe(1);
    await byId(page, 'from-here').click();
    await expect.poll(() => total(page)).toBe(3);
    await byId(page, 'to-home').click();
    await byId(page, 'join-code').waitFor();
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('drawings that did not come are asked for again, in their place', async () => {
    const page = await browser.open(`${server.url}/explore/cat`, { viewport: PHONE });
    await byId(page, 'wall').waitFor();
    await page.route('**/api/explore/drawings?**', (route) =>
      route.fulfill({ status: 500, json: { error: 'unavailable' } }),
    );
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await byId(page, 'again').waitFor();
    const place = await page.evaluate(() => scrollY);
    await page.unroute('**/api/explore/drawings?**');
    // A click of Playwright’s scrolls what is stuck to the screen’s edge.
    await byId(page, 'again').dispatchEvent('click');
    await allPainted(page);
    expect(await page.getByTestId('again').count()).toBe(0);
    expect(await page.evaluate(() => scrollY)).toBe(place);
    browser.errors.length = 0;
  }, 60_000);

  test('a word that nobody drew, and a server that has gone, are said in words', async () => {
    const page = await browser.open(`${server.url}/explore/nonsense`, { locale: 'ar' });
    await byId(page, 'trouble').waitFor();
    expect(await byId(page, 'trouble').getAttribute('data-why')).toBe('no-word');
    expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
    await page.route('**/api/explore/**', (route) => route.abort());
    await page.goto(`${server.url}/explore/house`);
    await byId(page, 'trouble').waitFor({ timeout: 30_000 });
    expect(await byId(page, 'trouble').getAttribute('data-why')).toBe('offline');
    await accessible(page);
    browser.errors.length = 0;
  }, 60_000);
});

describe.skipIf(!hasBrowser || !hasDuckDB)('/explore with an index', () => {
  const words = SAMPLE_WORDS.slice(0, 6);
  const mixed = mixedFolder(words);
  const data = dataDir();
  const browser = useBrowser();
  const server = useServer({ env: { EXPLORE_DATA: mixed.dir, DATA_DIR: data.dir } });
  beforeAll(async () => {
    const [code] = await once(startIndex(mixed.dir, data, '--replays', '0'), 'exit');
    expect(code).toBe(0);
  }, 60_000);
  afterAll(() => {
    mixed.remove();
    data.remove();
  });
  const at = (path: string) => `${server.url}/explore/${path}`;
  const word = encodeURIComponent(words[0]!);
  const fits = async (page: Page) =>
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

  test.each([
    ['a phone', { viewport: PHONE, hasTouch: true, isMobile: true }],
    ['a desk', { viewport: DESKTOP }],
    ['a desk in Arabic', { viewport: DESKTOP, locale: 'ar' }],
  ])(
    'on %s, kinds lead to their walls, and mistakes and biases say which drawings count',
    async (_, options) => {
      const page = await browser.open(at(`${word}?view=kinds`), options);
      await byId(page, 'kind').waitFor();
      const kinds = await page.getByTestId('kind').count();
      expect(kinds).toBeGreaterThan(1);
      // Of a kind without held-out drawings nothing can be said.
      expect(await page.getByTestId('recognized').count()).toBeGreaterThan(0);
      await accessible(page);
      await fits(page);
      // Of the other words' drawings none passes the gate, so their kinds have no wall.
      await byId(page, 'kind-all').click();
      await byId(page, 'wall').waitFor();
      expect(page.url()).toMatch(/kind=\d/);
      const some = Number(await byId(page, 'wall').getAttribute('data-total'));
      expect(some).toBeGreaterThan(0);
      await byId(page, 'all-kinds').click();
      await expect.poll(() => page.url()).not.toContain('kind=');
      await byId(page, 'wall').waitFor();
      await page.goBack();
      await expect.poll(() => byId(page, 'wall').getAttribute('data-total')).toBe(`${some}`);

      await byId(page, 'view-seen').click();
      await byId(page, 'taken').waitFor();
      await accessible(page);
      await fits(page);
      await byId(page, 'all-words').click();
      await byId(page, 'to-biases').click();
      await expect.poll(() => page.url()).toContain('view=biases');
      await byId(page, 'explore').getByRole('heading', { level: 1 }).waitFor();
      await accessible(page);
      await fits(page);
      expect(browser.errors).toEqual([]);
    },
    60_000,
  );

  test('says in English that only held-out drawings count', async () => {
    const page = await browser.open(at(`${word}?view=seen`), { viewport: DESKTOP, locale: 'en' });
    await byId(page, 'taken').waitFor();
    expect(await byId(page, 'explore').textContent()).toContain('Only drawings that I never learned from count here.');
  });
});
