/** The check before a lesson, in a real browser: what works, what is blocked, and what it says then. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkAddressesOf } from '../../server/addresses.ts';
import { violations } from '../support/axe.ts';
import { byId, DESKTOP, hasBrowser, useBrowser } from '../support/browser.ts';
import { type Cable, startProxy } from '../support/proxy.ts';
import { useServer } from '../support/server.ts';

const NARROW: BrowserContextOptions = { viewport: { width: 360, height: 740 } };
/** A part may take that long on two busy cores. */
const PATIENCE = { timeout: 20_000 };

describe.skipIf(!hasBrowser)('the check before a class', () => {
  const server = useServer({ env: { HOST: '0.0.0.0' } });
  const behindProxy = useServer({ env: { TRUSTED_HOPS: '1' } });
  const browser = useBrowser();
  let cable: Cable;
  const portOf = ({ url }: { url: string }) => Number(new URL(url).port);
  beforeAll(async () => {
    cable = await startProxy(() => [portOf(server)]);
  });
  afterAll(() => cable?.close());

  const mark = (page: Page, row: string) => byId(page, `check-${row}`).getAttribute('data-mark');
  const verdict = (page: Page) => byId(page, 'check').getAttribute('data-verdict');
  const text = async (page: Page, id: string) => (await byId(page, id).textContent()) ?? '';
  const sentence = (page: Page) => byId(page, 'check-sentence').inputValue();

  /** Opened with what `block` does to the browser first. */
  async function open(url: string, block: () => void, options = DESKTOP): Promise<Page> {
    const page = await browser.open('about:blank', { viewport: options });
    await page.addInitScript(block);
    await page.goto(url);
    return page;
  }
  const noWebSocket = () => {
    window.WebSocket = function WebSocket() {
      throw new Error('no WebSocket here');
    } as unknown as typeof WebSocket;
  };

  test('where all works, every row says so, and so does the sentence; nothing stays open', async () => {
    const errors = browser.errors.length;
    const page = await browser.open(`${server.url}/class/check?hold=5`);
    await expect.poll(() => verdict(page), PATIENCE).toBe('all');
    for (const row of ['websocket', 'polling', 'hold', 'wasm', 'worker'])
      expect([row, await mark(page, row)]).toEqual([row, 'ok']);
    expect(await text(page, 'check-latency')).toMatch(/\d ms, \d+ ms at worst/);
    expect(await text(page, 'check-hold')).toContain('stayed up for 5 seconds');
    expect(await text(page, 'check-result')).toBe('Everything works here.');
    const [address] = networkAddressesOf({ address: '0.0.0.0', port: portOf(server) }, '/')!;
    expect(await sentence(page)).toContain(address ?? server.url);
    expect(await sentence(page)).toContain('keep WebSocket');
    // 127.0.0.1 is a secure context.
    expect(await text(page, 'check-secure')).toContain('This address is secure');
    expect(await page.title()).toBe('Will it work here? · Doodle Derby');
    await byId(page, 'check-again').click();
    // The line that is held must not outlive the page.
    await expect.poll(() => mark(page, 'latency'), PATIENCE).toBe('ok');
    await byId(page, 'to-home').click();
    await byId(page, 'nick').waitFor();
    await expect.poll(async () => (await server.app.io.fetchSockets()).length).toBe(1);
    expect(browser.errors.slice(errors)).toEqual([]);
  }, 60_000);

  test('a network that blocks WebSocket: polling does, and the sentence asks for WebSocket', async () => {
    const page = await open(`${server.url}/class/check?hold=5`, noWebSocket);
    await expect.poll(() => verdict(page), PATIENCE).toBe('shaky');
    expect(await mark(page, 'websocket')).toBe('fails');
    await expect.poll(() => mark(page, 'hold'), PATIENCE).toBe('ok');
    expect(await mark(page, 'polling')).toBe('ok');
    expect(await sentence(page)).toMatch(
      /^Please allow WebSocket \(ws\/wss upgrade\) from the pupils’ devices to http:\/\/\S+\.$/,
    );
  }, 60_000);

  test('a network that lets nothing live through', async () => {
    const page = await browser.open('about:blank');
    await page.addInitScript(noWebSocket);
    await page.route('**/socket.io/**', (route) => route.abort());
    await page.goto(`${server.url}/class/check`);
    await expect.poll(() => verdict(page), PATIENCE).toBe('bad');
    for (const row of ['latency', 'hold']) expect([row, await mark(page, row)]).toEqual([row, 'fails']);
    expect(await sentence(page)).toContain(
      'allow WebSocket (ws/wss upgrade) and long-lived HTTP requests (long polling) from',
    );
    expect(await sentence(page)).not.toContain('stay open');
  }, 60_000);

  test('a filter that replaces the recognizer’s file', async () => {
    const page = await browser.open('about:blank');
    await page.route('**/*.wasm', (route) => route.fulfill({ body: '<h1>Blocked by your school</h1>' }));
    await page.goto(`${server.url}/class/check`);
    await expect.poll(() => mark(page, 'wasm'), PATIENCE).toBe('fails');
    await expect.poll(() => verdict(page), PATIENCE).toBe('shaky');
    expect(await sentence(page)).toContain('application/wasm');
  }, 60_000);

  test('a proxy that cuts after some seconds', async () => {
    const page = await browser.open(`${cable.url}/class/check?hold=60`);
    await expect.poll(() => verdict(page), PATIENCE).toBe('soFar');
    await expect
      .poll(() => byId(page, 'check-hold').locator('[role="progressbar"]').getAttribute('aria-valuenow'))
      .not.toBe('0');
    expect(await page.getByTestId('check-sentence').count()).toBe(0);
    cable.cut();
    await expect.poll(() => mark(page, 'hold')).toBe('fails');
    expect(await text(page, 'check-hold')).toMatch(/cut the connection after \d+ seconds/);
    expect(await verdict(page)).toBe('shaky');
    expect(await sentence(page)).toContain('allow connections that stay open for several minutes from');
  }, 60_000);

  test('the minute can be skipped by keyboard, and the sentence copied without a secure context', async () => {
    const page = await open(`${server.url}/class/check`, () => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.addEventListener('copy', () => {
        document.title = `copied ${(document.activeElement as HTMLTextAreaElement).value}`;
      });
    });
    await expect.poll(() => verdict(page), PATIENCE).toBe('soFar');
    expect(await violations(page)).toEqual([]);
    await byId(page, 'check-skip').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => verdict(page)).toBe('most');
    expect(await mark(page, 'hold')).toBe('skipped');
    const copied = await sentence(page);
    await byId(page, 'check-copy').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.title()).toBe(`copied ${copied}`);
    await expect.poll(() => text(page, 'check-copy')).toContain('Copied');
  }, 60_000);

  describe('other devices', () => {
    const from = (forwarded: string, options: BrowserContextOptions = {}) => ({
      ...options,
      extraHTTPHeaders: { 'x-forwarded-for': forwarded },
    });
    const arrival = (page: Page) => byId(page, 'check-others').getAttribute('data-arrival');

    test('one that comes is noticed here and there', async () => {
      const teacher = await browser.open(`${behindProxy.url}/class/check`, from('198.51.100.1'));
      await expect.poll(() => arrival(teacher)).toBe('waiting');
      const pupil = await browser.open(`${behindProxy.url}/class/check`, from('198.51.100.2', NARROW));
      await expect.poll(() => arrival(pupil)).toBe('came');
      await expect.poll(() => arrival(teacher), PATIENCE).toBe('came');
      expect(await text(teacher, 'check-others')).toContain('Another device got through');
    }, 60_000);

    test('if none comes, it names client isolation and what to do instead', async () => {
      const page = await browser.open('about:blank');
      await page.clock.install();
      await page.goto(`${server.url}/class/check`);
      await expect.poll(() => arrival(page)).toBe('waiting');
      await expect
        .poll(async () => {
          await page.clock.runFor(10_000);
          return arrival(page);
        }, PATIENCE)
        .toBe('nobody');
      expect(await text(page, 'check-others')).toMatch(/client isolation[\s\S]*hotspot/);
      await expect
        .poll(async () => {
          await page.clock.runFor(5_000);
          return (await page.getByTestId('check-sentence').count()) ? sentence(page) : '';
        }, PATIENCE)
        .toContain('switch off client isolation');
    }, 60_000);
  });

  test.each([
    ['a narrow phone', NARROW],
    ['a phone on its side', { viewport: { width: 740, height: 360 } }],
    ['a desk in the dark, from right to left', { locale: 'ar', colorScheme: 'dark' as const }],
  ])(
    'fits %s, and breaks no rule of accessibility',
    async (_, options) => {
      const page = await browser.open(`${server.url}/class/check?hold=5`, options);
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await byId(page, 'check-hold').getByRole('progressbar').waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await overflow()).toBeLessThanOrEqual(0);
      await byId(page, 'check-sentence').waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await overflow()).toBeLessThanOrEqual(0);
    },
    60_000,
  );

  test('on the server’s own machine, the home page shows what the others type', async () => {
    const expected = networkAddressesOf({ address: '0.0.0.0', port: portOf(server) }, '/')!;
    const page = await browser.open(server.url);
    await byId(page, 'nick').waitFor();
    if (expected.length === 0) expect(await page.getByTestId('on-the-board').count()).toBe(0);
    else for (const address of expected) await page.getByTestId('on-the-board').getByText(address).waitFor();
    for (const host of expected) {
      const elsewhere = await browser.open(host);
      await byId(elsewhere, 'nick').waitFor();
      expect(await elsewhere.getByTestId('on-the-board').count()).toBe(0);
    }
  }, 60_000);
});
