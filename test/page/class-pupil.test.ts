/** A pupil's way into a class and out of it, in a real browser. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { PICTURES } from '../../shared/lesson.ts';
import { unpackFrame } from '../../shared/wire.ts';
import { violations } from '../support/axe.ts';
import { byId, drawWithMouse, hasBrowser, inPhase, picture, useBrowser } from '../support/browser.ts';
import { teacherView } from '../support/lesson.ts';
import { conduct, comeIn, fits, LINE, opened, race, tapPictures, waitFor } from '../support/class-pages.ts';
import { closeAll, until } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

const NARROW = { viewport: { width: 360, height: 740 } };
const SIDEWAYS = { viewport: { width: 740, height: 360 } };

describe.skipIf(!hasBrowser)('a pupil', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 60_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  const arrive = (code: string, options?: BrowserContextOptions) =>
    browser.open(`${server.url}/class/${code}`, options);

  test('comes from the home page’s code field by a tap on each picture and on a name to a canvas', async () => {
    const host = await opened(server.url);
    const page = await browser.open(server.url, NARROW);
    await byId(page, 'join-code').fill(host.code.toLowerCase());
    await byId(page, 'enter').click();
    await page.waitForURL(`**/class/${host.code}`);
    await byId(page, 'picture').waitFor();
    expect(await page.getByTestId('picture').count()).toBe(PICTURES.length);
    await fits(page);
    await picture(page, 'class-pictures');
    expect(await violations(page)).toEqual([]);
    await page.reload();
    const name = await comeIn(page, host);
    await fits(page);
    await picture(page, 'class-waiting');
    expect(await violations(page)).toEqual([]);
    expect(await page.locator('h1').textContent()).toBe(`You’re ${name}`);
    await drawWithMouse(page, LINE);
    await waitFor(host, name, true);
    // A reload asks for nothing again.
    await page.reload();
    await byId(page, 'class-waiting').waitFor();
    expect(await page.locator('h1').textContent()).toBe(`You’re ${name}`);
  });

  test('is led to the class by a link to its code as a room, to play or to watch', async () => {
    const host = await opened(server.url);
    const page = await browser.open(`${server.url}/r/${host.code}`);
    await page.waitForURL(`**/class/${host.code}`);
    await page.goto(`${server.url}/r/${host.code}?watch`);
    await page.waitForURL(`**/class/${host.code}`);
    await byId(page, 'picture').waitFor();
  });

  test('taps the wrong pictures, takes one back, and may try again', async () => {
    const host = await opened(server.url);
    const page = await arrive(host.code, SIDEWAYS);
    await fits(page);
    const { pictures } = teacherView(host).pattern;
    const [first, ...others] = pictures;
    const wrong = (first! + 1) % PICTURES.length;
    await tapPictures(page, [wrong, ...others]);
    await byId(page, 'pictures-problem').waitFor();
    await tapPictures(page, [wrong]);
    await byId(page, 'undo-picture').click();
    await comeIn(page, host);
    await fits(page);
    await picture(page, 'class-waiting-sideways');
  });

  test('comes in, doodles and draws by keyboard alone', async () => {
    const host = await opened(server.url);
    const page = await arrive('');
    const press = async (id: string, nth = 0) => {
      for (let tabs = 0; tabs < 40; tabs++) {
        const at = await page.evaluate(
          (id) => [...document.querySelectorAll(`[data-testid="${id}"]`)].indexOf(document.activeElement!),
          id,
        );
        if (at === nth) return page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
      }
      throw new Error(`no way to ${id} ${nth}`);
    };
    await byId(page, 'class-code').focus();
    await page.keyboard.type(host.code);
    await page.keyboard.press('Enter');
    await byId(page, 'picture').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    for (const each of teacherView(host).pattern.pictures) {
      await page.evaluate(() => document.querySelector('h1')!.focus());
      await press('picture', each);
    }
    await byId(page, 'name').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await press('name', 1);
    await byId(page, 'class-waiting').waitFor();
    await race(host, page);
    await byId(page, 'board').waitFor();
    const [one] = teacherView(host).pupils;
    const drawn = new Promise<string>((done) =>
      host.player.socket.on('live', (frame) => {
        const [chunk] = unpackFrame(frame).chunks;
        if (chunk) done(chunk.player);
      }),
    );
    await host.lesson.oversee();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.down('ArrowRight');
    expect(await drawn).toBe(one!.id);
    await page.keyboard.up('ArrowRight');
  });

  test('gets a place back on another device once the teacher says yes, and knows a no', async () => {
    const host = await opened(server.url);
    const first = await arrive(host.code);
    const name = await comeIn(first, host);
    await first.context().close();
    await waitFor(host, name, false);
    const page = await arrive(host.code, NARROW);
    await tapPictures(page, teacherView(host).pattern.pictures);
    await byId(page, 'had-name').click();
    await byId(page, 'away-name').click();
    await byId(page, 'asking').waitFor();
    expect(await violations(page)).toEqual([]);
    const ask = async (yes: boolean) => {
      await until(() => teacherView(host).asking.length === 1, 'the request');
      await conduct(host, { do: 'answer', id: teacherView(host).asking[0]!.id, yes });
    };
    await ask(false);
    await page.locator('[data-testid="class-over"][data-why="refused"]').waitFor();
    await byId(page, 'class-again').click();
    await tapPictures(page, teacherView(host).pattern.pictures);
    await byId(page, 'had-name').click();
    await byId(page, 'away-name').click();
    await ask(true);
    await byId(page, 'class-waiting').waitFor();
    expect(await page.locator('h1').textContent()).toBe(`You’re ${name}`);
  });

  test('is told why they are out, and what is next: removed, in another tab, at the end', async () => {
    const host = await opened(server.url);
    const [one, two] = [await arrive(host.code), await arrive(host.code, NARROW)];
    const names = [await comeIn(one, host), await comeIn(two, host)];
    await race(host, one, two);
    const over = (page: Page, why: string) => page.locator(`[data-testid="class-over"][data-why="${why}"]`).waitFor();

    const tab = await two.context().newPage();
    await tab.goto(two.url());
    await inPhase(tab, 'drawing');
    await over(two, 'replaced');
    await byId(two, 'class-again').click();
    await inPhase(two, 'drawing');
    await over(tab, 'replaced');
    await tab.close();

    await conduct(host, { do: 'remove', pupil: teacherView(host).pupils.find(({ name }) => name === names[0])!.id });
    await over(one, 'removed');
    await one.reload();
    await tapPictures(one, teacherView(host).pattern.pictures);
    await over(one, 'kicked');

    await conduct(host, { do: 'end' });
    await over(two, 'ended');
    await fits(two);
    expect(await violations(two)).toEqual([]);
    expect(await two.evaluate(() => JSON.stringify(localStorage))).not.toContain(host.code);
    await two.reload();
    await tapPictures(two, [0, 1, 2, 3]);
    await over(two, 'no-lesson');
  }, 40_000);

  test('leaves the address, which is no room of the game, and comes back to it', async () => {
    const host = await opened(server.url);
    const page = await browser.open(server.url);
    await byId(page, 'to-class').click();
    await byId(page, 'class-code').fill(host.code);
    await byId(page, 'class-enter').click();
    const name = await comeIn(page, host);
    await page.goBack();
    await byId(page, 'open-class').waitFor();
    await waitFor(host, name, false);
    await byId(page, 'class-back').click();
    await byId(page, 'class-waiting').waitFor();
    await waitFor(host, name, true);
    await race(host, page);
    // In a race, Back only warns at first.
    await page.goBack();
    await page.locator('[data-why="back"]').waitFor();
    await page.waitForURL(`**/class/${host.code}`);
    expect(await page.locator('[data-phase="drawing"]').count()).toBe(1);
  });

  test('a teacher opens a class, and is at its address', async () => {
    const page = await browser.open(`${server.url}/class`, NARROW);
    await byId(page, 'open-class').waitFor();
    await fits(page);
    await picture(page, 'class-start');
    expect(await violations(page)).toEqual([]);
    await byId(page, 'open-class').click();
    await page.waitForURL(/\/class\/[A-Z0-9]{5}$/);
    await page.goto(`${server.url}/class`);
    expect(await byId(page, 'class-back').textContent()).toMatch(/[A-Z0-9]{5}/);
  });

  // An invitation to a class is none to a room.
  test('made no errors', () => expect(browser.errors.filter((each) => !each.includes('409'))).toEqual([]));
});
