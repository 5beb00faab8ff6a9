/** Each view of /explore with an index: by its address, by Back and Forward, by keys, from right to left; and without drawings. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeIndex } from '../../models/explore/index.ts';
import { openNetwork } from '../../models/explore/network.ts';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, hasBrowser, PHONE, useBrowser } from '../support/browser.ts';
import { dataDir, donated, hasDuckDB } from '../support/explore.ts';
import { drawingsOf, SAMPLE } from '../support/quickdraw.ts';
import { cut } from '../support/seen.ts';
import { useServer } from '../support/server.ts';

const WORDS = ['angel', 'bicycle', 'cat', 'snail', 'umbrella'];
const LANGUAGES = ['de', 'ja', 'fr'];
const SIDEWAYS = { width: 844, height: 390 };

/** Real drawings that people of different languages gave away, but not to train networks: all of them are held out. */
const given = WORDS.flatMap((word, w) =>
  drawingsOf(word, 12).map(({ strokes }, i) =>
    donated(`${100 * (w + 1) + i}`, {
      ...{ word, language: LANGUAGES[i % 2], gallery: true, recognizedAt: 1000 * (1 + (i % 5)) },
      drawing: strokes.map((stroke) => {
        const of = (odd: number) => stroke.filter((_, j) => j % 2 === odd);
        return [of(0), of(1), of(0).map((_, j) => 40 * j)];
      }),
    }),
  ),
);

describe.skipIf(!hasBrowser || !hasDuckDB)('a view of /explore', () => {
  const data = dataDir();
  data.donate('2026-11-27.a.ndjson', ...given);
  const browser = useBrowser();
  const server = useServer({ env: { EXPLORE_DATA: SAMPLE, DATA_DIR: data.dir } });
  beforeAll(async () => {
    const network = await openNetwork();
    const folders = { quickdraw: SAMPLE, data: data.dir };
    await makeIndex({ folders, network, replays: 1, only: new Set(WORDS), progress: () => {} });
    network.close();
  }, 60_000);
  afterAll(data.remove);

  const total = (page: Page) => byId(page, 'total').textContent();
  const views: [path: string, isShown: (page: Page) => Promise<unknown>][] = [
    ['explore', (page) => byId(page, 'word').waitFor()],
    ['explore?q=zzzz', (page) => byId(page, 'explore').getByRole('status').waitFor()],
    ['explore?view=biases&from=here', (page) => byId(page, 'biases-languages').waitFor()],
    ['explore/cat?from=here', (page) => expect.poll(() => total(page)).toMatch(/\d/)],
    ['explore/cat?from=here&who=de', (page) => expect.poll(() => byId(page, 'who').inputValue()).toBe('de')],
    ['explore/cat?from=here&show=1', (page) => byId(page, 'large').waitFor()],
    [
      'explore/cat?view=kinds&from=here',
      (page) => page.locator('[aria-current="page"][data-testid="view-kinds"]').waitFor(),
    ],
    ['explore/cat?view=seen&from=here', (page) => byId(page, 'taken').waitFor()],
    [
      'explore/cat?view=compare&from=here&who=de&against=ja',
      (page) => expect.poll(() => byId(page, 'compare').getByTestId('total').count()).toBe(2),
    ],
  ];

  test.each([
    ['a phone', { viewport: PHONE, isMobile: true, hasTouch: true }],
    [
      'a phone on its side, at night, from right to left',
      { viewport: SIDEWAYS, colorScheme: 'dark' as const, locale: 'ar' },
    ],
  ])(
    'opens by its address, fits, and can be read aloud: %s',
    async (_, options) => {
      const page = await browser.open(`${server.url}/explore`, options);
      for (const [path, isShown] of views) {
        await page.goto(`${server.url}/${path}`);
        await isShown(page);
        expect([path, ...(await violations(page))]).toEqual([path]);
        expect([path, await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)]).toEqual([path, 0]);
      }
      expect(browser.errors).toEqual([]);
    },
    90_000,
  );

  test('comes back with Back and Forward', async () => {
    const page = await browser.open(`${server.url}/explore`);
    const [, , biases, wall, ofGermans, , kinds, seen] = views.map(([path, isShown]) => ({ path, isShown }));
    await byId(page, 'to-biases').click();
    await byId(page, 'from-here').click();
    await biases!.isShown(page);
    await page.getByTestId('biases-words').getByRole('link', { name: 'cat', exact: true }).click();
    await seen!.isShown(page);
    await byId(page, 'view-wall').click();
    await wall!.isShown(page);
    await byId(page, 'who').selectOption('de');
    await ofGermans!.isShown(page);
    await byId(page, 'view-kinds').click();
    await kinds!.isShown(page);
    const visited = [biases!, seen!, wall!, ofGermans!, kinds!];
    const isAt = async ({ path, isShown }: (typeof visited)[number]) => {
      const at = () => page.url().replace(`${server.url}/`, '').split('?');
      const [name, query] = path.split('?');
      await expect.poll(() => at()[0]).toBe(name);
      await expect.poll(() => [...new URLSearchParams(at()[1])].sort()).toEqual([...new URLSearchParams(query)].sort());
      await isShown(page);
    };
    for (const view of visited.slice(0, -1).reverse()) {
      await page.goBack();
      await isAt(view);
    }
    for (const view of visited.slice(1)) {
      await page.goForward();
      await isAt(view);
    }
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('counts held-out drawings, and those of each language', async () => {
    const page = await browser.open(`${server.url}/explore/cat?view=seen&from=here`);
    await expect.poll(() => byId(page, 'recognized').textContent()).toMatch(/\d+%.* · \d+ of 12/);
    await byId(page, 'view-wall').click();
    await byId(page, 'wall').waitFor();
    const all = Number(await byId(page, 'wall').getAttribute('data-total'));
    await byId(page, 'view-compare').click();
    const sides = byId(page, 'compare').getByTestId('who');
    await sides.first().selectOption('de');
    await sides.nth(1).selectOption('ja');
    const totals = async () =>
      (await byId(page, 'compare').getByTestId('total').allTextContents()).map((text) => Number.parseInt(text, 10));
    await expect.poll(async () => (await totals()).reduce((a, b) => a + b, 0)).toBe(all);
    await page.goto(`${server.url}/explore?view=biases&from=here`);
    await expect.poll(() => page.getByTestId('biases-languages').locator('tbody tr').count()).toBe(2);
    expect(await page.getByTestId('biases-words').locator('tbody tr').count()).toBe(WORDS.length);
    const of = await page.getByTestId('biases-words').locator('tbody .label').allTextContents();
    expect(of).toEqual(WORDS.map(() => '12 drawings'));
  }, 60_000);

  test('needs no mouse: a drawing opens, turns and closes with keys, and gives the focus back', async () => {
    const page = await browser.open(`${server.url}/explore/cat?from=here`, { locale: 'ar' });
    await byId(page, 'drawing').waitFor();
    await page.getByTestId('drawing').nth(1).focus();
    await page.keyboard.press('Enter');
    await byId(page, 'large').waitFor();
    // From right to left, what comes next is on the left.
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.url()).toContain('show=2');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.url()).toContain('show=1');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).not.toContain('show');
    await expect.poll(() => page.getByTestId('large').count()).toBe(0);
    const focused = () =>
      page.evaluate(() => [...document.querySelectorAll('[data-testid="drawing"]')].indexOf(document.activeElement!));
    await expect.poll(focused).toBe(1);
  }, 60_000);

  test('a large drawing can be reported by keys alone, and says its number', async () => {
    const page = await browser.open(`${server.url}/explore/cat?from=here&show=1`);
    await byId(page, 'large').locator('canvas').waitFor();
    const key = (await byId(page, 'large').locator('[data-key]').getAttribute('data-key'))!;
    expect(await byId(page, 'large').textContent()).toContain(`no. ${key}`);
    await byId(page, 'report').focus();
    await page.keyboard.press('Enter');
    const reasons = page.locator('dialog input[name=reason]');
    await reasons.first().focus();
    await page.keyboard.press('ArrowRight');
    // It chose a reason, and did not turn the page.
    expect(await reasons.nth(1).isChecked()).toBe(true);
    expect(page.url()).toContain('show=1');
    expect(await violations(page)).toEqual([]);
    await byId(page, 'send-report').click();
    await byId(page, 'reported').waitFor();
    const reported = await server.backend.keyReports.all();
    expect(reported).toEqual([{ key, reports: ['hateful'] }]);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByTestId('reported').count()).toBe(0);
    expect(await byId(page, 'large').isVisible()).toBe(true);
  }, 60_000);

  test.each([
    ['a phone', PHONE],
    ['a phone on its side', SIDEWAYS],
    ['a desk', DESKTOP],
  ])('shows a large drawing as a whole: %s', async (_, viewport) => {
    const page = await browser.open(`${server.url}/explore/cat?from=here&show=1`, { viewport });
    await byId(page, 'large').locator('canvas').waitFor();
    expect(await cut(page, '[data-testid="large"] :is(canvas, button, h2)')).toEqual([]);
  });
});

