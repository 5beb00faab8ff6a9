import type { Page } from 'playwright-core';
import { encode } from 'uqr';
import { afterEach, describe, expect, test } from 'vitest';
import { startRecognizer } from '../../server/inference/thread.ts';
import { inkLength, prefix } from '../../shared/ink.ts';
import { REACTIONS } from '../../shared/protocol.ts';
import { judge, type Verdict } from '../../shared/verdict.ts';
import { byId, drawWithMouse, guessed, hasBrowser, inLobby, inPhase, step, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { closeAll, create, join } from '../support/player.ts';
import { settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';
import { codeOf, founded, joined, MOUSE, press, SIDEWAYS, TOUCH, text } from '../support/visitors.ts';

describe.skipIf(!hasBrowser)('the lobby', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 1000, finish: 300 } });
  const browser = useBrowser();
  afterEach(closeAll);
  const { open } = browser;

  test('seats fill as people join, each with its own colour and shape', async () => {
    const { page, code } = await founded(browser, server, TOUCH);
    const players = [];
    for (const nick of ['Mara', 'Jonas', 'Aiko']) players.push(await join(server.url, code, nick));
    await expect.poll(() => page.getByTestId('seat').count()).toBe(4);
    const marks = await page
      .locator('[data-testid="seat"] .mark path')
      .evaluateAll((paths) => paths.map((path) => [path.getAttribute('d'), path.getAttribute('fill')]));
    expect(new Set(marks.map(([shape]) => shape)).size).toBe(4);
    expect(new Set(marks.map(([, colour]) => colour)).size).toBe(4);
    await players[2]!.ask('leave', {});
    await expect.poll(() => page.getByTestId('seat').count()).toBe(3);
  });

  test('a seat shows the whole name on a phone, the host’s own too', async () => {
    for (const nick of ['Nimble Fox', 'Maximilian Braun', 'WWWWWWWWWWWWWWWW']) {
      const page = await open(server.url, TOUCH);
      await byId(page, 'nick').fill(nick);
      await press(page, 'create-room');
      await inLobby(page);
      const clipped = await byId(page, 'seat').evaluate((seat) =>
        [seat, ...seat.querySelectorAll('*')]
          .filter(({ clientWidth, scrollWidth }) => scrollWidth > clientWidth + 1)
          .map(({ className }) => className),
      );
      expect(clipped, nick).toEqual([]);
      await page.context().close();
    }
  });

  test('a host on a phone reads every name in two lines, beside the button to remove the player', async () => {
    const { page, code } = await founded(browser, server, { ...TOUCH, viewport: { width: 360, height: 740 } });
    const nicks = ['Schneller Molch', 'Maximilian Braun', 'WWWWWWWWWWWWWWWW', 'ほかほかのおいしいお茶漬けです'];
    for (const nick of nicks) await join(server.url, code, nick);
    await expect.poll(() => page.getByTestId('seat').count()).toBe(nicks.length + 1);
    const lines = await page
      .locator('[data-testid="seat"] .nick')
      .evaluateAll((all) =>
        all.map((each) => each.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(each).lineHeight)),
      );
    for (const count of lines) expect(count).toBeLessThan(2.5);
    // Nor do signs that are as wide as they are high leave the seat, whatever font this machine has for them.
    const room = await page
      .locator('[data-testid="seat"] .who')
      .evaluateAll((all) => all.map((each) => each.clientWidth / Number.parseFloat(getComputedStyle(each).fontSize)));
    for (const wide of room) expect(2 * Math.floor(wide)).toBeGreaterThanOrEqual(16);
  });

  test('on a phone, the race is told above the seats, and leads to its settings', async () => {
    const { page } = await founded(browser, server, TOUCH);
    expect(await text(page, 'race-summary')).toContain('6 × 20\u00a0s · Mixed');
    const top = async (id: string) => (await byId(page, id).boundingBox())!.y;
    expect(await top('race-summary')).toBeLessThan(await top('seat'));
    await press(page, 'race-summary');
    await expect.poll(() => top('settings-rounds')).toBeLessThan(TOUCH.viewport!.height / 2);
    await step(page, 'settings-rounds', 'first', '5');
    await expect.poll(() => text(page, 'race-summary')).toContain('5 × 20\u00a0s');
  });

  test('everybody is told who the host is now, and who has left', async () => {
    const host = await create(server.url, 'Marie');
    const tom = await joined(browser, server, host.code!, 'Tom', TOUCH);
    const eve = await joined(browser, server, host.code!, 'Eve', MOUSE);
    await host.ask('leave', {});
    await expect.poll(() => text(tom, 'news')).toBe('Marie left. You’re the host now.');
    await expect.poll(() => text(eve, 'news')).toBe('Marie left. Tom is the host now.');
    await settled(tom);
    // It hides nothing that the new host needs.
    const [news, start] = await Promise.all(['news', 'start'].map(async (id) => (await byId(tom, id).boundingBox())!));
    expect(news!.y + news!.height).toBeLessThanOrEqual(start!.y);
    await press(tom, 'dismiss');
    await press(tom, 'people');
    await tom.locator('[data-testid="person"] summary').tap();
    await press(tom, 'make-host');
    await expect.poll(() => text(eve, 'news')).toBe('You’re the host now.');
    await expect.poll(() => text(tom, 'news')).toBe('Eve is the host now.');
  });

  test('guests see the host’s settings at once', async () => {
    const { page, code } = await founded(browser, server, TOUCH);
    const guest = await joined(browser, server, code, 'Gus', MOUSE);
    expect(await text(guest, 'settings-summary')).toBe('6 × 20\u00a0s · Mixed');
    await step(page, 'settings-rounds', 'last', '8');
    await step(page, 'settings-seconds', 'last', '30');
    await step(page, 'settings-seats', 'first', '7');
    await page.getByTestId('settings-difficulty').selectOption('hard');
    await press(page, 'settings-public');
    await expect.poll(() => text(guest, 'settings-summary')).toBe('8 × 30\u00a0s · Hard');
    await guest.getByTestId('settings-summary').click();
    expect(await guest.getByTestId('settings-seats').getAttribute('data-value')).toBe('7');
    await expect.poll(() => guest.getByTestId('settings-public').isChecked()).toBe(true);
    expect(await guest.getByTestId('settings-public').isDisabled()).toBe(true);
    expect(await byId(guest, 'chat-line').count()).toBe(1);
    await press(page, 'settings-chat');
    await expect.poll(() => byId(guest, 'chat-line').count()).toBe(0);
  });

  test('the host picks a pack, or the very words, which nobody else sees', async () => {
    const phone = { ...TOUCH, viewport: { width: 360, height: 740 } };
    const { page, code } = await founded(browser, server, { ...phone, locale: 'de-DE' });
    const guest = await joined(browser, server, code, 'Gus', { ...phone, locale: 'ar' });
    const seen: string[] = [];
    guest.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => seen.push(String(payload))));
    await guest.reload();
    await inLobby(guest);
    const isTooWide = (each: Page) =>
      each.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

    await page.getByTestId('settings-pack').selectOption({ label: 'Körper' });
    await expect.poll(() => page.locator('label[for="pack"] small').textContent()).toMatch(/^\d+ Wörter$/);
    await expect.poll(() => text(guest, 'settings-summary')).toContain('الجسم');
    expect(await text(page, 'race-summary')).toContain('6 × 20\u00a0s · Körper · ');
    expect(await isTooWide(page)).toBe(false);

    await press(page, 'pick-words');
    await byId(page, 'word-search').waitFor();
    expect(await page.getByTestId('word').count()).toBe(345);
    expect(await page.locator('[data-testid="word-pack"][open]').getAttribute('data-pack')).toBe('body');
    // As German sorts: Ä beside A.
    const animals = await page.locator('[data-pack="animals"] [data-testid="word"]').allTextContents();
    const names = animals.map((name) => name.trim());
    expect(names).toEqual([...names].sort(new Intl.Collator('de').compare));
    await byId(page, 'word-search').fill('baR');
    expect(await text(page, 'word-hits')).toContain('Bär');
    await page.getByTestId('word-hits').locator('[data-word="bear"]').tap();
    await byId(page, 'word-search').fill('fuss');
    await byId(page, 'word-search').press('Enter');
    await byId(page, 'word-search').fill('xyz');
    await page.getByTestId('word-hits').getByRole('status').waitFor();
    expect(await text(page, 'words-count')).toBe('2 von 20');
    await press(page, 'words-surprise');
    await expect.poll(() => page.getByTestId('word-chip').count()).toBe(6);
    await page.getByRole('button', { name: 'Bär entfernen' }).tap();
    expect(await text(page, 'words-count')).toBe('5 von 20');
    const chosen = await page
      .locator('[data-testid="word-pack"] [aria-pressed="true"]')
      .evaluateAll((words) => words.map((word) => (word as HTMLElement).dataset.word!));
    expect(chosen).toHaveLength(5);
    const box = (await page.getByRole('dialog').boundingBox())!;
    expect([box.x >= 0, box.x + box.width <= 360, box.y + box.height <= 740]).toEqual([true, true, true]);
    expect(await page.getByRole('dialog').evaluate((each) => each.scrollWidth > each.clientWidth)).toBe(false);
    await press(page, 'words-play');

    await page.locator('[data-testid="settings-words"][data-value="5"]').waitFor();
    for (const name of ['pack', 'difficulty']) expect(await page.locator(`#${name}`).isDisabled()).toBe(true);
    expect(await byId(page, 'settings-rounds').getAttribute('data-value')).toBe('5');
    await expect.poll(() => text(guest, 'settings-summary')).toMatch(/^5 × 20\u00a0ث · كلمات مختارة$/);
    for (const each of [page, guest]) expect(await text(each, 'race-summary')).toMatch(/\b5 × 20\u00a0\S+ · [^·]+$/);
    expect(await isTooWide(page)).toBe(false);
    const views = seen.filter((frame) => frame.includes('"ownWords":5'));
    expect(views.length).toBeGreaterThan(0);
    for (const frame of views) for (const word of chosen) expect(frame).not.toContain(`"${word}"`);

    // The browser remembers them, also when they no longer count.
    await press(page, 'drop-words');
    await expect.poll(() => page.locator('#pack').isEnabled()).toBe(true);
    await page.reload();
    await press(page, 'pick-words');
    expect(await text(page, 'words-count')).toBe('5 von 20');
    await press(page, 'words-clear');
    await press(page, 'words-play');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }, 60_000);

  test('a refused setting goes back', async () => {
    const { page } = await founded(browser, server, MOUSE);
    await page.evaluate(() => {
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (data) {
        // As if it came too late: the server knows no such words.
        return send.call(this, typeof data === 'string' ? data.replace('"hard"', '"harder"') : data);
      };
    });
    await page.getByTestId('settings-difficulty').selectOption('hard');
    await page.locator('[data-why="bad-settings"]').waitFor();
    expect(await page.getByTestId('settings-difficulty').inputValue()).toBe('mixed');
  });

  test('the host can remove a player', async () => {
    const { page, code } = await founded(browser, server, MOUSE);
    const guest = await joined(browser, server, code, 'Gus', TOUCH);
    await byId(page, 'kick').click();
    await guest.locator('[data-testid="gone"][data-why="kicked"]').waitFor();
    await expect.poll(() => page.getByTestId('seat').count()).toBe(1);
  });

  test('the link is copied, or shared if the browser can', async () => {
    const { page, code } = await founded(browser, server, {
      ...MOUSE,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await press(page, 'copy');
    await expect.poll(() => text(page, 'copy')).toContain('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.url}/r/${code}`);
    const phone = await open('about:blank', TOUCH);
    await phone.addInitScript(() => {
      navigator.share = async (what) => void Object.assign(globalThis, { shared: what });
    });
    await phone.goto(`${server.url}/r/${code}`);
    await byId(phone, 'nick').fill('Gus');
    await press(phone, 'enter');
    await press(phone, 'share');
    expect(await phone.evaluate(() => (globalThis as never as { shared: ShareData }).shared.url)).toBe(
      `${server.url}/r/${code}`,
    );
  });

  test('the link is copied also without https, and under a dialog', async () => {
    const host = await create(server.url, 'Mara', { seconds: 60 });
    const page = await joined(browser, server, host.code!, 'Gus', MOUSE);
    await page.context().grantPermissions(['clipboard-read']);
    await page.evaluate(() =>
      Object.defineProperty(navigator.clipboard, 'writeText', { value: () => Promise.reject() }),
    );
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await press(page, 'invite');
    await press(page, 'copy');
    await expect.poll(() => text(page, 'copy')).toContain('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.url}/r/${host.code}`);
    expect(await byId(page, 'copy').evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('the QR code is the link; with the code hidden it appears nowhere, and a reload still returns to the room', async () => {
    const { page, code } = await founded(browser, server, MOUSE);
    const wanted = encode(`${server.url}/r/${code}`, { border: 2 }).data;
    expect(await page.locator('[data-testid="qr"] svg').evaluate(squares, wanted.length)).toEqual(wanted);
    await press(page, 'toggle-hideCode');
    await page.locator('[data-testid="qr"] .lucide').waitFor();
    expect(await page.locator('[data-testid="qr"] svg').evaluate(squares, wanted.length)).not.toEqual(wanted);
    // Nor in what shows where a pointer rests.
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(code);
    await expect.poll(() => page.url()).not.toContain(code);
    const [tv] = await Promise.all([page.context().waitForEvent('page'), press(page, 'tv')]);
    await tv.waitForURL(`${server.url}/r/*/tv`);
    await tv.close();
    await page.reload();
    await inLobby(page);
    await expect.poll(() => page.url()).not.toContain(code);
    expect(await page.getByTestId('seat').count()).toBe(1);
    await press(page, 'toggle-hideCode');
    await expect.poll(() => codeOf(page)).toBe(code);
  });

  test('chat and reactions arrive, masked and rate-limited', async () => {
    const { page, code } = await founded(browser, server, MOUSE);
    const guest = await joined(browser, server, code, 'Gus', TOUCH);
    await byId(guest, 'chat-line').fill('what the fuck, hello');
    await press(guest, 'send');
    await expect.poll(() => text(page, 'lines')).toMatch(/Gus\s*what the ••••, hello/);
    await press(guest, 'react');
    await byId(page, 'bubble').waitFor();
    expect(await byId(page, 'bubble').textContent()).toContain('👏');
    await byId(page, 'react').evaluate((button) => {
      for (let i = 0; i < 12; i++) (button as HTMLElement).click();
    });
    await page.locator('[data-testid="refusal"][data-why="too-often"]').waitFor();
  });

  test('a long line leaves the name whole, and reactions leave the lines in view', async () => {
    const { page, code } = await founded(browser, server, TOUCH);
    const guest = await join(server.url, code, 'Maximilian Braun');
    await guest.ask('chat', { text: 'A line that is so long that no phone in the world has room for it in one line' });
    await page.getByTestId('lines').getByText('one line').waitFor();
    for (const emoji of REACTIONS) await guest.ask('chat', { text: emoji });
    await page.getByTestId('lines').getByText(REACTIONS.at(-1)!).waitFor();
    const shown = await page.getByTestId('lines').evaluate((list) => {
      const box = list.getBoundingClientRect();
      const line = list.querySelector('li')!.getBoundingClientRect();
      const nick = list.querySelector('.nick')!;
      return {
        rows: list.children.length,
        isInView: line.top >= box.top - 1 && line.bottom <= box.bottom + 1,
        nickLines: nick.getClientRects().length,
        nickWidth: nick.getBoundingClientRect().width,
        mark: list.querySelector('svg')!.getBoundingClientRect().bottom > nick.getBoundingClientRect().top,
      };
    });
    expect(shown).toMatchObject({ rows: 2, isInView: true, nickLines: 1, mark: true });
    expect(shown.nickWidth).toBeGreaterThan(100);
  }, 30_000);

  test('the recognizer guesses warm-up drawings in the lobby', async () => {
    const { page, code } = await founded(browser, server, MOUSE);
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithMouse(page, drawn.circle.strokes);
    await page.locator('[data-testid="practice"][data-state="ready"]').waitFor();
    await drawWithMouse(page, drawn['smiley face'].strokes);
    await expect.poll(() => guessed(page)).toBeGreaterThan(0);
    // By finger not before one taps it: who scrolls by draws nothing.
    const guest = await joined(browser, server, code, 'Gus', TOUCH);
    expect(await guest.getByTestId('practice').getAttribute('data-state')).toBe('idle');
    await press(guest, 'practice-begin');
    await guest.locator('[data-testid="practice"][data-state="ready"]').waitFor();
  }, 60_000);

  test('guesses in practice are those of the server', async () => {
    const recognizer = await startRecognizer();
    const { page } = await founded(browser, server, MOUSE);
    await page.evaluate(() => {
      const { Worker } = window;
      window.Worker = class extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          Object.assign(window, { practice: this });
        }
      };
    });
    await byId(page, 'board').scrollIntoViewIfNeeded();
    await drawWithMouse(page, drawn.circle.strokes);
    await page.locator('[data-testid="practice"][data-state="ready"]').waitFor();
    const inks = Object.entries(drawn).flatMap(([target, ink]) =>
      [0.3, 1].map((share) => ({ target, ink: prefix(ink, share) })),
    );
    const here = await page.evaluate(
      (questions) =>
        Promise.all(
          questions.map(
            (question, i) =>
              new Promise<Verdict>((resolve) => {
                const { practice } = window as unknown as { practice: Worker };
                const id = -1 - i;
                practice.addEventListener('message', ({ data }) => data.id === id && resolve(data.verdict));
                practice.postMessage({ id, ...question });
              }),
          ),
        ),
      inks.map(({ target, ink: { strokes } }) => ({ target, strokes })),
    );
    const there = await recognizer.recognize(inks.map(({ ink }) => ink));
    await recognizer.close();
    for (const [i, { target, ink }] of inks.entries()) {
      const verdict = judge(recognizer.words, target, there[i]!, inkLength(ink));
      expect(Math.abs(here[i]!.target - verdict.target), target).toBeLessThan(1e-3);
      expect(here[i]!.guesses).toHaveLength(verdict.guesses.length);
      for (const { word, p } of here[i]!.guesses) expect(Math.abs(there[i]![word]! - p), target).toBeLessThan(1e-3);
      expect(here[i]!.recognized, target).toBe(verdict.recognized);
    }
  }, 60_000);

  test('a latecomer is let in during a race, on a phone in landscape too', async () => {
    const host = await create(server.url, 'Mara', { seconds: 60 });
    const page = await joined(browser, server, host.code!, 'Gus', SIDEWAYS);
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await press(page, 'invite');
    const dialog = page.getByRole('dialog', { name: 'Invite' });
    const box = (await dialog.boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(390);
    expect(await dialog.textContent()).toContain(host.code);
    const wanted = encode(`${server.url}/r/${host.code}`, { border: 2 }).data;
    expect(await dialog.locator('[data-testid="qr"] svg').evaluate(squares, wanted.length)).toEqual(wanted);
    await dialog.getByTestId('toggle-hideCode').tap();
    expect(await page.evaluate(() => document.body.textContent)).not.toContain(host.code);
    await dialog.getByRole('button', { name: 'Close' }).tap();
    await dialog.waitFor({ state: 'detached' });
  });

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

/** The picture's dark squares, `side` of them each way, as a camera sees them. */
async function squares(svg: Element, side: number): Promise<boolean[][]> {
  const STEP = 4;
  const image = new Image(side * STEP, side * STEP);
  const copy = svg.cloneNode(true) as Element;
  copy.setAttribute('width', `${side * STEP}`);
  copy.setAttribute('height', `${side * STEP}`);
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side * STEP;
  const context = canvas.getContext('2d')!;
  context.drawImage(image, 0, 0);
  const dark = (x: number, y: number) => context.getImageData((x + 0.5) * STEP, (y + 0.5) * STEP, 1, 1).data[0]! < 128;
  return Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => dark(x, y)));
}
