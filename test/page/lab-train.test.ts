/** Steps 3 and 4 of the lab: a network is built, trained in the browser, and what it learned is looked at. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { FIRST_RECIPE, type Layers, PRESETS, type Recipe } from '../../shared/lab/recipe.ts';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, hasBrowser, PHONE, useBrowser } from '../support/browser.ts';
import { useServer } from '../support/server.ts';

/** Learned in seconds. */
const QUICK: Recipe = { ...FIRST_RECIPE, words: ['cat', 'house', 'bicycle'], drawings: 50, layers: PRESETS.small };
const NARROW = { width: 360, height: 740 };

describe.skipIf(!hasBrowser)('the lab', () => {
  const server = useServer();
  const browser = useBrowser();

  /** The page of a step, for a learner who chose that recipe before. */
  async function open(step: string, recipe: Recipe, options: Parameters<typeof browser.open>[1] = {}): Promise<Page> {
    const page = await browser.open('about:blank', options);
    await page.addInitScript((recipe) => {
      if (location.protocol !== 'about:')
        sessionStorage.setItem('derby.lab.recipe', sessionStorage.getItem('derby.lab.recipe') ?? recipe);
    }, JSON.stringify(recipe));
    await page.goto(`${server.url}/lab/${step}`);
    await byId(page, 'lab').waitFor();
    return page;
  }
  const fits = async (page: Page) =>
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const accessible = async (page: Page) => expect(await violations(page)).toEqual([]);
  const data = (page: Page, id: string, name: string) => byId(page, id).getAttribute(`data-${name}`);
  const number = async (page: Page, id: string, name: string) => Number(await data(page, id, name));
  const phase = (page: Page, name: string) =>
    page.waitForSelector(`[data-testid="train-state"][data-state="${name}"]`, { timeout: 60_000 });
  const epochs = (page: Page, least: number) =>
    expect.poll(() => number(page, 'train-state', 'epochs'), { timeout: 60_000 }).toBeGreaterThanOrEqual(least);
  const to = async (page: Page, step: string) => {
    await byId(page, `lab-${step}`).click();
    await page.waitForSelector(`[data-testid="lab"][data-step="${step}"]`);
  };
  const layers = (page: Page) =>
    page.evaluate(() => (JSON.parse(sessionStorage.getItem('derby.lab.recipe')!) as { layers: Layers }).layers);

  describe('build', () => {
    test('presets and single layers change the picture, and what it costs', async () => {
      const page = await open('build', FIRST_RECIPE);
      expect(await byId(page, 'preset-medium').isChecked()).toBe(true);
      expect(await number(page, 'total', 'parameters')).toBe(26_566);
      expect(await number(page, 'total', 'operations')).toBe(307_520);
      expect(await byId(page, 'compared').textContent()).toMatch(/ 102 times .* 218 times /s);
      const kinds = () =>
        page.getByTestId('layer').evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.kind));
      expect(await kinds()).toEqual(['convolution', 'pooling', 'convolution', 'pooling', 'dense', 'answer']);
      // As many squares as maps, and as many dots as neurons.
      const shapes = () =>
        page.getByTestId('layer').evaluateAll((all) => all.map((each) => each.querySelectorAll('rect, circle').length));
      expect(await shapes()).toEqual([8, 8, 16, 16, 32, 0]);

      await byId(page, 'preset-tiny').check();
      expect(await kinds()).toEqual(['convolution', 'pooling', 'answer']);
      expect(await layers(page)).toEqual(PRESETS.tiny);
      await byId(page, 'preset-medium').check();
      await byId(page, 'remove-0').click();
      await byId(page, 'filters-0').selectOption('4');
      await byId(page, 'kernel-0').selectOption('5');
      await byId(page, 'pool-0').uncheck();
      await byId(page, 'dense').selectOption('0');
      await byId(page, 'dropout').selectOption('0.25');
      expect(await layers(page)).toEqual({
        convolutions: [{ filters: 4, size: 5, pool: false }],
        dense: 0,
        dropout: 0.25,
      });
      expect(await number(page, 'total', 'parameters')).toBe(25 * 4 + 4 + 28 * 28 * 4 * 6 + 6);
      expect(await byId(page, 'preset-mix').isChecked()).toBe(true);
      // The last filter layer stays, and there are no more than three.
      expect(await page.getByTestId('remove-0').count()).toBe(0);
      await byId(page, 'add-convolution').click();
      await byId(page, 'add-convolution').click();
      expect(await page.getByTestId('add-convolution').count()).toBe(0);
      expect((await layers(page)).convolutions).toHaveLength(3);
      expect(browser.errors).toEqual([]);
    });

    test('a network that is too large is refused where it was tried, with what to do', async () => {
      const page = await open('build', { ...FIRST_RECIPE, layers: PRESETS.tiny });
      await byId(page, 'filters-0').selectOption('64');
      await byId(page, 'dense').selectOption('128');
      expect(await byId(page, 'refusal-dense').textContent()).toMatch(/1,607,\d{3} numbers.*500,000.*pooling/s);
      expect(await byId(page, 'dense').inputValue()).toBe('0');
      expect((await layers(page)).dense).toBe(0);
      await byId(page, 'dense').selectOption('16');
      expect(await byId(page, 'refusal-dense').textContent()).toBe('');
      await byId(page, 'dense').selectOption('0');
      await byId(page, 'add-convolution').click();
      await byId(page, 'pool-0').click();
      expect(await byId(page, 'refusal-0').textContent()).toMatch(/multiplications.*6,000,000/s);
      expect(await byId(page, 'pool-0').isChecked()).toBe(true);
      expect(browser.errors).toEqual([]);
    });

    test.each([
      ['a phone', { viewport: NARROW, hasTouch: true, isMobile: true }],
      ['a desk in the dark', { viewport: DESKTOP, colorScheme: 'dark' as const }],
      ['a desk in Arabic', { viewport: DESKTOP, locale: 'ar' }],
    ])('on %s nothing sticks out, and everybody can use it', async (_, options) => {
      const page = await open('build', { ...FIRST_RECIPE, layers: PRESETS.huge }, options);
      await byId(page, 'total').waitFor();
      await fits(page);
      for (const term of ['filter', 'pooling', 'dense', 'dropout'])
        await byId(page, `term-${term}`).locator('summary').click();
      await accessible(page);
      await fits(page);
      expect(browser.errors).toEqual([]);
    });
  });

  describe('train', () => {
    test('a network learns, and shows what it mixes up', async () => {
      const page = await open('train', QUICK, { viewport: NARROW, hasTouch: true, isMobile: true });
      expect(await byId(page, 'recipe').textContent()).toMatch(/^3 words · 50 drawings each · Small \([\d,]+ numbers/);
      await byId(page, 'train').click();
      expect(await data(page, 'train', 'action')).toBe('stop');
      await phase(page, 'resting');
      expect(await number(page, 'train-state', 'epochs')).toBe(12);
      const accuracy = async () =>
        Number((await page.locator('[data-testid="trainings"] tbody td').first().textContent())!.match(/(\d+)%/)![1]);
      expect(await accuracy()).toBeGreaterThan(80);
      expect(await data(page, 'result', 'reading')).toMatch(/good|overfit|fair/);
      expect(await byId(page, 'accuracy-chart').locator('svg').first().getAttribute('aria-label')).toMatch(
        /after epoch 12\. Training: \d+%\. Validation: \d+%\./,
      );
      // Each validation drawing is in one cell.
      const counts = await page.locator('[data-testid="confusion"] button').allTextContents();
      expect(counts).toHaveLength(9);
      expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(120);
      const right = [0, 4, 8].reduce((sum, i) => sum + Number(counts[i]), 0);
      expect(await number(page, 'answers-title', 'count')).toBe(120 - right);
      await accessible(page);
      await fits(page);

      // By keyboard to the right cell of the first row's end, and back.
      await byId(page, 'cell-0-0').focus();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
      expect(await byId(page, 'cell-0-2').getAttribute('aria-pressed')).toBe('true');
      expect(await data(page, 'answers-title', 'count')).toBe(counts[2]);
      expect(await page.getByTestId('answer').count()).toBe(Number(counts[2]));
      await byId(page, 'cell-1-1').click();
      expect(await data(page, 'answers-title', 'count')).toBe(counts[4]);
      const words = await page.getByTestId('answer').locator('strong').allTextContents();
      expect(new Set(words)).toEqual(new Set(['house']));
      await byId(page, 'all-mistakes').click();
      expect(await number(page, 'answers-title', 'count')).toBe(120 - right);

      // On: as many epochs more, by the same network.
      await byId(page, 'train').click();
      await phase(page, 'training');
      await phase(page, 'resting');
      expect(await number(page, 'train-state', 'epochs')).toBe(24);
      await byId(page, 'reseed').click();
      await phase(page, 'resting');
      const rows = await page.locator('[data-testid="trainings"] tbody tr').allTextContents();
      expect(rows).toHaveLength(2);
      expect(rows[0]).toMatch(/^2.*seed 2/);
      expect(rows[1]).toMatch(/^1.*24.*seed 1/);
      expect(browser.errors).toEqual([]);
    }, 120_000);

    test('it goes on while one looks elsewhere, and a changed recipe is pointed out', async () => {
      const page = await open('train', QUICK);
      await byId(page, 'train').click();
      await epochs(page, 1);
      await to(page, 'build');
      await byId(page, 'preset-tiny').check();
      await to(page, 'train');
      await byId(page, 'changed').waitFor();
      await phase(page, 'resting');
      expect(await number(page, 'train-state', 'epochs')).toBe(12);
      expect(await byId(page, 'changed').textContent()).toContain('Small');
      expect(await data(page, 'train', 'action')).toBe('anew');
      await byId(page, 'train').click();
      await epochs(page, 1);
      // At once again, in a worker of its own: nothing of the first one gets in.
      await byId(page, 'train').click();
      await phase(page, 'resting');
      await byId(page, 'reseed').click();
      await phase(page, 'training');
      await phase(page, 'resting');
      expect(await number(page, 'train-state', 'epochs')).toBe(12);
      expect(await page.getByTestId('changed').count()).toBe(0);
      expect(await page.locator('[data-testid="trainings"] tbody tr').count()).toBe(3);
      expect(browser.errors).toEqual([]);
    }, 120_000);

    test('a reload in the middle keeps the network as it was, and another can be trained', async () => {
      const page = await open('train', QUICK);
      await byId(page, 'train').click();
      await epochs(page, 2);
      await page.reload();
      await byId(page, 'kept').waitFor();
      expect(await data(page, 'train-state', 'state')).toBe('none');
      expect(await data(page, 'train', 'action')).toBe('anew');
      await accessible(page);
      await byId(page, 'train').click();
      await epochs(page, 1);
      expect(await page.getByTestId('kept').count()).toBe(0);
      expect(browser.errors).toEqual([]);
    }, 60_000);

    test('slow motion shows each batch, and fast goes on at once', async () => {
      const page = await open('train', { ...QUICK, drawings: 20 });
      await byId(page, 'slow').check();
      await byId(page, 'train').click();
      // Two batches, of three seconds each.
      await expect.poll(() => byId(page, 'batch').textContent()).toMatch(/Batch 1 of 2: loss [\d.]+, \d+% right/);
      await expect.poll(() => byId(page, 'batch').textContent()).toContain('Batch 2 of 2');
      expect(await number(page, 'train-state', 'epochs')).toBe(0);
      await byId(page, 'slow').uncheck();
      await phase(page, 'resting');
      expect(await number(page, 'train-state', 'epochs')).toBe(12);
      expect(browser.errors).toEqual([]);
    }, 60_000);

    test('drawings that do not come are asked for again', async () => {
      // What the service worker fetches, no route stops.
      const page = await open('train', QUICK, { serviceWorkers: 'block' });
      await page.route('**/assets/bicycle-*', (route) => route.abort());
      await byId(page, 'train').click();
      await phase(page, 'failed');
      expect(await byId(page, 'failed').textContent()).toContain('online');
      await accessible(page);
      await page.unroute('**/assets/bicycle-*');
      await byId(page, 'train').click();
      await epochs(page, 1);
      browser.errors.length = 0;
    }, 60_000);

    test('a worker that does not come is said, and another is started on demand', async () => {
      const page = await open('train', QUICK);
      // As after an update of the server: its file is gone.
      await page.addInitScript(() => {
        const { Worker } = globalThis;
        let isFirst = true;
        globalThis.Worker = class extends Worker {
          constructor(url: string | URL, options?: WorkerOptions) {
            super(isFirst ? './assets/gone.js' : url, options);
            isFirst = false;
          }
        };
      });
      await page.reload();
      await byId(page, 'train').click();
      await phase(page, 'failed');
      await byId(page, 'train').click();
      await epochs(page, 1);
      browser.errors.length = 0;
    }, 60_000);

    test('without WebAssembly it is slower, and says so', async () => {
      const page = await open('train?backend=cpu', { ...QUICK, drawings: 20, layers: PRESETS.tiny });
      await byId(page, 'train').click();
      await byId(page, 'slow-browser').waitFor();
      expect(await data(page, 'train-state', 'backend')).toBe('cpu');
      await epochs(page, 2);
      await byId(page, 'train').click();
      expect(await data(page, 'train-state', 'state')).toBe('resting');
      expect(browser.errors).toEqual([]);
    }, 60_000);

    test('on a phone in Arabic, in the dark, with as many labels as there can be', async () => {
      const words: Recipe['words'] = ['cat', 'house', 'bicycle', 'fish', 'apple', 'tree', 'sun', 'car', 'key', 'star'];
      const recipe: Recipe = { ...QUICK, words, drawings: 20, others: true, layers: PRESETS.tiny };
      const page = await open('train', recipe, { viewport: PHONE, locale: 'ar', colorScheme: 'dark' });
      await byId(page, 'train').click();
      await epochs(page, 1);
      await byId(page, 'train').click();
      await phase(page, 'resting');
      await byId(page, 'answers').waitFor();
      expect(await page.locator('[data-testid="confusion"] button').count()).toBe(121);
      await accessible(page);
      await fits(page);
      expect(browser.errors).toEqual([]);
    }, 60_000);
  });
});