describe.skipIf(!hasBrowser || !hasDuckDB)('/explore without drawings', () => {
  const data = dataDir();
  const browser = useBrowser();
  const on = useServer({ env: { EXPLORE: 'on', DATA_DIR: data.dir } });
  const off = useServer({ env: { EXPLORE: 'off', EXPLORE_DATA: SAMPLE, DATA_DIR: data.dir } });
  const auto = useServer({ env: { DATA_DIR: data.dir } });
  afterAll(data.remove);

  test('says that there are none', async () => {
    const page = await browser.open(`${on.url}/explore`);
    await page.getByText('No drawings here yet.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${on.url}/explore/cat`);
    await byId(page, 'trouble').waitFor();
    expect(await byId(page, 'trouble').getAttribute('data-why')).toBe('no-word');
    expect(browser.errors.filter((text) => !text.includes('404'))).toEqual([]);
    browser.errors.length = 0;
  });

  test.each([
    ['turned off', off],
    ['without a folder', auto],
  ])('has no link at home, and says why: %s', async (_, server) => {
    const page = await browser.open(server.url);
    await byId(page, 'join-code').waitFor();
    expect(await page.getByTestId('to-explore').count()).toBe(0);
    await page.goto(`${server.url}/explore`);
    await byId(page, 'trouble').waitFor();
    expect(await byId(page, 'trouble').getAttribute('data-why')).toBe('off');
    expect(await violations(page)).toEqual([]);
    browser.errors.length = 0;
  });
});
