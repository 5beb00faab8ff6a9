/** The race of the lab: the rule on a real board, many drawings, and networks as files. */
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { filesOf, MODEL_FILE, type NetworkFiles, WEIGHTS_FILE } from '../../client/lab/engine/files.ts';
import { startEngine } from '../../models/lab/engine.ts';
import { FIRST_RECIPE, RACE_DATA, type Recipe } from '../../shared/lab/recipe.ts';
import { unpackDrawing } from '../../shared/lab/sample.ts';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, drawWithMouse, hasBrowser, PHONE, useBrowser } from '../support/browser.ts';
import { discard, sampleOf, trained } from '../support/lab.ts';
import { useServer } from '../support/server.ts';

const WORDS: Recipe['words'] = ['cat', 'house', 'bicycle'];
const RECIPE: Recipe = { ...FIRST_RECIPE, ...RACE_DATA, words: WORDS, drawings: 50 };
const HASTY: Recipe = { ...FIRST_RECIPE, words: WORDS, drawings: 20 };
const STRANGER: Recipe = { ...FIRST_RECIPE, words: ['sun', 'moon', 'cat'], drawings: 20 };

describe.skipIf(!hasBrowser)('the race of the lab', () => {
  const browser = useBrowser();
  const server = useServer();
  const files = {} as Record<'able' | 'hasty' | 'stranger', NetworkFiles>;
  beforeAll(async () => {
    await startEngine();
    for (const [name, recipe, epochs] of [
      ['able', RECIPE, 8],
      ['hasty', HASTY, 6],
      ['stranger', STRANGER, 1],
    ] as const) {
      const { network } = await trained(recipe, epochs);
      files[name] = await filesOf(network, recipe);
      discard(network);
    }
  }, 120_000);

  const chosen = ({ model, weights }: NetworkFiles) => [
    { name: MODEL_FILE, mimeType: 'application/json', buffer: Buffer.from(model) },
    { name: WEIGHTS_FILE, mimeType: 'application/octet-stream', buffer: Buffer.from(weights) },
  ];
  async function open(options: BrowserContextOptions, name?: keyof typeof files): Promise<Page> {
    const page = await browser.open(`${server.url}/lab/race`, options);
    await byId(page, 'race-none').waitFor();
    if (!name) return page;
    await byId(page, 'open-own').setInputFiles(chosen(files[name]));
    await byId(page, 'rounds').waitFor();
    return page;
  }
  const state = (page: Page, name: string) => byId(page, `standing-${name}`).getAttribute('data-state');
  /** How probable its best guess is, as the page says it. */
  const best = (page: Page, name: string) => byId(page, `standing-${name}`).locator('.share').first().textContent();
  const prompt = (page: Page) => byId(page, 'rounds').getAttribute('data-prompt') as Promise<string>;
  const drawing = (word: string, i = 0) => unpackDrawing(sampleOf(word).training[i]!);
  const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

  test('without a network, it leads to training, or to files', async () => {
    const page = await open({ viewport: PHONE });
    expect(await violations(page)).toEqual([]);
    expect(await page.getByTestId('open-guest').count()).toBe(0);
    expect(await page.getByTestId('save').count()).toBe(0);
    await byId(page, 'race-none').getByRole('link').click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/lab/train');
    expect(browser.errors).toEqual([]);
  });

  test('the first right call wins the round; the next word begins another', async () => {
    const page = await open({ viewport: DESKTOP }, 'able');
    await expect.poll(() => state(page, 'game'), { timeout: 30_000 }).toBe('looking');
    const winners: (string | null)[] = [];
    // A network this small does not know every drawing.
    for (let i = 0; i < 6 && winners.at(-1) !== 'mine'; i++) {
      const word = await prompt(page);
      expect(WORDS).toContain(word);
      await drawWithMouse(page, drawing(word, i));
      await expect.poll(() => state(page, 'mine'), { timeout: 5_000 }).not.toBe('opening');
      // A pen that rests for a second has finished.
      await page.waitForTimeout(2_000);
      winners.push(await byId(page, 'rounds').getAttribute('data-winner'));
      if (winners.at(-1) !== 'mine') {
        await byId(page, 'race-another').click();
        expect(await prompt(page)).not.toBe(word);
      }
    }
    expect(winners.at(-1)).toBe('mine');
    expect(await state(page, 'mine')).toBe('right');
    const score = `you 1, the other ${winners.filter((winner) => winner === 'theirs').length}`;
    expect(await byId(page, 'race-score').textContent()).toContain(score);
    expect(await byId(page, 'race-story').textContent()).toMatch(/^You win! .+ at stroke \d+\./);
    expect(await violations(page)).toEqual([]);
    await byId(page, 'race-another').click();
    await expect.poll(() => state(page, 'mine')).toBe('looking');
    expect(await byId(page, 'rounds').getAttribute('data-winner')).toBeNull();
    // The score stays while the learner is elsewhere in the lab.
    await byId(page, 'lab-words').click();
    await byId(page, 'lab-race').click();
    expect(await byId(page, 'race-score').textContent()).toContain(score);
    expect(browser.errors).toEqual([]);
  }, 90_000);

  test('a network that saw whole drawings only is hasty, and one button teaches it better', async () => {
    const page = await open({ viewport: PHONE, hasTouch: true, isMobile: true }, 'hasty');
    // Another word than the prompt: it takes it for that one.
    const other = WORDS.find((word) => word !== 'bicycle')!;
    while ((await prompt(page)) !== 'bicycle') await byId(page, 'race-another').click();
    for (let i = 0; i < 5 && (await state(page, 'mine')) !== 'wrong'; i++) {
      await page.getByRole('button', { name: 'Clear' }).click();
      await drawWithMouse(page, drawing(other, i));
      await page.waitForTimeout(1_800);
    }
    await byId(page, 'race-lesson').waitFor();
    expect(await byId(page, 'race-lesson').getAttribute('data-why')).toBe('both');
    expect(await byId(page, 'standing-mine').getAttribute('data-called')).not.toBe('bicycle');
    expect(await violations(page)).toEqual([]);
    await byId(page, 'race-fix').click();
    await expect.poll(() => new URL(page.url()).pathname).toBe('/lab/train');
    const recipe = await page.evaluate(() => JSON.parse(sessionStorage.getItem('derby.lab.recipe')!));
    expect(recipe).toEqual({ ...HASTY, ...RACE_DATA });
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('many drawings show what is not luck, and can be stopped', async () => {
    const page = await open({ viewport: PHONE, hasTouch: true, isMobile: true }, 'able');
    const yardstick = byId(page, 'yardstick');
    const done = async () => Number(await yardstick.getAttribute('data-done'));
    await byId(page, 'yardstick-start').click();
    await expect.poll(done, { timeout: 30_000 }).toBeGreaterThan(2);
    await byId(page, 'yardstick-stop').click();
    const stopped = await done();
    await page.waitForTimeout(500);
    expect(await done()).toBe(stopped);
    await byId(page, 'yardstick-start').click();
    await expect.poll(() => yardstick.getAttribute('data-state'), { timeout: 120_000 }).toBe('idle');
    expect(await done()).toBe(40);
    for (const name of ['mine', 'game']) {
      const cells = await byId(page, `tally-${name}`).locator('td').allTextContents();
      const [right = 0, wrong = 0, silent = 0] = cells.map(Number);
      expect(right + wrong + silent).toBe(40);
      expect(right).toBeGreaterThan(wrong);
    }
    expect(await violations(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    expect(browser.errors).toEqual([]);
  }, 180_000);

  test('the files that it saves are those that it opened; wrong ones change nothing', async () => {
    const page = await open({ viewport: DESKTOP, acceptDownloads: true }, 'able');
    await byId(page, 'save').click();
    await byId(page, 'download').waitFor();
    const saved: Record<string, Buffer> = {};
    for (const link of await page.getByTestId('download').all()) {
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      saved[download.suggestedFilename()] = readFileSync(await download.path());
    }
    expect(Object.keys(saved)).toEqual([MODEL_FILE, WEIGHTS_FILE]);
    expect(JSON.parse(saved[MODEL_FILE]!.toString()).userDefinedMetadata).toMatchObject({ recipe: RECIPE });
    expect(saved[WEIGHTS_FILE]!.equals(Buffer.from(files.able.weights))).toBe(true);

    const [model, weights] = chosen(files.stranger);
    const said = byId(page, 'opened-own');
    await byId(page, 'open-own').setInputFiles([
      { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('x') },
    ]);
    expect(await said.textContent()).toContain(MODEL_FILE);
    await byId(page, 'open-own').setInputFiles([model!]);
    await expect.poll(() => said.locator('[data-why]').getAttribute('data-why')).toBe('mismatch');
    expect(await violations(page)).toEqual([]);
    await byId(page, 'open-own').setInputFiles([{ ...model!, buffer: Buffer.from('{}') }, weights!]);
    await expect.poll(() => said.locator('[data-why]').getAttribute('data-why')).toBe('strange');
    expect(WORDS).toContain(await prompt(page));
    // After a reload it is still there.
    await page.reload();
    await byId(page, 'rounds').waitFor();
    expect(WORDS).toContain(await prompt(page));
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('a neighbour’s network races as a guest, over the words that both know', async () => {
    const page = await open({ viewport: PHONE }, 'able');
    await byId(page, 'open-guest').setInputFiles(chosen(files.hasty));
    await byId(page, 'standing-guest').waitFor();
    expect(await page.getByTestId('standing-game').count()).toBe(0);
    await drawWithMouse(page, drawing(await prompt(page)));
    for (const name of ['mine', 'guest']) await expect.poll(() => best(page, name)).toMatch(/%/);
    expect(await violations(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    // They have one word in common.
    await byId(page, 'open-guest').setInputFiles(chosen(files.stranger));
    await byId(page, 'race-strangers').waitFor();
    expect(await byId(page, 'race-strangers').textContent()).toContain('cat');
    await page.getByRole('radio').first().check();
    await byId(page, 'standing-game').waitFor();
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('on a phone, the board and both networks are seen at once, also by keyboard', async () => {
    const page = await open({ viewport: PHONE }, 'able');
    await page.evaluate(() => scrollTo(0, 0));
    const bottom = await byId(page, 'standing-game').evaluate((each) => each.getBoundingClientRect().bottom);
    expect(bottom).toBeLessThanOrEqual(PHONE.height);
    await byId(page, 'board').focus();
    for (const key of [' ', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown', ' ']) await page.keyboard.press(key);
    await expect.poll(() => best(page, 'mine')).toMatch(/%/);
    await page.keyboard.press('x');
    await expect.poll(() => best(page, 'mine')).toBe('');
    expect(browser.errors).toEqual([]);
  });
});
