/** The projector of a class, in a real browser: what the teacher lets through, and what hides it. */
import { afterEach, describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { byId, hasBrowser, useBrowser } from '../support/browser.ts';
import { begin, canvasOf, cardOf, draw, openDesk, openProjector } from '../support/desk.ts';
import { teacher, teacherView, type Visitor } from '../support/lesson.ts';
import { closeAll } from '../support/player.ts';
import { cut, inked } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const LINE = [200, 200, 1800, 300];
const SECOND = [200, 900, 1800, 1000];

describe.skipIf(!hasBrowser)('the projector of a class', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 300, finish: 60_000, reveal: 60_000, hold: 20_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  test('lets a drawing through as far as the teacher saw it, and no further', async () => {
    const lesson = await openDesk(browser, server, 4);
    const { desk, pupils } = lesson;
    const [ann, ben] = pupils as [Visitor, Visitor];
    await begin(lesson);
    const wall = await openProjector(lesson);
    draw(ann, LINE);
    draw(ben, LINE);
    await expect.poll(() => inked(desk, canvasOf(ann))).toBeGreaterThan(20);
    expect(await wall.locator('canvas').count()).toBe(0);

    await desk.locator(cardOf(ann)).getByTestId('let-through').click();
    await expect.poll(() => wall.locator('canvas').count()).toBe(1);
    await expect.poll(() => inked(wall, canvasOf(ann))).toBeGreaterThan(20);
    const shown = await inked(wall, canvasOf(ann));
    draw(ann, SECOND);
    await expect.poll(() => inked(desk, canvasOf(ann))).toBeGreaterThan(40);
    await wall.waitForTimeout(500);
    expect(await inked(wall, canvasOf(ann))).toBe(shown);
    // What is drawn again after that is not what the teacher let through.
    ann.player.client.input.erase('clear');
    draw(ann, SECOND);
    await wall.waitForTimeout(500);
    expect(await inked(wall, canvasOf(ann))).toBe(shown);
    await wall.reload();
    await byId(wall, 'wall-pupil').waitFor();
    await wall.waitForTimeout(500);
    expect(await wall.locator('canvas').count()).toBe(0);

    await desk.locator(cardOf(ben)).getByTestId('star').click();
    await wall.locator(cardOf(ben)).locator('.star').waitFor();
    await byId(desk, 'class-showAll').check();
    await expect.poll(() => wall.locator('canvas').count()).toBe(4);
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('one key hides the projector within a frame, in both windows, and nothing is left in it', async () => {
    const lesson = await openDesk(browser, server, 4);
    const { desk, pupils } = lesson;
    await begin(lesson);
    await byId(desk, 'class-showAll').check();
    const wall = await openProjector(lesson);
    for (const each of pupils) draw(each, LINE);
    await expect.poll(() => wall.locator('canvas').count()).toBe(4);

    const inNextFrame = (key: string) =>
      wall.evaluate(
        (key) =>
          new Promise<boolean>((done) => {
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            requestAnimationFrame(() => done(document.querySelector('[data-testid="cover"]') !== null));
          }),
        key,
      );
    expect(await inNextFrame('h')).toBe(true);
    expect(await wall.locator('canvas').count()).toBe(0);
    await expect.poll(() => byId(desk, 'hide').getAttribute('aria-pressed')).toBe('true');
    expect(await violations(wall)).toEqual([]);
    await wall.keyboard.press('Space');
    await byId(wall, 'wall').waitFor();
    await expect.poll(() => byId(desk, 'hide').getAttribute('aria-pressed')).toBe('false');

    // The desk's key: how long until the other window has covered itself, by one clock.
    const covered = wall.evaluate(
      () =>
        new Promise<number>((done) => {
          new MutationObserver(() => {
            if (document.querySelector('[data-testid="cover"]')) done(Date.now());
          }).observe(document.body, { childList: true, subtree: true });
        }),
    );
    const pressed = await desk.evaluate(() => {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'h', bubbles: true }));
      return Date.now();
    });
    const took = (await covered) - pressed;
    console.info(`the other window was covered after ${took} ms`);
    expect(took).toBeLessThan(200);
    // Also from a list, which would choose by it.
    const list = byId(desk, 'class-rounds');
    const chosen = await list.inputValue();
    await list.press('h');
    await byId(wall, 'wall').waitFor();
    await expect.poll(() => byId(desk, 'hide').getAttribute('aria-pressed')).toBe('false');
    await list.press('h');
    await byId(wall, 'cover').waitFor();
    expect(await list.inputValue()).toBe(chosen);
    await expect.poll(() => byId(desk, 'hide').getAttribute('aria-pressed')).toBe('true');
    await desk.waitForTimeout(500);
    // To show it, and at once not to: nothing is seen, not for a frame.
    const isCovered = await wall.evaluate(
      () =>
        new Promise<boolean>((done) => {
          for (let i = 0; i < 2; i++)
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'h', bubbles: true }));
          const until = performance.now() + 1000;
          const look = () => {
            if (!document.querySelector('[data-testid="cover"]')) done(false);
            else if (performance.now() > until) done(true);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }),
    );
    expect(isCovered).toBe(true);
    expect(await byId(desk, 'hide').getAttribute('aria-pressed')).toBe('true');
    await byId(desk, 'hide').click();
    await byId(wall, 'wall').waitFor();
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('the wall of 40 pupils fits every beamer', async () => {
    const lesson = await openDesk(browser, server, 40);
    const wall = await openProjector(lesson);
    const sizes = [
      { width: 1920, height: 1080 },
      { width: 1280, height: 720 },
    ];
    for (const size of sizes) {
      await wall.setViewportSize(size);
      expect(await cut(wall, '.wall li, .wall dd, .wall ol')).toEqual([]);
    }
    await byId(lesson.desk, 'class-showAll').check();
    await begin(lesson);
    await expect.poll(() => wall.locator('canvas').count()).toBe(40);
    for (const each of lesson.pupils) draw(each, LINE, SECOND);
    await expect.poll(() => inked(wall, canvasOf(lesson.pupils[39]!))).toBeGreaterThan(5);
    for (const size of sizes) {
      await wall.setViewportSize(size);
      expect(await cut(wall, '.wall article, .wall canvas, .wall dd, .wall ol, .wall h2')).toEqual([]);
    }
    expect(await wall.locator('button').count()).toBe(0);
    expect(await violations(wall)).toEqual([]);
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('the projector tells a browser without the teacher’s token where to open it', async () => {
    const teaching = await teacher(server.url);
    const page = await browser.open(`${server.url}/class/${teacherView(teaching).code}/projector`);
    await byId(page, 'projector-closed').waitFor();
    expect(await page.locator('main').textContent()).toContain('desk');
    expect(await violations(page)).toEqual([]);
  });
});
