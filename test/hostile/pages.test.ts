/** Pens, pages and names as the world treats them: lost releases, moving boards, translators, links, old browsers, impatience. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { BOARD } from '../../shared/ink.ts';
import { byId, DESKTOP, hasBrowser, inLobby, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { crowd, enter, type Party, party } from '../support/party.ts';
import { penPause } from '../support/pen.ts';
import { closeAll, create, eraseLast, join, phase, stroke, strokes, until, watch } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

const server = useServer({ pace: { ...QUICK, countdown: 500, hold: 20_000, hostHold: 20_000 } });
afterEach(closeAll);

test('fifty undos in two seconds are seen by others as they happen', async () => {
  const host = await create(server.url, 'Hana', { rounds: 1, seconds: 60 });
  const ann = await join(server.url, host.code!, 'Ann');
  await host.ask('start', {});
  await phase(ann, 'drawing');
  for (let i = 0; i < 50; i++) stroke(ann, [100, 40 * i, 900, 40 * i]);
  ann.send();
  await until(() => strokes(host, ann.id!).length === 50, 'all strokes');
  for (let i = 0; i < 50; i++) {
    eraseLast(ann);
    await penPause(40);
  }
  const done = Date.now();
  await until(() => strokes(host, ann.id!).length === 0, 'all undos');
  expect(Date.now() - done).toBeLessThan(1000);
  await until(() => ann.drawings.local.ink.rev === 50, 'that she knows it');
  expect(ann.refused).toEqual([]);
  expect(ann.drawings.local.ink.strokes).toEqual([]);
});

test('a name that looks like another is taken', async () => {
  const host = await create(server.url, 'Anna', { seats: 12 });
  for (const nick of ['anna', 'Anna\ufe0f', 'An\u00adna', 'Аnna', 'Αnna', '𝐀nna', 'Ａｎｎａ'])
    await expect(join(server.url, host.code!, nick), nick).rejects.toThrow('nick-taken');
  for (const nick of ['\u2800', '\u3164\u200b', '\u0301'])
    await expect(join(server.url, host.code!, nick)).rejects.toThrow('nick-empty');
  for (const nick of ['fu\u200bck', 'fuсk', 'ѕhit'])
    await expect(join(server.url, host.code!, nick)).rejects.toThrow('nick-offensive');
  for (const nick of ['Анна', 'Anne', 'Scunthorpe']) await join(server.url, host.code!, nick);
});

describe.skipIf(!hasBrowser)('in a browser', { timeout: 60_000 }, () => {
  const browser = useBrowser();

  // ---------------------------------------------------------------- pens

  /** The mouse as the system reports it: what is lost on the way can be left out. */
  async function mouseOf({ page }: Party) {
    const cdp = await page.context().newCDPSession(page);
    const box = (await byId(page, 'board').boundingBox())!;
    const send = (type: string, [x, y]: [number, number], button: string, buttons: number, pointerType = 'mouse') =>
      cdp.send('Input.dispatchMouseEvent', {
        type: type as 'mouseMoved',
        x: box.x + box.width * x,
        y: box.y + box.height * y,
        button: button as 'left',
        buttons,
        clickCount: 1,
        pointerType: pointerType as 'mouse',
      });
    return send;
  }

  async function racing(wishes: Parameters<typeof party>[2] = {}): Promise<Party> {
    const round = await party(server, browser, wishes);
    await round.start();
    await inPhase(round.page, 'drawing');
    await byId(round.page, 'track').waitFor();
    return round;
  }
  const points = ({ drawn }: Party) => drawn().map((each) => each.length / 2);

  test('a release that nobody reports, or a window that loses the pen, ends the stroke; the next press draws', async () => {
    const round = await racing();
    const mouse = await mouseOf(round);
    await mouse('mousePressed', [0.2, 0.2], 'left', 1);
    await mouse('mouseMoved', [0.5, 0.2], 'left', 1);
    // Released over another window: the next that is heard of it is a move without a button.
    await mouse('mouseMoved', [0.5, 0.6], 'none', 0);
    await mouse('mouseMoved', [0.9, 0.9], 'none', 0);
    await mouse('mousePressed', [0.2, 0.8], 'left', 1);
    await mouse('mouseMoved', [0.4, 0.8], 'left', 1);
    // And now not even a move.
    await mouse('mousePressed', [0.2, 0.9], 'left', 1);
    await mouse('mouseMoved', [0.4, 0.9], 'left', 1);
    await mouse('mouseReleased', [0.4, 0.9], 'left', 0);
    await expect.poll(() => points(round)).toEqual([2, 2, 2]);

    const blur = () => round.page.evaluate(() => dispatchEvent(new Event('blur')));
    await mouse('mousePressed', [0.2, 0.3], 'left', 1);
    await mouse('mouseMoved', [0.5, 0.3], 'left', 1);
    await blur();
    await mouse('mouseMoved', [0.7, 0.3], 'none', 0);
    // It is still down when it comes back: it draws on.
    await mouse('mousePressed', [0.2, 0.4], 'left', 1);
    await mouse('mouseMoved', [0.5, 0.4], 'left', 1);
    await blur();
    await mouse('mouseMoved', [0.6, 0.4], 'left', 1);
    await mouse('mouseMoved', [0.8, 0.4], 'left', 1);
    await mouse('mouseReleased', [0.8, 0.4], 'left', 0);
    await expect.poll(() => points(round)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  test('other buttons neither draw nor stop the one that does, and a pointer that cannot be captured draws', async () => {
    const round = await racing({
      before: () => {
        Element.prototype.setPointerCapture = () => {
          throw new DOMException('No active pointer with the given id is found.', 'NotFoundError');
        };
      },
    });
    const mouse = await mouseOf(round);
    for (const [button, buttons] of [
      ['right', 2],
      ['middle', 4],
    ] as const) {
      await mouse('mousePressed', [0.2, 0.1], button, buttons);
      await mouse('mouseMoved', [0.8, 0.1], button, buttons);
      await mouse('mouseReleased', [0.8, 0.1], button, 0);
    }
    // The first button while the second is down, and the second while the first is.
    await mouse('mousePressed', [0.1, 0.3], 'right', 2);
    await mouse('mousePressed', [0.2, 0.3], 'left', 3);
    await mouse('mouseMoved', [0.5, 0.3], 'left', 3);
    await mouse('mouseReleased', [0.5, 0.3], 'right', 1);
    await mouse('mouseMoved', [0.8, 0.3], 'left', 1);
    await mouse('mousePressed', [0.8, 0.3], 'right', 3);
    await mouse('mouseReleased', [0.8, 0.3], 'left', 2);
    await mouse('mouseMoved', [0.8, 0.9], 'right', 2);
    await mouse('mouseReleased', [0.8, 0.9], 'right', 0);
    // Released outside the board.
    await mouse('mousePressed', [0.2, 0.6], 'left', 1);
    await mouse('mouseMoved', [0.8, 0.6], 'left', 1);
    await mouse('mouseMoved', [1.2, 0.6], 'left', 1);
    await mouse('mouseReleased', [1.2, 0.6], 'left', 0);
    await mouse('mouseMoved', [0.5, 0.9], 'none', 0);
    // A stylus whose barrel button is pressed in mid-stroke.
    await mouse('mousePressed', [0.2, 0.8], 'left', 1, 'pen');
    await mouse('mouseMoved', [0.5, 0.8], 'left', 3, 'pen');
    await mouse('mouseMoved', [0.8, 0.8], 'left', 1, 'pen');
    await mouse('mouseReleased', [0.8, 0.8], 'left', 0, 'pen');
    await expect.poll(() => points(round)).toEqual([3, 3, 3]);
    expect(round.drawn()[1]!.slice(-2)[0]).toBe(BOARD);
  });

  // ---------------------------------------------------------------- the board

  test('the board stays where it is when seven of eight leave', async () => {
    const others = await crowd(server, 7, { seats: 8, rounds: 1, seconds: 60 });
    const [host] = others;
    const page = await enter(browser, server, host!.code!, 'Ann', { viewport: PHONE });
    await host!.ask('start', {});
    await inPhase(page, 'drawing');
    await byId(page, 'track').waitFor();
    const boxes = async () => {
      const all: unknown[] = [];
      for (const size of [PHONE, { width: 320, height: 568 }, { width: 844, height: 390 }, DESKTOP]) {
        await page.setViewportSize(size);
        all.push(await byId(page, 'board').boundingBox());
      }
      return all;
    };
    const before = await boxes();
    const somebody = await watch(server.url, host!.code!);
    await until(() => somebody.room!.spectators === 1, 'a spectator');
    for (const [i, other] of others.entries()) {
      await other.ask('leave', {});
      await expect.poll(() => page.locator('.rival.away').count()).toBe(i + 1);
      if ([0, 3, 6].includes(i)) expect(await boxes()).toEqual(before);
    }
    expect(await page.getByTestId('rival').count()).toBe(7);
  });

  test('a board that moves in mid-stroke keeps the line under the pen', async () => {
    const round = await racing();
    const { page } = round;
    const at = async (x: number, y: number): Promise<[number, number]> => {
      const box = (await byId(page, 'board').boundingBox())!;
      return [box.x + box.width * x, box.y + box.height * y];
    };
    await page.mouse.move(...(await at(0.2, 0.5)));
    await page.mouse.down();
    await page.mouse.move(...(await at(0.4, 0.5)));
    await page.setViewportSize({ width: 1000, height: 500 });
    await page.mouse.move(...(await at(0.75, 0.25)));
    await page.mouse.up();
    await expect.poll(() => points(round)).toEqual([2, 2]);
    const [before, after] = round.drawn();
    for (const y of [before![1]!, before![3]!]) expect(Math.abs(y - BOARD / 2)).toBeLessThan(20);
    const [x, y] = after!.slice(-2);
    expect(Math.abs(x! - 0.75 * BOARD)).toBeLessThan(20);
    expect(Math.abs(y! - 0.25 * BOARD)).toBeLessThan(20);
  });

  // ---------------------------------------------------------------- translation

  test('a translator changes nothing that the page goes on changing', async () => {
    const round = await party(server, browser);
    const { page, host } = round;
    expect(await page.locator('.trouble').count()).toBe(0);
    await page.evaluate(translate);
    await round.start();
    await inPhase(page, 'drawing');
    const { prompt } = await phase(host, 'drawing');
    await expect.poll(() => byId(page, 'prompt').textContent()).toBe(prompt);
    const seconds = Number(await byId(page, 'clock').textContent());
    await expect.poll(async () => Number(await byId(page, 'clock').textContent())).toBeLessThan(seconds);
    await page.mouse.move(...(await middle(page)));
    await page.mouse.down();
    await page.mouse.move(...(await middle(page, 60)), { steps: 5 });
    await page.mouse.up();
    await expect
      .poll(async () => (await bars(page)).filter((each) => /\S+ *\d+%/.test(each)).length)
      .toBeGreaterThan(1);
    await byId(page, 'clear').click();
    await expect.poll(() => byId(page, 'subtitle').textContent()).toBe('Nothing yet. Draw!');
    await round.end();
    await inPhase(page, 'podium');
    await expect.poll(() => page.locator('h1').allTextContents()).toEqual(['No winner this time']);
    expect(await page.locator('font').count()).toBe(0);
  });

  const bars = (page: Page) =>
    page
      .getByTestId('guess-bar')
      .evaluateAll((rows) =>
        rows.map((row) =>
          `${row.querySelector('.text')!.textContent} ${row.querySelector('.share')!.textContent}`.trim(),
        ),
      );
  async function middle(page: Page, off = 0): Promise<[number, number]> {
    const box = (await byId(page, 'board').boundingBox())!;
    return [box.x + box.width / 2 + off, box.y + box.height / 2 + off];
  }

  // ---------------------------------------------------------------- links

  test('Back in the race of a guest by link warns, then leads home, then leaves the site', async () => {
    const round = await racing();
    const { page, host } = round;
    const back = () => page.evaluate(() => history.back());
    await page.mouse.click(...(await middle(page)));
    await back();
    await byId(page, 'refusal').waitFor();
    expect(await byId(page, 'refusal').textContent()).toContain('still in the race');
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/r/${host.code}`);
    expect(await page.locator('.app').getAttribute('data-phase')).toBe('drawing');
    await back();
    await byId(page, 'play-alone').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await page.goForward();
    await inPhase(page, 'drawing');
    await page.reload();
    await inPhase(page, 'drawing');
    await back();
    await byId(page, 'refusal').waitFor();
    await back();
    await byId(page, 'play-alone').waitFor();
    await back();
    await expect.poll(() => page.url()).toBe('about:blank');
  });

  test('Back after an earlier page of the game warns too, and can be dismissed; the home page leads back to the seat', async () => {
    const host = await create(server.url, 'Hana', { rounds: 1, seconds: 60 });
    const page = await browser.open(server.url);
    await byId(page, 'nick').waitFor();
    await page.goto(`${server.url}/r/${host.code}`);
    await byId(page, 'nick').fill('Ann');
    await byId(page, 'enter').click();
    await inLobby(page);
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    const back = () => page.evaluate(() => history.back());
    await back();
    await byId(page, 'refusal').waitFor();
    await byId(page, 'dismiss').click();
    expect(await page.getByTestId('refusal').count()).toBe(0);
    // It is as if nothing had been: the next one warns.
    await back();
    await byId(page, 'refusal').waitFor();
    expect(await page.locator('.app').getAttribute('data-phase')).toBe('drawing');
    await back();
    await byId(page, 'return').waitFor();
    expect(await page.getByTestId('refusal').count()).toBe(0);
    expect(await byId(page, 'held-seat').textContent()).toContain(host.code);
    await byId(page, 'return').click();
    await inPhase(page, 'drawing');
    await until(() => host.room!.players.every(({ connected }) => connected), 'Ann in her seat');
    expect(host.room!.players.length).toBe(2);
  });

  test('the browser asks before a race is closed, and only then', async () => {
    const round = await party(server, browser);
    const { page } = round;
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await page.mouse.click(5, 5);
    await page.reload();
    await inLobby(page);
    expect(asked).toEqual([]);
    await round.start();
    await inPhase(page, 'drawing');
    await page.mouse.click(...(await middle(page)));
    await page.reload();
    await inPhase(page, 'drawing');
    expect(asked).toEqual(['beforeunload']);
  });

  test('a room is found by whatever address people make of its link', async () => {
    const { code } = await create(server.url, 'Hana');
    const wide = [...code!].map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).join('');
    const page = await browser.open('about:blank');
    for (const path of [`/r/${code}.`, `/R/${wide.toLowerCase()}/`, `/r/${code}%`]) {
      await page.goto(server.url + path);
      await byId(page, 'enter').waitFor();
      await expect.poll(() => page.locator('h1').textContent()).toBe(`Room ${code}`);
      expect(new URL(page.url()).pathname).toBe(`/r/${code}`);
    }
    await page.goto(`${server.url}/r/${code}./tv`);
    await inPhase(page, 'lobby');
    await page.goto(`${server.url}/r/XV0YZ`);
    await byId(page, 'code-mistake').waitFor();
    expect(await byId(page, 'code-mistake').getAttribute('data-why')).toBe('lookalike');
    expect(await byId(page, 'join-code').inputValue()).toBe('XV0YZ');
    // A whole invitation, pasted into the field.
    await byId(page, 'join-code').fill('');
    await byId(page, 'join-code').focus();
    await page.evaluate(
      (text) => document.execCommand('insertText', false, text),
      `Komm! https://x.example/r/${code}!`,
    );
    expect(await byId(page, 'code-mistake').count()).toBe(0);
    await byId(page, 'enter').click();
    await inLobby(page);
  });

  // ---------------------------------------------------------------- the lobby

  test('names and lines of wide and high signs stay in their places', async () => {
    const host = await create(server.url, '﷽𒐫ก็็็็็็็็็็﷽', { seats: 12 });
    const page = await enter(browser, server, host.code!, 'Wwwwwwwwwwwwwwww', {
      viewport: { width: 320, height: 640 },
    });
    for (const text of ['﷽'.repeat(60), 'W'.repeat(120), `Z${'\u0301\u0323\u0489'.repeat(20)}algo`, 'ก็็็็็็็็็็็็็็็'])
      await host.ask('chat', { text });
    const lines = page.getByTestId('lines').locator('li');
    await expect.poll(() => lines.count()).toBe(4);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    for (const part of [page.getByTestId('seat'), lines])
      expect(
        await part.evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length),
      ).toBe(0);
    expect(await lines.evaluateAll((all) => all.every((each) => getComputedStyle(each).overflow === 'clip'))).toBe(
      true,
    );
  });

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

describe.skipIf(!hasBrowser)('where the page cannot run', { timeout: 60_000 }, () => {
  const browser = useBrowser();
  const trouble = (page: Page) => page.locator('.trouble:visible');

  test('without JavaScript it says so, in every language', async () => {
    const page = await browser.open(server.url, { javaScriptEnabled: false });
    expect(await trouble(page).count()).toBe(8);
    expect(await trouble(page).first().textContent()).toContain('needs JavaScript');
  });

  test('a script that the browser cannot read, a part that it lacks, and a script that does not come', async () => {
    const german = { locale: 'de-DE' };
    const unreadable = await browser.open('about:blank', german);
    await unreadable.route(/assets\/index-.*\.js/, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: 'class { #new syntax }' }),
    );
    await unreadable.goto(server.url);
    await trouble(unreadable).waitFor();
    expect(await trouble(unreadable).textContent()).toContain('Dein Browser ist zu alt');

    const old = await browser.open('about:blank');
    await old.addInitScript(() => Reflect.deleteProperty(globalThis, 'ResizeObserver'));
    await old.goto(server.url);
    await trouble(old).waitFor();
    expect(await trouble(old).textContent()).toContain('Your browser is too old');

    const cut = await browser.open('about:blank', { locale: 'ar' });
    await cut.route(/assets\/index-.*\.js/, (route) => route.abort());
    await cut.goto(server.url);
    await trouble(cut).waitFor();
    expect(await trouble(cut).textContent()).toContain('تعذّر تحميل');
  });
});

/** What Chrome's translation does, now and whenever text is added: all of it lies in two more elements, and the old node is gone. */
function translate(): void {
  const wrap = (root: Node) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    if (root instanceof Text) found.push(root);
    while (texts.nextNode()) found.push(texts.currentNode as Text);
    for (const text of found) {
      const { parentElement } = text;
      if (!text.data.trim() || !parentElement || parentElement.closest('script, style, font')) continue;
      if (!parentElement.translate || parentElement.closest('.notranslate')) continue;
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.append(`${text.data}`);
      outer.append(inner);
      text.replaceWith(outer);
    }
  };
  wrap(document.body);
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) wrap(node);
  }).observe(document.body, { subtree: true, childList: true });
}
