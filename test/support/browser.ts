/** A real browser on the real page. */
import { existsSync, mkdirSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD } from '../../shared/ink.ts';
import { requires } from './requires.ts';

const WHOLE = ['chromium', 'chromium-browser', 'google-chrome'];
const found = (names: string[]): string | undefined =>
  [process.env.CHROMIUM, ...names.map((name) => `/usr/bin/${name}`)].find((path) => path && existsSync(path));
/** The engine without a window comes first: the same pages take two thirds of the processor's time there. */
const engine = found(['chromium-headless-shell', ...WHOLE]);
/** What a browser has besides its engine, such as the installation of apps. */
export const whole = found(WHOLE);

export const hasBrowser =
  requires(engine !== undefined, 'Chromium (CHROMIUM=path if it is at an unusual place)') &&
  requires(existsSync('dist/client/index.html'), 'the built page (npm run build)');

export const hasWholeBrowser =
  requires(whole !== undefined, 'all of Chromium (CHROMIUM=path if it is at an unusual place)') && hasBrowser;

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

export interface TestBrowser {
  /** A person with a browser of their own: nothing is shared with another's. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** What went wrong in any page's console. */
  errors: string[];
}

export function useBrowser(executablePath = engine): TestBrowser {
  let browser: Browser;
  const errors: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
    });
  });
  // A page that nobody looks at any more would take its part of two cores.
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  });
  afterAll(() => browser?.close());
  return {
    errors,
    async open(url, options = {}) {
      const context = await browser.newContext({ viewport: DESKTOP, locale: 'en-GB', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await page.goto(url);
      return page;
    },
  };
}

export const byId = (page: Page, id: string) => page.getByTestId(id).first();

export const inPhase = (page: Page, ...names: string[]) =>
  page.waitForSelector(names.map((name) => `[data-phase="${name}"]`).join(), { timeout: 30_000 });

/** The screen itself, too: it is fetched once the room is entered. */
export async function inLobby(page: Page): Promise<void> {
  await inPhase(page, 'lobby');
  await byId(page, 'seat').waitFor();
}

/** Draws with the mouse, as fast as the browser takes it. */
export async function drawWithMouse(page: Page, strokes: Stroke[]): Promise<void> {
  const box = (await byId(page, 'board').boundingBox())!;
  const margin = 0.1;
  const x = (value: number) => box.x + box.width * (margin + ((1 - 2 * margin) * value) / BOARD);
  const y = (value: number) => box.y + box.height * (margin + ((1 - 2 * margin) * value) / BOARD);
  for (const stroke of strokes) {
    await page.mouse.move(x(stroke[0]!), y(stroke[1]!));
    await page.mouse.down();
    for (let i = 2; i < stroke.length; i += 2) await page.mouse.move(x(stroke[i]!), y(stroke[i + 1]!), { steps: 2 });
    await page.mouse.up();
  }
}

/** Presses the first or the last button of a setting until it shows `value`. */
export async function step(page: Page, id: string, end: 'first' | 'last', value: string): Promise<void> {
  const setting = byId(page, id);
  for (let shown = await setting.getAttribute('data-value'); shown !== value; ) {
    await setting.locator('button')[end]().click();
    await expect.poll(() => setting.getAttribute('data-value')).not.toBe(shown);
    shown = await setting.getAttribute('data-value');
  }
}

/** The largest share that the bars show of a guess: the prompt's own bar is there from the start, with nothing in it. */
export const guessed = (page: Page): Promise<number> =>
  page
    .getByTestId('guess-bar')
    .evaluateAll((bars) => Math.max(0, ...bars.map((bar) => Number((bar as HTMLElement).dataset.share ?? 0))));

/** Kept as an artifact of the run. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync('artifacts/screens', { recursive: true });
  await page.screenshot({ path: `artifacts/screens/${name}.png` });
}

/** Draws with a finger; for pages opened with `hasTouch`. */
export async function drawWithFinger(page: Page, strokes: Stroke[]): Promise<void> {
  const box = (await byId(page, 'board').boundingBox())!;
  const cdp = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints });
  for (const stroke of strokes) {
    const at = (i: number) => [
      { x: box.x + (box.width * stroke[i]!) / BOARD, y: box.y + (box.height * stroke[i + 1]!) / BOARD },
    ];
    await touch('touchStart', at(0));
    for (let i = 2; i < stroke.length; i += 2) await touch('touchMove', at(i));
    await touch('touchEnd', []);
  }
  await cdp.detach();
}
