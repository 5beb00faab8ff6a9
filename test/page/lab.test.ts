/** The lab as a whole: how it is found, its steps, what it fetches, and what it costs. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { STEPS } from '../../client/lab/steps.ts';
import { violations } from '../support/axe.ts';
import { byId, hasBrowser, useBrowser } from '../support/browser.ts';
import { useServer } from '../support/server.ts';

const ASSETS = 'dist/client/assets';
const sizeOf = (name: string) => gzipSync(readFileSync(`${ASSETS}/${name}`)).length;

describe.skipIf(!hasBrowser)('the lab', () => {
  const server = useServer();
  const browser = useBrowser();
  afterAll(() => expect(browser.errors).toEqual([]));

  const isAt = (page: Page, step: string) => page.waitForSelector(`[data-testid="lab"][data-step="${step}"]`);
  const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  test('is found from home, which fetches none of it, and steps lead on', async () => {
    const page = await browser.open(server.url, { viewport: { width: 360, height: 740 } });
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(request.url()));
    await byId(page, 'nick').waitFor();
    // The home page fetches what comes next after a while.
    await page.waitForTimeout(2500);
    expect(fetched.filter((url) => /\/(Lab|lab-worker|cat)-/.test(url))).toEqual([]);
    await byId(page, 'to-lab').focus();
    await page.keyboard.press('Enter');
    await isAt(page, 'words');
    expect(new URL(page.url()).pathname).toBe('/lab');
    expect(await page.title()).toBe('The lab · Doodle Derby');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    for (const step of STEPS.slice(1)) {
      await byId(page, 'lab-next').focus();
      await page.keyboard.press('Enter');
      await isAt(page, step);
      expect(await page.evaluate(() => document.activeElement?.tagName), step).toBe('H1');
    }
    await page.goBack();
    await isAt(page, STEPS.at(-2)!);
    await byId(page, 'to-home').click();
    await byId(page, 'nick').waitFor();
    // All that it has fetched is from here.
    expect(fetched.filter((url) => !url.startsWith(server.url) && !url.startsWith('ws:'))).toEqual([]);
  });

  test.each([
    { name: 'a narrow phone', viewport: { width: 360, height: 740 }, locale: 'de-DE' },
    { name: 'a desk, from right to left', viewport: { width: 1280, height: 800 }, locale: 'ar' },
  ])('every step fits $name, and breaks no rule of accessibility', async ({ name: _, ...options }) => {
    const page = await browser.open(`${server.url}/lab`, options);
    for (const step of STEPS) {
      await page.goto(`${server.url}/${step === 'words' ? 'lab' : `lab/${step}`}`);
      await isAt(page, step);
      expect(await violations(page), step).toEqual([]);
      expect(await overflow(page), step).toBeLessThanOrEqual(0);
    }
  });

  test('it is small', () => {
    const names = readdirSync(ASSETS);
    const worker = names.filter((name) => /^lab-worker.*\.js$/.test(name));
    expect(worker).toHaveLength(1);
    // All scripts and styles that only the lab loads, but for the fallback; texts and drawings are data.
    const own = names.filter((name) => /^(Lab|lab-worker)-.*\.(js|css)$/.test(name));
    const size = own.reduce((sum, name) => sum + sizeOf(name), 0);
    console.log(`page: the lab's scripts and styles: ${(size / 1000).toFixed(1)} kB (gzip)`);
    expect(size).toBeLessThan(200_000);
    // A player who never opens it keeps none of it.
    const [, kept] = /const FILES = \[([^\]]*)\]/.exec(readFileSync('dist/client/sw.js', 'utf8'))!;
    const scripts = [...kept!.matchAll(/assets\/([\w.-]+\.js)/g)].map(([, name]) => name!);
    expect(scripts.length).toBeGreaterThan(5);
    const ofLab = (name: string) => /lab-worker|lab\.words/.test(name + readFileSync(`${ASSETS}/${name}`, 'utf8'));
    expect(scripts.filter(ofLab)).toEqual([]);
  });
});
