/** The page as it is installed: its manifest, its shell without a network, and how it comes by a newer version. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byId, drawWithFinger, hasWholeBrowser, PHONE, useBrowser, whole } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { QUICK, useServer } from '../support/server.ts';

const FINGER = { viewport: PHONE, hasTouch: true, isMobile: true };

/** Its service worker is at work. */
const controlled = (page: Page) =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
/** How many files of the recognizer are kept. */
const recognizerFiles = (page: Page) => page.evaluate(async () => (await (await caches.open('machine')).keys()).length);

describe.skipIf(!hasWholeBrowser)('the installed page', () => {
  const server = useServer({ pace: QUICK });
  const browser = useBrowser(whole);
  /** In front of the server: a proxy that may be ill, and a newer page behind it. */
  let front: Server;
  let url: string;
  let ill = false;
  /** It takes what is asked, and says nothing. */
  let mute = false;
  let version = 1;
  beforeAll(async () => {
    front = createServer(async ({ url: path }, response) => {
      if (mute) return;
      if (ill) return void response.writeHead(502).end('Bad gateway');
      const answer = await fetch(server.url + path);
      const type = answer.headers.get('content-type') ?? 'text/plain';
      const body = Buffer.from(await answer.arrayBuffer());
      response.writeHead(answer.status, { 'content-type': type });
      const part = { '/sw.js': /(?<=shell-)\w+/, '/': /(?<=assets\/index-[\w-]+\.js)/ }[path!];
      response.end(version > 1 && part ? `${body}`.replace(part, path === '/' ? `?${version}` : `${version}`) : body);
    });
    await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
    url = `http://localhost:${(front.address() as AddressInfo).port}`;
  });
  afterAll(() => front?.close());

  test('has an installable manifest, with the icons it names', async () => {
    const page = await browser.open(server.url);
    await controlled(page);
    const href = (await page.locator('link[rel="manifest"]').getAttribute('href'))!;
    const manifest = await (await fetch(new URL(href, server.url))).json();
    expect(manifest).toMatchObject({ name: 'Doodle Derby', start_url: './', display: 'standalone' });
    for (const { src, sizes, type } of manifest.icons as { src: string; sizes: string; type: string }[]) {
      const icon = await fetch(new URL(src, server.url));
      expect([src, icon.status, icon.headers.get('content-type')]).toEqual([src, 200, type]);
      if (type !== 'image/png') continue;
      const bytes = Buffer.from(await icon.arrayBuffer());
      expect(sizes).toBe(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`);
    }
    const cdp = await page.context().newCDPSession(page);
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
    // A test's window is a private one: that is the only thing against it.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  });

  test('after one visit, the page opens offline and practice works', async () => {
    const page = await browser.open(server.url, FINGER);
    await controlled(page);
    await expect.poll(() => recognizerFiles(page), { timeout: 20_000 }).toBe(5);
    await page.context().setOffline(true);
    await page.goto(`${server.url}/r/K7P2M`);
    await byId(page, 'alone').waitFor();
    await page.goto(server.url);
    await byId(page, 'practise').tap();
    await page.locator('[data-state="ready"]').waitFor();
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithFinger(page, drawn.square.strokes);
    await byId(page, 'guess-bar').waitFor();
    await expect.poll(() => byId(page, 'guess-bar').textContent()).toMatch(/\w/);
  }, 60_000);

  test('opens and practises although the server fails or hangs', async () => {
    const page = await browser.open(url, FINGER);
    await controlled(page);
    await expect.poll(() => recognizerFiles(page), { timeout: 20_000 }).toBe(5);
    ill = true;
    await page.goto(`${url}/r/K7P2M`);
    await byId(page, 'alone').waitFor();
    ill = false;
    mute = true;
    await page.goto(url);
    await byId(page, 'practise').tap();
    await page.locator('[data-state="ready"]').waitFor();
    mute = false;
  }, 60_000);

  test('notices a newer version while open, and loads it on request', async () => {
    const page = await browser.open(url);
    await controlled(page);
    // A new worker takes over only when the old one has nothing left to do.
    await expect.poll(() => recognizerFiles(page), { timeout: 20_000 }).toBe(5);
    const shells = async () =>
      (await page.evaluate(() => caches.keys())).filter((name) => name.startsWith('shell-')).sort();
    const lookAgain = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    version++;
    await lookAgain();
    await byId(page, 'update').waitFor();
    await byId(page, 'later').click();
    await byId(page, 'update').waitFor({ state: 'detached' });
    // Opened again it is the new page already, and the new worker takes over without a question.
    const waits = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.waiting !== null);
    expect(await waits()).toBe(true);
    await page.reload();
    await expect.poll(waits).toBe(false);
    expect(await page.getByTestId('update').count()).toBe(0);

    version++;
    await lookAgain();
    await byId(page, 'update').waitFor();
    // What pages ask the server meanwhile starts no worker: Chrome would forget the new one.
    await page.evaluate(() => void setInterval(() => fetch('api/rooms'), 4));
    const tab = await page.context().newPage();
    await tab.goto(url);
    // The tab is the new page, and takes the new version over for both: this one can still be reloaded.
    await expect.poll(waits).toBe(false);
    await Promise.all([page.waitForEvent('load'), byId(page, 'reload').click()]);
    await byId(page, 'play-alone').waitFor();

    version++;
    await lookAgain();
    await byId(page, 'update').waitFor();
    await Promise.all([page.waitForEvent('load'), byId(page, 'reload').click()]);
    await controlled(page);
    await byId(page, 'play-alone').waitFor();
    // The shell of the version before is kept for other tabs.
    await expect.poll(shells).toEqual(['shell-3', 'shell-4']);
  }, 60_000);

  test('loads a newer version although its worker does not take over', async () => {
    const page = await browser.open(url);
    await controlled(page);
    version++;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await byId(page, 'update').waitFor();
    // As when Chrome forgets it: the worker is never asked.
    await page.evaluate(() => {
      ServiceWorker.prototype.postMessage = () => {};
    });
    await Promise.all([page.waitForEvent('load'), byId(page, 'reload').click()]);
    expect(await page.locator('script[type="module"]').getAttribute('src')).toMatch(new RegExp(`\\?${version}$`));
  }, 60_000);
});
