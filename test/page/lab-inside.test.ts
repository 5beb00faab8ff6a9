/** /lab/inside: what each layer makes of a drawing, the sums behind each number, and the game's own network beside it. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { FIRST_RECIPE } from '../../shared/lab/recipe.ts';
import { unpackDrawing } from '../../shared/lab/sample.ts';
import { peakOf, sumsOf } from '../../shared/lab/sums.ts';
import { type Guess, topGuesses } from '../../shared/verdict.ts';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, drawWithMouse, hasBrowser, PHONE, useBrowser } from '../support/browser.ts';
import { sampleOf } from '../support/lab.ts';
import { type Trained, trainNetwork } from '../support/lab-tab.ts';
import { useServer } from '../support/server.ts';

const RECIPE = { ...FIRST_RECIPE, words: FIRST_RECIPE.words.slice(0, 3), drawings: 50 };
/** What the page draws at the first click. */
const CAT = unpackDrawing(sampleOf('cat').validation[0]!);
const PRECISION = 4;

describe.skipIf(!hasBrowser)('the inside of a network', () => {
  const server = useServer();
  const browser = useBrowser();
  let medium: Trained;
  beforeAll(async () => {
    medium = await trainNetwork(RECIPE, 6);
  }, 60_000);

  const layer = (page: Page, kind: string, i = 0) => page.locator(`[data-testid="layer"][data-kind="${kind}"]`).nth(i);
  /** Named by the label of its button. */
  const map = (page: Page, kind: string, i: number, number: number) =>
    layer(page, kind, i)
      .getByRole('button', { name: `Map ${number}`, exact: true })
      .first();
  const value = async (page: Page) => Number(await byId(page, 'formula').getAttribute('data-value'));
  const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  async function sketched(page: Page) {
    await byId(page, 'sketch').click();
    await byId(page, 'guess').waitFor();
    await byId(page, 'strokes').waitFor();
  }
  /** Shades of the first canvas: more than one if something is painted. */
  const shades = (page: Page, part: string) =>
    page
      .locator(`${part} canvas`)
      .first()
      .evaluate(async (canvas) => {
        canvas.scrollIntoView({ block: 'center' });
        const { width, height } = canvas as HTMLCanvasElement;
        for (let tries = 0; ; tries++) {
          await new Promise(requestAnimationFrame);
          const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          const count = new Set(new Uint32Array(data.buffer)).size;
          if (count > 1 || tries > 60) return count;
        }
      });

  test('without a network, the page leads to training', async () => {
    const page = await browser.open(`${server.url}/lab/inside`, { viewport: PHONE });
    await byId(page, 'no-network').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Train a network' }).click();
    await page.waitForSelector('[data-step="train"]');
    expect(browser.errors).toEqual([]);
  }, 30_000);

  test.each([
    ['a phone', { viewport: PHONE, hasTouch: true, isMobile: true }],
    ['a small phone in the dark', { viewport: { width: 360, height: 640 }, colorScheme: 'dark' as const }],
    ['a desk', { viewport: DESKTOP }],
  ])(
    'on %s, it shows every layer, and the sums are those of the network',
    async (_, options) => {
      const page = await medium.open(browser, server.url, options);
      await byId(page, 'layer').waitFor();
      await sketched(page);
      const kinds = await page
        .getByTestId('layer')
        .evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.kind));
      expect(kinds).toEqual(['convolution', 'pooling', 'convolution', 'pooling', 'dense', 'answer']);
      for (const i of [0, 1, 2, 3]) {
        const part = `[data-testid="layer"]:nth-of-type(${i + 2})`;
        expect(await shades(page, `${part} .tiles:has(fieldset)`), part).toBeGreaterThan(2);
      }
      expect(await shades(page, '[data-kind="convolution"] details')).toBeGreaterThan(5);
      const maps = medium.mapsOf(CAT);
      const shares = await layer(page, 'answer')
        .locator('li')
        .evaluateAll((all) => all.map((each) => Number((each as HTMLElement).dataset.share)));
      shares.forEach((share, i) => {
        expect(share).toBeCloseTo(medium.classify(CAT)[i]!, PRECISION);
      });

      // A map of each convolution and pooling begins where it is strongest.
      for (const [kind, i, at] of [
        ['convolution', 0, 0],
        ['pooling', 0, 1],
        ['convolution', 1, 2],
      ] as const) {
        await map(page, kind, i, 2).click();
        const { x, y } = peakOf(maps[at]!, 1);
        const [, wide, count] = maps[at]!.shape;
        expect(await value(page), kind).toBeCloseTo(maps[at]!.values[(y * wide + x) * count + 1]!, PRECISION);
        expect(await overflow(page)).toBe(0);
        expect(await violations(page)).toEqual([]);
      }
      await layer(page, 'answer').getByRole('button').first().click();
      const total = Number(await byId(page, 'neuron').getAttribute('data-total'));
      const answer = medium.layers.at(-1)!;
      expect(total).toBeCloseTo(
        answer.kind === 'answer' ? sumsOf(answer.kernels, maps.at(-2)!)[0]! : Number.NaN,
        PRECISION,
      );
      expect(await page.getByTestId('sums').count()).toBe(1);
      expect(await violations(page)).toEqual([]);
      expect(browser.errors).toEqual([]);
    },
    60_000,
  );

  test('by keyboard: arrows lead from map to map and move the frame, and sliding fills the map', async () => {
    const page = await medium.open(browser, server.url);
    await byId(page, 'layer').waitFor();
    await sketched(page);
    const [first] = medium.mapsOf(CAT) as [ReturnType<typeof medium.mapsOf>[number]];
    const [, wide, count] = first.shape;
    const at = (x: number, y: number, map: number) => first.values[(y * wide + x) * count + map]!;
    // One stop for all maps.
    await layer(page, 'convolution').locator('summary').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Map 3');
    await page.keyboard.press('Enter');
    const { x, y } = peakOf(first, 2);
    expect(await value(page)).toBeCloseTo(at(x, y, 2), PRECISION);
    await byId(page, 'input').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    expect(await value(page)).toBeCloseTo(at(x - 1, y - 1, 2), PRECISION);
    // The numbers below the frame are those of the picture, and the formula has them.
    expect(await byId(page, 'numbers').locator('span').count()).toBe(9);
    // By mouse, too.
    const box = (await byId(page, 'output').boundingBox())!;
    await page.mouse.click(box.x + (box.width * 10.5) / wide, box.y + (box.height * 4.5) / wide);
    expect(await value(page)).toBeCloseTo(at(10, 4, 2), PRECISION);
    await page.getByRole('button', { name: 'The next one' }).click();
    await page.getByRole('heading', { name: 'Map 4: where do its numbers come from?' }).waitFor();

    await byId(page, 'slide').click();
    const places = new Set<string | null>();
    await expect
      .poll(async () => places.add(await byId(page, 'output').locator('.frame').getAttribute('style')).size, {
        interval: 40,
      })
      .toBeGreaterThan(4);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByTestId('sums').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Map 4');
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('with less motion, the frame goes on only at a click', async () => {
    const page = await medium.open(browser, server.url, { reducedMotion: 'reduce' });
    await byId(page, 'layer').waitFor();
    await sketched(page);
    await map(page, 'convolution', 0, 1).click();
    const place = () => byId(page, 'output').locator('.frame').getAttribute('style');
    const before = await place();
    await byId(page, 'slide').click();
    const after = await place();
    expect(after).not.toBe(before);
    await page.waitForTimeout(300);
    expect(await place()).toBe(after);
    expect(browser.errors).toEqual([]);
  }, 30_000);

  test('a stroke matters as much as the network loses without it', async () => {
    const page = await medium.open(browser, server.url, { viewport: PHONE });
    await byId(page, 'layer').waitFor();
    await sketched(page);
    const whole = medium.classify(CAT);
    const best = whole.indexOf(Math.max(...whole));
    const rows = await byId(page, 'strokes')
      .locator('li')
      .evaluateAll((all) => all.map((each) => ({ ...(each as HTMLElement).dataset })));
    expect(rows.map(({ stroke }) => Number(stroke)).sort((a, b) => a - b)).toEqual(CAT.map((_, i) => i));
    for (const { stroke, without } of rows) {
      const others = medium.classify(CAT.filter((_, i) => i !== Number(stroke)));
      expect(Number(without)).toBeCloseTo(others[best]!, PRECISION);
    }
    // The next drawing has other strokes.
    await byId(page, 'sketch').click();
    const fish = unpackDrawing(sampleOf('fish').validation[1]!);
    await expect.poll(() => byId(page, 'strokes').locator('li').count()).toBe(fish.length);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => page.getByTestId('strokes').count()).toBe(0);
    expect(browser.errors).toEqual([]);
  }, 30_000);

  test('the game’s network shows its stages, and guesses what the server guesses', async () => {
    const page = await medium.open(browser, server.url, { viewport: PHONE });
    await byId(page, 'layer').waitFor();
    await sketched(page);
    await byId(page, 'network-game').click();
    await byId(page, 'stage').waitFor();
    const titles = await page.getByTestId('stage').locator('h2').allTextContents();
    expect(titles).toEqual([
      '32 maps of 32 × 32',
      '48 maps of 16 × 16',
      '112 maps of 8 × 8',
      '208 maps of 4 × 4',
      '512 numbers about the picture',
      '192 numbers about the line',
    ]);
    for (const stage of ['layer0', 'layer7', 'picture', 'line'])
      expect(await shades(page, `[data-stage="${stage}"]`), stage).toBeGreaterThan(2);
    const { recognizer } = server;
    const [probabilities] = await recognizer.recognize([{ strokes: CAT }]);
    const [{ word, p }] = topGuesses(probabilities!, 1) as [Guess];
    const rows = byId(page, 'guesses').locator('li');
    expect(await rows.count()).toBe(5);
    expect(await rows.first().locator('.name').textContent()).toBe(recognizer.words.words[word]!.word);
    expect(Number(await rows.first().getAttribute('data-share'))).toBeCloseTo(p, 2);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    // It follows the pen, and the same drawing is there in both.
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => page.getByTestId('guesses').count()).toBe(0);
    await drawWithMouse(page, CAT);
    await expect.poll(() => page.getByTestId('guesses').count()).toBe(1);
    await byId(page, 'network-own').click();
    await byId(page, 'guess').waitFor();
    expect(browser.errors).toEqual([]);
  }, 60_000);
});
