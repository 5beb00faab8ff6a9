/** Two players and a spectator in real browsers play a whole match with real drawings; one of them reloads in the middle. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Ink, Stroke } from '../../shared/ink.ts';
import { prefix } from '../../shared/ink.ts';
import {
  byId,
  DESKTOP,
  drawWithMouse,
  guessed,
  hasBrowser,
  inPhase,
  PHONE,
  picture,
  step,
  useBrowser,
} from '../support/browser.ts';
import { endPhase } from '../support/party.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('in real browsers', () => {
  const server = useServer({
    pace: { ...QUICK, countdown: 1200, reveal: 60_000, finish: 800, hold: 20_000 },
  });
  const browser = useBrowser();

  test('two players and a spectator race a whole match, and one reloads in the middle', async () => {
    const ann = await browser.open(server.url);
    await picture(ann, 'home-desktop');
    await byId(ann, 'nick').fill('Ann');
    await byId(ann, 'create-room').click();
    await inPhase(ann, 'lobby');
    const code = new URL(ann.url()).pathname.split('/').at(-1)!;
    expect(code).toMatch(/^[A-Z2-9]{5}$/);
    await step(ann, 'settings-rounds', 'first', '2');
    await step(ann, 'settings-seconds', 'last', '60');

    const bob = await browser.open(server.url, { viewport: PHONE, hasTouch: true, isMobile: true });
    await picture(bob, 'home-phone');
    await bob.goto(`${server.url}/r/${code}`);
    await byId(bob, 'nick').fill('Bob');
    await byId(bob, 'enter').click();
    await inPhase(bob, 'lobby');
    const eve = await browser.open(`${server.url}/r/${code}?watch`, { viewport: DESKTOP });
    await inPhase(eve, 'lobby');
    await picture(ann, 'lobby-desktop');
    await picture(bob, 'lobby-phone');

    await Promise.all([inPhase(bob, 'countdown'), byId(ann, 'start').click()]);
    for (const round of [1, 2]) {
      await Promise.all([ann, bob, eve].map((page) => inPhase(page, 'drawing')));
      const prompt = ((await byId(ann, 'prompt').textContent()) ?? '').trim();
      const [first, second] = drawingsOf(prompt, 6);
      if (round === 1) {
        // A beginning that nobody could recognize, and the reload in the middle of it.
        await Promise.all([drawWithMouse(ann, start(first!)), drawWithMouse(bob, start(second!))]);
        await expect
          .poll(async () => SEEN.has(((await byId(eve, 'rival-guess').textContent()) ?? '').replace(/\d+%/, '').trim()))
          .toBe(true);
        await expect.poll(() => guessed(ann)).toBeGreaterThan(0);
        await Promise.all([picture(ann, 'race-desktop'), picture(bob, 'race-phone'), picture(eve, 'watch-desktop')]);
        await bob.reload();
        await inPhase(bob, 'drawing');
        await expect.poll(() => inked(bob)).toBe(true);
      }
      await Promise.all([drawWithMouse(ann, first!.strokes), drawWithMouse(bob, second!.strokes)]);
      await Promise.all([ann, bob, eve].map((page) => inPhase(page, 'reveal')));
      await Promise.all([ann, bob].map(settled));
      await Promise.all([picture(ann, 'reveal-desktop'), picture(bob, 'reveal-phone')]);
      await endPhase(server, code);
    }
    await Promise.all([ann, bob, eve].map((page) => inPhase(page, 'podium')));
    expect(await byId(eve, 'podium').textContent()).toMatch(/Ann[\s\S]*Bob|Bob[\s\S]*Ann/);
    await Promise.all([ann, bob].map(settled));
    await Promise.all([picture(ann, 'podium-desktop'), picture(bob, 'podium-phone')]);
    const fay = await browser.open(server.url);
    await expect.poll(() => byId(fay, 'leaders').textContent()).toMatch(/Ann|Bob/);
    await Promise.all([inPhase(bob, 'countdown', 'drawing'), byId(ann, 'rematch').click()]);
    expect(browser.errors).toEqual([]);
  }, 180_000);

  test('a second tab takes over, and the first says so', async () => {
    const ann = await browser.open(server.url);
    await byId(ann, 'create-room').click();
    await inPhase(ann, 'lobby');
    const tab = await ann.context().newPage();
    await tab.goto(ann.url());
    await inPhase(tab, 'lobby');
    await byId(ann, 'gone').waitFor();
  });

  test('a spectator enters over one connection', async () => {
    const ann = await browser.open(server.url);
    await byId(ann, 'create-room').click();
    await inPhase(ann, 'lobby');
    const eve = await browser.open('about:blank');
    let connections = 0;
    eve.on('websocket', () => connections++);
    await eve.goto(`${ann.url()}?watch`);
    await inPhase(eve, 'lobby');
    expect(connections).toBe(1);
  });

  test('a spectator enters even if the page wakes up while it connects', async () => {
    const ann = await browser.open(server.url);
    await byId(ann, 'create-room').click();
    await inPhase(ann, 'lobby');
    const eve = await browser.open('about:blank');
    await eve.addInitScript(() => {
      // The transport is open and the game's socket on it is not yet: asked again, the server would let two in.
      let woken = false;
      globalThis.WebSocket = class extends WebSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
          super(url, protocols);
          const wake = () => {
            if (!woken) document.dispatchEvent(new Event('visibilitychange'));
            woken = true;
          };
          queueMicrotask(() => this.addEventListener('message', wake));
        }
      };
    });
    await eve.goto(`${ann.url()}?watch`);
    await inPhase(eve, 'lobby');
  });

  test('a refusal is shown in words', async () => {
    const ann = await browser.open(server.url);
    await byId(ann, 'join-code').fill('AAAAA');
    await byId(ann, 'enter').click();
    await byId(ann, 'refusal').waitFor();
    expect((await byId(ann, 'refusal').textContent())!.length).toBeGreaterThan(10);
    expect(await byId(ann, 'refusal').textContent()).not.toContain('no-room');
  });

  test('on a phone the finger draws and the page does not move', async () => {
    const ann = await browser.open(server.url, { viewport: PHONE, hasTouch: true, isMobile: true });
    await byId(ann, 'play-alone').tap();
    await inPhase(ann, 'drawing');
    const box = (await byId(ann, 'board').boundingBox())!;
    const cdp = await ann.context().newCDPSession(ann);
    const at = (share: number) => [{ x: box.x + box.width / 2, y: box.y + box.height * share }];
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0.8) });
    for (let share = 0.8; share > 0.2; share -= 0.05)
      await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(share) });
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(() => inked(ann)).toBe(true);
    expect(await ann.evaluate(() => [scrollX, scrollY, visualViewport!.scale])).toEqual([0, 0, 1]);
  });
});

/** Whether anything is painted on the own board. */
const inked = (page: Page): Promise<boolean> =>
  byId(page, 'board').evaluate((board) => {
    const canvases = board instanceof HTMLCanvasElement ? [board] : [...board.querySelectorAll('canvas')];
    return canvases.some((canvas) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Set<number>();
      for (let i = 0; i < data.length; i += 4) colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 3]!);
      return colours.size > 1;
    });
  });

const read = (path: string) => JSON.parse(readFileSync(`client/${path}.json`, 'utf8'));
/** What stands with a rival's drawing once the recognizer has looked at it: a word, or that it is not sure. */
const SEEN = new Set<string>([...Object.keys(read('words/de')), read('messages/en').race.unsureRival]);

const start = (ink: Ink): Stroke[] => prefix(ink, 0.15).strokes;
