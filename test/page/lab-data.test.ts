/** The first two steps of the lab: which words, and which drawings. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { type Samples, trainingDrawings } from '../../shared/lab/examples.ts';
import { PICTURE_SIDE, pictureOf } from '../../shared/lab/picture.ts';
import { FIRST_RECIPE, labelsOf, type Recipe } from '../../shared/lab/recipe.ts';
import { type Sample, unpackDrawing } from '../../shared/lab/sample.ts';
import { LAB_WORDS, SOMETHING_ELSE } from '../../shared/lab/words.ts';
import { violations } from '../support/axe.ts';
import { byId, drawWithFinger, drawWithMouse, hasBrowser, PHONE, useBrowser } from '../support/browser.ts';
import { useServer } from '../support/server.ts';

const read = (label: string): Sample => {
  const file = `../../client/lab/sample/${label.replaceAll(' ', '-')}.json`;
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
};
const SNAILS = read('snail').training.slice(0, 12);
const SMALL = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

describe.skipIf(!hasBrowser)('the words and the drawings of the lab', () => {
  const server = useServer();
  const browser = useBrowser();
  afterAll(() => expect(browser.errors).toEqual([]));

  const open = (path: string, options = {}) => browser.open(`${server.url}/${path}`, options);
  const chip = (page: Page, word: string) => page.locator(`[data-testid="word"][data-word="${word}"]`);
  const row = (page: Page, label: string) => page.locator(`[data-testid="row"][data-label="${label}"]`);
  const pressed = (page: Page) =>
    page
      .locator('[data-testid="word"][aria-pressed="true"]')
      .evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.word!));
  const status = async (page: Page, id: string) => (await byId(page, id).textContent())!.replace(/\s+/g, ' ').trim();
  const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const kept = (page: Page, name: string) =>
    page.evaluate((name) => JSON.parse(sessionStorage.getItem(`derby.lab.${name}`)!), name);
  const total = async (page: Page) => Number(await byId(page, 'total').getAttribute('data-total'));
  /** What the page will start with. */
  async function prepare(page: Page, notes: { recipe?: Partial<Recipe>; own?: string[] }): Promise<void> {
    const values = { recipe: { ...FIRST_RECIPE, ...notes.recipe }, own: notes.own ?? [] };
    await page.evaluate((values) => {
      for (const [name, value] of Object.entries(values))
        sessionStorage.setItem(`derby.lab.${name}`, JSON.stringify(value));
    }, values);
    await page.reload();
  }

  test('3 to 10 words are chosen by keyboard, and each shows its drawings', async () => {
    const page = await open('lab', SMALL);
    await chip(page, 'cat').waitFor();
    expect((await pressed(page)).sort()).toEqual([...FIRST_RECIPE.words].sort());
    const names = await page.getByTestId('word').allTextContents();
    expect(names).toHaveLength(LAB_WORDS.length + 1);
    expect(names.slice(0, -1)).toEqual([...LAB_WORDS].sort());
    await expect.poll(() => page.locator('[data-testid="chosen"][data-drawings="6"] svg .line').count()).toBe(6);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);

    for (const word of ['cat', 'fish', 'house', 'flower']) {
      await chip(page, word).focus();
      await page.keyboard.press('Space');
    }
    expect(await status(page, 'words-status')).toBe('2 of 10 words One more, please.');
    expect(await page.getByTestId('chosen').count()).toBe(2);
    await chip(page, 'snail').press('Enter');
    expect(await status(page, 'words-status')).toMatch(/^3 of 10 words Good to go/);
    await expect
      .poll(() => page.locator('[data-testid="chosen"][data-word="snail"]').getAttribute('data-drawings'))
      .toBe('6');

    await chip(page, 'own word').click();
    for (const word of ['key', 'leaf', 'moon', 'shoe', 'star', 'sun']) await chip(page, word).tap();
    expect(await status(page, 'words-status')).toMatch(/^10 of 10 words All 10 taken/);
    // One too many is not taken, and the page says why.
    await chip(page, 'tree').tap();
    expect(await chip(page, 'tree').getAttribute('aria-pressed')).toBe('false');
    expect(await status(page, 'words-status')).toMatch(/^10 of 10 words No room for tree/);
    expect(await violations(page)).toEqual([]);
    await chip(page, 'sun').tap();
    await chip(page, 'tree').tap();
    expect(await status(page, 'words-status')).toMatch(/^10 of 10 words All 10 taken/);

    const before = await pressed(page);
    await page.reload();
    await chip(page, 'cat').waitFor();
    expect(await pressed(page)).toEqual(before);
    await byId(page, 'words-surprise').click();
    const surprise = await pressed(page);
    expect(surprise).toHaveLength(7);
    expect(surprise).toContain('own word');
    expect(surprise).not.toEqual(before);
  });

  test('drawings that did not come are fetched again', async () => {
    // What the service worker fetches, no route stops.
    const page = await open('lab', { serviceWorkers: 'block' });
    await expect.poll(() => page.locator('[data-testid="chosen"][data-drawings="6"]').count()).toBe(6);
    // The page says that it has none.
    browser.errors.length = 0;
    await page.route('**/assets/snail-*', (route) => route.abort());
    await chip(page, 'snail').click();
    await byId(page, 'drawings-failed').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(browser.errors.splice(0).every((error) => error.includes('ERR_FAILED'))).toBe(true);
    await page.unroute('**/assets/snail-*');
    await byId(page, 'drawings-again').click();
    await expect
      .poll(() => page.locator('[data-testid="chosen"][data-word="snail"]').getAttribute('data-drawings'))
      .toBe('6');
    expect(await page.getByTestId('drawings-failed').count()).toBe(0);
  });

  /** Grey of the first picture in a row, 0 for paper. */
  const firstPicture = (page: Page, label: string) =>
    row(page, label)
      .locator('canvas')
      .evaluate((canvas, side) => {
        const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(1, 1, side, side);
        return Array.from({ length: side * side }, (_, i) => (data[4 * i + 3]! < 255 ? -1 : 1 - data[4 * i]! / 255));
      }, PICTURE_SIDE);

  test('rows show the pictures that training uses, and what the prankster swapped', async () => {
    const page = await open('lab/data', SMALL);
    await prepare(page, { recipe: { words: ['cat', 'fish', 'house'], drawings: 50, seed: 5 } });
    await expect.poll(() => page.getByTestId('row').count()).toBe(3);
    expect(await total(page)).toBe(150);
    expect(await status(page, 'total')).toBe('150 pictures to learn from. Another 120 stay hidden, to test it with.');
    const wanted = pictureOf(unpackDrawing(read('fish').training[0]!));
    await expect
      .poll(async () => Math.max(...(await firstPicture(page, 'fish')).map((value, i) => Math.abs(value - wanted[i]!))))
      .toBeLessThan(0.01);
    expect(await violations(page)).toEqual([]);

    await byId(page, 'prank').locator('[value="0.3"]').focus();
    await page.keyboard.press('Space');
    const recipe: Recipe = { ...(await kept(page, 'recipe')) };
    expect(recipe.pranked).toBe(0.3);
    const samples: Samples = new Map(labelsOf(recipe).map((label) => [label, read(label)]));
    const used = labelsOf(recipe).flatMap((_, truth) =>
      trainingDrawings(recipe, samples, truth, 1).map(({ label }) => ({ truth, label })),
    );
    for (const [i, label] of labelsOf(recipe).entries()) {
      const given = used.filter((each) => each.label === i);
      const wrong = given.filter(({ truth }) => truth !== i);
      await expect.poll(() => row(page, label).getAttribute('data-wrong')).toBe(`${wrong.length}`);
      expect(await row(page, label).getAttribute('data-drawings')).toBe(`${given.length}`);
      await row(page, label).getByTestId('row-all').click();
      await expect.poll(() => row(page, label).locator('.mark').getAttribute('data-marks')).toBe(`${wrong.length}`);
      expect(await row(page, label).textContent()).toContain(`${wrong.length} have the wrong label`);
    }
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);

    await byId(page, 'view').locator('[value="lines"]').check();
    await expect.poll(() => page.getByTestId('row').locator('canvas').count()).toBe(0);
    const cats = Number(await row(page, 'cat').getAttribute('data-drawings'));
    const strokes = () =>
      row(page, 'cat')
        .locator('.line')
        .evaluateAll(
          (all) =>
            all
              .map((each) => each.getAttribute('d'))
              .join()
              .split('M').length,
        );
    await expect.poll(strokes).toBeGreaterThan(cats);

    await byId(page, 'drawings').locator('[value="20"]').check();
    await expect.poll(() => total(page)).toBe(60);
    await byId(page, 'partial').check();
    await expect.poll(() => total(page)).toBe(120);
    await byId(page, 'others').press('Space');
    await expect.poll(() => total(page)).toBe(160);
    await row(page, SOMETHING_ELSE).waitFor();
    expect(await kept(page, 'recipe')).toMatchObject({ drawings: 20, partial: true, others: true, pranked: 0.3 });
    expect(await violations(page)).toEqual([]);
  });

  test('a word of one’s own is drawn, kept, and removed, also by keyboard', async () => {
    const page = await open('lab/data', { ...SMALL, viewport: PHONE });
    await byId(page, 'own').check();
    await byId(page, 'board').waitFor();
    await byId(page, 'own-keep').click();
    expect(await status(page, 'own-status')).toBe('0 of 20 Draw something first.');
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithFinger(page, [
      [100, 100, 300, 100, 300, 300],
      [200, 150],
    ]);
    await byId(page, 'own-keep').click();
    await expect.poll(() => status(page, 'own-status')).toBe('1 of 20 9 more, and you can train it.');
    const [packed] = await kept(page, 'own');
    // As large as the board, although it was drawn in a corner.
    const largest = Math.max(...unpackDrawing(packed).flat());
    expect(largest).toBe(2040);
    await expect.poll(() => row(page, 'own word').getAttribute('data-drawings')).toBe('100');

    // The board is cleared, and takes the next one from the keyboard.
    await byId(page, 'board').focus();
    await page.keyboard.press('Space');
    await page.keyboard.down('ArrowRight');
    await page.waitForTimeout(300);
    await page.keyboard.up('ArrowRight');
    await page.keyboard.press('Space');
    await byId(page, 'own-keep').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByTestId('own-drawing').count()).toBe(2);
    expect((await kept(page, 'own'))[0]).toBe(packed);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);

    await page.reload();
    await expect.poll(() => page.getByTestId('own-drawing').count()).toBe(2);
    await page.getByRole('button', { name: 'Remove drawing 1' }).press('Enter');
    await expect.poll(() => page.getByTestId('own-drawing').count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Remove drawing 1');
    expect(await kept(page, 'own')).not.toContain(packed);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByTestId('own-drawing').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('own-keep');
    await expect.poll(() => row(page, 'own word').textContent()).toContain('Nothing here yet');
  });

  test('a word of one’s own finds no room beside ten, and has 40 drawings at most', async () => {
    const page = await open('lab/data');
    await prepare(page, { recipe: { words: LAB_WORDS.slice(0, 10) as never, drawings: 20 } });
    await byId(page, 'own').click();
    expect(await status(page, 'own-refused')).toBe('You’ve got 10 words already. Take one out in step 1 first.');
    expect(await byId(page, 'own').isChecked()).toBe(false);
    expect(await page.getByTestId('board').count()).toBe(0);

    await prepare(page, { recipe: { own: true }, own: Array.from({ length: 40 }, (_, i) => SNAILS[i % 12]!) });
    await expect.poll(() => page.getByTestId('own-drawing').count()).toBe(40);
    expect(await status(page, 'own-status')).toBe('40 of 40 That’s plenty!');
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithMouse(page, [[100, 100, 300, 100, 300, 300]]);
    await byId(page, 'own-keep').click();
    expect(await status(page, 'own-status')).toMatch(/40 is all it can take/);
    expect(await page.getByTestId('own-drawing').count()).toBe(40);
    expect(await violations(page)).toEqual([]);
  });

  test.each([
    { name: 'from right to left', locale: 'ar', viewport: { width: 1280, height: 800 } },
    { name: 'by night, on a phone on its side', colorScheme: 'dark' as const, viewport: { width: 740, height: 360 } },
  ])('fits $name', async ({ name: _, ...options }) => {
    const page = await open('lab', options);
    await expect.poll(() => page.getByTestId('chosen').count()).toBe(6);
    expect(await violations(page)).toEqual([]);
    await page.goto(`${server.url}/lab/data`);
    await prepare(page, {
      recipe: { own: true, others: true, partial: true, pranked: 0.2, drawings: 50 },
      own: SNAILS,
    });
    await expect.poll(() => total(page)).toBe(800);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });
});
