/** What people draw, steer and see the page with: fingers, palms, a stylus, keys alone, and what their eyes ask of it. */
import type { CDPSession, Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { BOARD, pointsIn } from '../../shared/ink.ts';
import { byId, DESKTOP, guessed, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { party } from '../support/party.ts';
import { closeAll } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('hands and eyes', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 1000, reveal: 1500 } });
  const browser = useBrowser();
  afterEach(closeAll);
  const touch = { viewport: PHONE, hasTouch: true, isMobile: true };

  /** A place on the board, as shares of it. */
  async function onBoard(page: Page) {
    const box = (await byId(page, 'board').boundingBox())!;
    return (x: number, y: number) => ({ x: box.x + box.width * x, y: box.y + box.height * y });
  }
  const fingers = (cdp: CDPSession, type: string, ...touchPoints: { x: number; y: number; id: number }[]) =>
    cdp.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints });
  const stylus = (cdp: CDPSession, type: string, at: { x: number; y: number }) =>
    cdp.send('Input.dispatchMouseEvent', {
      type: type as 'mousePressed',
      ...at,
      button: 'left',
      buttons: 1,
      clickCount: 1,
      pointerType: 'pen',
    });
  const key = (page: Page, name: string) => page.keyboard.press(name);
  const focused = (page: Page) =>
    page.evaluate(() => document.activeElement!.getAttribute('role') ?? document.activeElement!.tagName);

  test('the first finger draws; a second one neither draws nor zooms; a cancelled one ends its stroke', async () => {
    const { page, start, drawn } = await party(server, browser, touch);
    await start();
    await inPhase(page, 'drawing');
    const at = await onBoard(page);
    const cdp = await page.context().newCDPSession(page);
    const one = (x: number, y: number) => ({ ...at(x, y), id: 1 });
    const two = (x: number, y: number) => ({ ...at(x, y), id: 2 });
    await fingers(cdp, 'touchStart', one(0.4, 0.3));
    await fingers(cdp, 'touchMove', one(0.4, 0.4));
    await fingers(cdp, 'touchStart', one(0.4, 0.4), two(0.6, 0.6));
    for (let i = 1; i <= 4; i++)
      await fingers(cdp, 'touchMove', one(0.4 - i * 0.08, 0.4), two(0.6 + i * 0.08, 0.6 + i * 0.08));
    await fingers(cdp, 'touchEnd');
    await expect.poll(() => drawn().length).toBe(1);
    // All of it where the first finger was.
    await expect.poll(() => pointsIn(drawn()[0]!)).toBeGreaterThan(5);
    expect(Math.max(...drawn()[0]!)).toBeLessThan(BOARD * 0.45);

    await fingers(cdp, 'touchStart', one(0.2, 0.8));
    await fingers(cdp, 'touchMove', one(0.5, 0.8));
    await fingers(cdp, 'touchCancel');
    await fingers(cdp, 'touchStart', two(0.2, 0.9));
    await fingers(cdp, 'touchMove', two(0.8, 0.9));
    await fingers(cdp, 'touchEnd');
    await expect.poll(() => drawn().length).toBe(3);
    expect(await page.evaluate(() => [scrollX, scrollY, visualViewport!.scale, visualViewport!.pageTop])).toEqual([
      0, 0, 1, 0,
    ]);
  }, 60_000);

  test('a stylus draws although the palm touched first, and the palm’s stroke is removed', async () => {
    const { page, start, drawn } = await party(server, browser, touch);
    await start();
    await inPhase(page, 'drawing');
    const at = await onBoard(page);
    const cdp = await page.context().newCDPSession(page);
    await fingers(cdp, 'touchStart', { ...at(0.8, 0.8), id: 1 });
    await fingers(cdp, 'touchMove', { ...at(0.85, 0.9), id: 1 });
    await expect.poll(() => drawn().length).toBe(1);
    await stylus(cdp, 'mousePressed', at(0.2, 0.2));
    for (let i = 1; i <= 5; i++) await stylus(cdp, 'mouseMoved', at(0.2 + 0.05 * i, 0.3));
    await stylus(cdp, 'mouseReleased', at(0.45, 0.3));
    await fingers(cdp, 'touchMove', { ...at(0.9, 0.9), id: 1 });
    await fingers(cdp, 'touchEnd');
    // A hand that comes down again meanwhile is a hand.
    await fingers(cdp, 'touchStart', { ...at(0.7, 0.9), id: 1 });
    await fingers(cdp, 'touchMove', { ...at(0.9, 0.9), id: 1 });
    await fingers(cdp, 'touchEnd');
    await expect.poll(() => drawn().map((stroke) => Math.max(...stroke) < BOARD / 2)).toEqual([true]);
  });

  test('a pen that is down before “go” draws from “go” on', async () => {
    const { page, start, end, drawn } = await party(server, browser, { pace: { countdown: 30_000 } });
    await start();
    await inPhase(page, 'countdown');
    const at = await onBoard(page);
    const to = async (x: number, y: number) => page.mouse.move(at(x, y).x, at(x, y).y, { steps: 8 });
    await to(0.2, 0.2);
    await page.mouse.down();
    await to(0.3, 0.3);
    await end();
    await inPhase(page, 'drawing');
    await to(0.8, 0.3);
    await page.mouse.up();
    await expect.poll(() => drawn().map((stroke) => pointsIn(stroke) > 3 && stroke[0]! > BOARD * 0.25)).toEqual([true]);
  });

  test('undoes by button and by key, on any layout, once for a held key, and only at the board', async () => {
    const { page, start, drawn } = await party(server, browser);
    await start();
    await inPhase(page, 'drawing');
    const at = await onBoard(page);
    const line = async (y: number) => {
      await page.mouse.move(at(0.2, y).x, at(0.2, y).y);
      await page.mouse.down();
      await page.mouse.move(at(0.8, y).x, at(0.8, y).y, { steps: 4 });
      await page.mouse.up();
    };
    const holds = (count: number) => expect.poll(() => drawn().length).toBe(count);
    const cdp = await page.context().newCDPSession(page);
    const press = (text: string, code: string, autoRepeat = false) =>
      cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key: text, code, text, autoRepeat });
    for (const y of [0.1, 0.2, 0.3, 0.4, 0.5]) await line(y);
    await holds(5);
    await byId(page, 'undo').click();
    await holds(4);
    // Not where one might be about to type, or steer something else.
    await key(page, 'z');
    await key(page, 'x');
    await line(0.6);
    await holds(5);
    await press('z', 'KeyZ');
    for (let i = 0; i < 6; i++) await press('z', 'KeyZ', true);
    await holds(4);
    await key(page, 'Control+z');
    await holds(3);
    await press('ئ', 'KeyZ');
    await holds(2);
    await press('ء', 'KeyX');
    await holds(0);
    await line(0.7);
    await holds(1);
    await byId(page, 'clear').click();
    await holds(0);
    expect(await page.evaluate(() => document.querySelectorAll('[data-testid=refusal]').length)).toBe(0);
  }, 60_000);

  test('keeps the focus between screens: on the board when drawing by keyboard, else on the heading', async () => {
    const { page, start, end, drawn } = await party(server, browser, {
      settings: { rounds: 2 },
      pace: { countdown: 30_000, reveal: 30_000 },
    });
    await expect.poll(() => focused(page)).toBe('H1');
    const lobby = await page.title();
    await start();
    await end();
    await inPhase(page, 'drawing');
    expect(await page.title()).not.toBe(lobby);
    expect(await focused(page)).toBe('H1');
    await key(page, 'Tab');
    expect(await focused(page)).toBe('application');
    await key(page, 'Space');
    await page.keyboard.down('ArrowRight');
    await expect.poll(() => pointsIn(drawn()[0] ?? [])).toBeGreaterThan(3);
    await page.keyboard.up('ArrowRight');
    await end();
    await inPhase(page, 'reveal');
    await expect.poll(() => focused(page)).toBe('H1');
    await end();
    await inPhase(page, 'countdown');
    await expect.poll(() => focused(page)).toBe('application');
    // Down before the start, as with any pen.
    await key(page, 'Space');
    await end();
    await inPhase(page, 'drawing');
    await page.keyboard.down('ArrowDown');
    await expect.poll(() => pointsIn(drawn()[0] ?? [])).toBeGreaterThan(3);
    await page.keyboard.up('ArrowDown');
    await end();
    await inPhase(page, 'reveal');
    await end();
    await inPhase(page, 'podium');
    await expect.poll(() => focused(page)).toBe('H1');
  }, 60_000);

  test('the first arrow key reaches the board, and a hint says which keys draw', async () => {
    const { page, start, end, drawn } = await party(server, browser, { pace: { countdown: 30_000 } });
    await start();
    await end();
    await inPhase(page, 'drawing');
    expect(await page.getByTestId('keys-hint').count()).toBe(0);
    expect(await focused(page)).toBe('H1');
    await page.keyboard.down('ArrowRight');
    await expect.poll(() => focused(page)).toBe('application');
    await byId(page, 'keys-hint').waitFor();
    await expect
      .poll(() =>
        page.locator('.cursor').evaluate((each) => Number.parseFloat((each as HTMLElement).style.insetInlineStart)),
      )
      .toBeGreaterThan(52);
    await page.keyboard.up('ArrowRight');
    await key(page, 'Space');
    await byId(page, 'keys-hint').waitFor({ state: 'detached' });
    await expect.poll(() => drawn().length).toBe(1);
  }, 30_000);

  test('alone on a phone on its side, no button lies on the board', async () => {
    for (const viewport of [
      { width: 844, height: 390 },
      { width: 667, height: 375 },
    ]) {
      const page = await browser.open(server.url, { ...touch, viewport });
      await byId(page, 'play-alone').tap();
      await inPhase(page, 'drawing');
      const [board, invite] = [(await byId(page, 'board').boundingBox())!, (await byId(page, 'invite').boundingBox())!];
      expect(invite.x).toBeGreaterThanOrEqual(board.x + board.width);
      expect(board.width).toBeGreaterThan(240);
    }
  }, 30_000);

  test('can be played from the home page to the podium, and again, by keyboard alone', async () => {
    const page = await browser.open(server.url);
    await byId(page, 'create-room').waitFor();
    const reach = async (id: string) => {
      for (let i = 0; i < 60; i++) {
        if (await page.evaluate((id) => !!document.activeElement!.closest(`[data-testid="${id}"]`), id)) return;
        await key(page, 'Tab');
      }
      throw new Error(`no way to ${id} by Tab`);
    };
    await reach('create-room');
    await key(page, 'Enter');
    await inPhase(page, 'lobby');
    for (const [id, least] of [
      ['settings-rounds', '1'],
      ['settings-seconds', '10'],
    ] as const) {
      await reach(id);
      for (let value = ''; value !== least; ) {
        value = (await byId(page, id).getAttribute('data-value'))!;
        if (value === least) break;
        await key(page, 'Enter');
        await expect.poll(() => byId(page, id).getAttribute('data-value')).not.toBe(value);
      }
    }
    await reach('start');
    await key(page, 'Enter');
    await inPhase(page, 'drawing');
    await reach('board');
    await key(page, 'Space');
    await page.keyboard.down('ArrowRight');
    await expect.poll(() => guessed(page)).toBeGreaterThan(0);
    await page.keyboard.up('ArrowRight');
    await inPhase(page, 'podium');
    await reach('rematch');
    await key(page, 'Enter');
    await inPhase(page, 'countdown', 'drawing');
  }, 60_000);

  test('asks before leaving a race, but not if nothing is lost', async () => {
    const { page, start, end } = await party(server, browser);
    await start();
    await inPhase(page, 'drawing');
    await byId(page, 'leave').click();
    await byId(page, 'stay').waitFor();
    await key(page, 'Escape');
    await byId(page, 'stay').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement!.getAttribute('data-testid'))).toBe('leave');
    await byId(page, 'leave').click();
    await byId(page, 'stay').click();
    expect(await page.locator('[data-phase]').getAttribute('data-phase')).toBe('drawing');
    await end();
    await inPhase(page, 'podium');
    await byId(page, 'leave').click();
    await inPhase(page, 'outside');
    const other = await party(server, browser);
    await other.start();
    await inPhase(other.page, 'drawing');
    await byId(other.page, 'leave').click();
    await byId(other.page, 'leave-race').click();
    await inPhase(other.page, 'outside');
  }, 60_000);

  test('hand and language can be changed in a race, and other tabs follow', async () => {
    const { page, start, host } = await party(server, browser, { viewport: DESKTOP });
    const tv = await page.context().newPage();
    await tv.goto(`${server.url}/r/${host.code}/tv`);
    await inPhase(tv, 'lobby');
    await start();
    await inPhase(page, 'drawing');
    const middle = async (id: string) => {
      const box = (await byId(page, id).boundingBox())!;
      return box.x + box.width / 2;
    };
    expect(await middle('undo')).toBeLessThan(await middle('board'));
    const prompt = await byId(page, 'prompt').textContent();
    await byId(page, 'choices').click();
    await byId(page, 'choice-leftHanded').check();
    await byId(page, 'choice-hideCode').check();
    await byId(page, 'language').selectOption('ja');
    await expect.poll(() => byId(page, 'prompt').textContent()).not.toBe(prompt);
    await key(page, 'Escape');
    expect(await middle('undo')).toBeGreaterThan(await middle('board'));
    await expect.poll(() => byId(tv, 'room-code').textContent()).not.toContain(host.code);
  }, 60_000);

  test.each(['reduce', 'no-preference'] as const)(
    'respects the motion preference: %s',
    async (reducedMotion) => {
      const pace = { countdown: 30_000, reveal: 30_000 };
      const { page, start, end } = await party(server, browser, { reducedMotion, pace });
      /** What is running now, of the page's own motion; and of the clock's, which is news. */
      const running = () =>
        page.evaluate(() => {
          const all = document.getAnimations().map((each) => ({
            clock: ((each.effect as KeyframeEffect).target as Element).classList.contains('clockwork'),
            lasts: Number(each.effect!.getComputedTiming().activeDuration),
          }));
          return {
            moving: all.filter((each) => !each.clock && each.lasts > 50).length,
            clock: all.filter((each) => each.clock && each.lasts > 1000).length,
          };
        });
      await start();
      let moved = 0;
      let ticked = 0;
      for (const phase of ['countdown', 'drawing', 'reveal', 'podium']) {
        await inPhase(page, phase);
        const looks = [];
        for (let i = 0; i < 5; i++) looks.push(await running());
        moved += Math.max(...looks.map(({ moving }) => moving));
        ticked += Math.max(...looks.map(({ clock }) => clock));
        await end();
      }
      expect(ticked).toBeGreaterThan(0);
      if (reducedMotion === 'reduce') expect(moved).toBe(0);
      else expect(moved).toBeGreaterThan(2);
    },
    60_000,
  );

  test('respects more contrast and forced colours', async () => {
    const { page, start } = await party(server, browser, { contrast: 'more' });
    /** WCAG's contrast of the computed colours of two things. */
    const contrast = (one: string, other: string, what = 'backgroundColor') =>
      page.evaluate(
        ([one, other, what]) => {
          const light = (selector: string, property: string) => {
            const style = getComputedStyle(document.querySelector(selector)!) as never as Record<string, string>;
            const canvas = new OffscreenCanvas(1, 1).getContext('2d')!;
            canvas.fillStyle = style[property]!;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
              const share = value / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            }) as [number, number, number, number];
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const [a, b] = [light(one!, what!), light(other!, 'backgroundColor')].sort((x, y) => y - x) as [
            number,
            number,
          ];
          return (a + 0.05) / (b + 0.05);
        },
        [one, other, what],
      );
    await start();
    await inPhase(page, 'drawing');
    const row = '[data-testid=guess-bar]';
    expect(await contrast('.label', 'body', 'color')).toBeGreaterThan(7);
    expect(await contrast(`${row} .word`, 'body', 'color')).toBeGreaterThan(7);
    expect(await contrast('.meter', '.meter', 'color')).toBeGreaterThan(3);
    // The clock runs over a ground it can be told from.
    expect(await contrast('.track .clockwork', '.track span')).toBeGreaterThan(3);

    await page.emulateMedia({ forcedColors: 'active' });
    expect(await contrast('.meter', '.meter', 'color')).toBeGreaterThan(3);
    expect(await contrast('.track .clockwork', '.track span')).toBeGreaterThan(3);
    await byId(page, 'choices').click();
    const look = () =>
      byId(page, 'choice-leftHanded').evaluate((each) => [
        getComputedStyle(each).backgroundColor,
        getComputedStyle(each, '::after').backgroundColor,
      ]);
    const off = await look();
    await byId(page, 'choice-leftHanded').check();
    await expect.poll(async () => (await look())[0]).not.toBe(off[0]);
    const on = await look();
    expect(on[0]).not.toBe(on[1]);
    expect(off[0]).not.toBe(off[1]);
  });

  test.each([
    { width: 844, height: 390, safe: { left: 47, right: 47, top: 0, bottom: 21 } },
    { width: 390, height: 844, safe: { left: 0, right: 0, top: 47, bottom: 34 } },
  ])(
    'stays clear of notch and home bar at $width x $height',
    async ({ safe, ...viewport }) => {
      const { page, start, end } = await party(server, browser, { ...touch, viewport, pace: { reveal: 30_000 } });
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('Emulation.setSafeAreaInsetsOverride' as never, { insets: safe } as never);
      await expect
        .poll(() => page.evaluate(() => getComputedStyle(document.querySelector('.app')!).padding))
        .toContain(`${safe.bottom}px`);
      /** Buttons that are shown, or can be scrolled to, where fingers and eyes cannot reach; and how far the page scrolls. */
      const outside = () =>
        page.evaluate(({ left, right, top, bottom }) => {
          const beyond = [...document.querySelectorAll('button, h1')].filter((each) => {
            const box = each.getBoundingClientRect();
            const fixed = !!each.closest('.dock, footer, nav');
            if (!box.width || each.closest('.hidden, .rivals')) return false;
            if (box.left < left - 1 || box.right > innerWidth - right + 1) return true;
            return (
              box.top + scrollY < top - 1 || (fixed && box.bottom > innerHeight - bottom + 1 && box.top < innerHeight)
            );
          });
          return beyond.map((each) => each.outerHTML.slice(0, 80));
        }, safe);
      const scrolls = () => page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      expect(await outside()).toEqual([]);
      await start();
      await inPhase(page, 'drawing');
      expect([await outside(), await scrolls()]).toEqual([[], 0]);
      await end();
      await inPhase(page, 'reveal');
      expect([await outside(), await scrolls()]).toEqual([[], 0]);
      await end();
      await inPhase(page, 'podium');
      expect(await outside()).toEqual([]);
    },
    60_000,
  );

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
