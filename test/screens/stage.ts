/** The server, the browser and the pages that the pictures are taken of. */
import { existsSync, mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { createApp } from '../../server/app.ts';
import { memoryBackend } from '../../server/backend.ts';
import { readConfig } from '../../server/config.ts';
import { PACE } from '../../server/game/game.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import { createLog } from '../../server/log.ts';
import { GHOSTS_FILE } from '../../server/paths.ts';
import { readSamples } from '../../server/storage/samples.ts';
import { asking } from '../support/words.ts';

export const OUT = 'docs/screens';
const SIZES: Record<string, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, deviceScaleFactor: 1.5 },
  landscape: { viewport: { width: 844, height: 390 }, hasTouch: true, deviceScaleFactor: 1.5 },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

// Their beginnings leave the network wondering about something else; its guesses are what a race is about.
export const PROMPTS = ['angel', 'kangaroo', 'snail', 'crown', 'toaster', 'fan'];
export const recognizer = asking(await startRecognizer({}), PROMPTS);
export const { EXPLORE_DATA, DATA_DIR } = process.env;
const config = readConfig({ PORT: '0', HOST: '127.0.0.1', EXPLORE_DATA, DATA_DIR });
export const backend = memoryBackend();
export const { store } = backend;
// A reveal lasts until its pictures are taken, however slow the machine is; so does a round in which most are recognized.
const pace = { ...PACE, hurry: 60_000, reveal: 300_000 };
const samples = await readSamples(GHOSTS_FILE);
const app = createApp({ config, log: createLog('error'), recognizer, backend, pace, samples });
export const url = `http://127.0.0.1:${await app.listen()}`;
const executablePath = CHROMIUM.find((path) => path && existsSync(path));
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
mkdirSync(OUT, { recursive: true });

export const byId = (page: Page, id: string) => page.getByTestId(id).first();
export const inPhase = (page: Page, name: string) =>
  page.waitForSelector(`[data-phase="${name}"]`, { timeout: 60_000 });
export const settle = (page: Page) => page.waitForTimeout(900);

export type Pages = [size: string, page: Page][];

export const open = (options: BrowserContextOptions): Promise<Pages> =>
  Promise.all(
    Object.entries(SIZES).map(async ([size, more]) => {
      const context = await browser.newContext({ locale: 'en-GB', ...options, ...more });
      return [size, await context.newPage()] as [string, Page];
    }),
  );
export const all = <T>(pages: Pages, go: (page: Page, i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(pages.map(([, page], i) => go(page, i)));
export const shoot = async (pages: Pages, screen: string, kind: string) => {
  for (const [size, page] of pages) await page.screenshot({ path: `${OUT}/${screen}-${size}-${kind}.png` });
};

export async function close(): Promise<void> {
  await browser.close();
  await app.close();
}
