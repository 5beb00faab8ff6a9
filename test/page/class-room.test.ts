/** What a room of the game is like in a class, in a real browser. */
import type { BrowserContextOptions } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { byId, drawWithMouse, hasBrowser, inPhase, picture, useBrowser } from '../support/browser.ts';
import { pupil, seated, teacherView } from '../support/lesson.ts';
import { conduct, comeIn, fits, LINE, opened, race } from '../support/class-pages.ts';
import { closeAll, until } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

const NARROW = { viewport: { width: 360, height: 740 } };

describe.skipIf(!hasBrowser)('a pupil in a room', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 60_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  const arrive = (code: string, options?: BrowserContextOptions) =>
    browser.open(`${server.url}/class/${code}`, options);

  test('sees in the room only what a class has, from the lobby to the podium', async () => {
    const host = await opened(server.url);
    const [one, two] = [await arrive(host.code, NARROW), await arrive(host.code)];
    for (const page of [one, two]) await comeIn(page, host);
    const absent = [
      'invite',
      'start',
      'leave',
      'race-summary',
      'chat-line',
      'share-match',
      'rematch',
      'rules',
      'kick',
      'vote',
      'skip',
    ];
    const check = async (name: string) => {
      for (const page of [one, two]) {
        await fits(page);
        for (const id of absent) expect(await page.getByTestId(id).count(), `${id} in the ${name}`).toBe(0);
      }
      await picture(one, `class-room-${name}-phone`);
      await picture(two, `class-room-${name}`);
      expect(await violations(one), name).toEqual([]);
    };
    await conduct(host, { do: 'settings', settings: { seconds: 60, rounds: 1 } });
    await conduct(host, { do: 'deal' });
    await Promise.all([one, two].map((page) => inPhase(page, 'lobby')));
    await Promise.all([one, two].map((page) => byId(page, 'board').waitFor()));
    await check('lobby');
    await conduct(host, { do: 'start' });
    await Promise.all([one, two].map((page) => inPhase(page, 'drawing')));
    for (const page of [one, two]) await drawWithMouse(page, LINE);
    await conduct(host, { do: 'next' });
    await Promise.all([one, two].map((page) => inPhase(page, 'reveal')));
    await check('reveal');
    await conduct(host, { do: 'next' });
    await Promise.all([one, two].map((page) => inPhase(page, 'podium')));
    await check('podium');
    expect(await byId(one, 'waiting').textContent()).toContain('teacher');
    expect(one.url()).toContain(`/class/${host.code}`);
  }, 40_000);

  test('is paused: clock, pen and keyboard stand, and all go on in place', async () => {
    const host = await opened(server.url);
    const page = await arrive(host.code);
    const name = await comeIn(page, host);
    const other = await pupil(server.url, host);
    await race(host, page);
    await seated([other]);
    const me = teacherView(host).pupils.find((each) => each.name === name)!.id;
    const points = () => other.player.client.room.strokes(me).reduce((sum, stroke) => sum + stroke.length, 0);
    const box = (await byId(page, 'board').boundingBox())!;
    const at = (share: number) => [box.x + box.width * share, box.y + box.height * share] as const;
    await page.mouse.move(...at(0.2));
    await page.mouse.down();
    await page.mouse.move(...at(0.4), { steps: 8 });
    await conduct(host, { do: 'pause', on: true });
    await byId(page, 'paused').waitFor();
    expect(await byId(page, 'board').boundingBox()).toEqual(box);
    await picture(page, 'class-paused');
    expect(await violations(page)).toEqual([]);
    expect(await page.locator('[role="status"]', { has: byId(page, 'paused') }).textContent()).toContain('paused');
    const clock = await byId(page, 'clock').textContent();
    const before = points();
    const ends = () => other.player.room!.phase as { ends: number };
    const endBefore = ends().ends;
    // The pen is still down.
    await page.mouse.move(...at(0.6), { steps: 8 });
    await page.mouse.up();
    await drawWithMouse(page, LINE);
    await page.waitForTimeout(1500);
    expect(await byId(page, 'clock').textContent()).toBe(clock);
    expect(points()).toBe(before);
    await conduct(host, { do: 'pause', on: false });
    await byId(page, 'paused').waitFor({ state: 'detached' });
    expect(await byId(page, 'board').boundingBox()).toEqual(box);
    expect(Math.abs(Number(await byId(page, 'clock').textContent()) - Number(clock))).toBeLessThanOrEqual(1);
    expect(ends().ends - endBefore).toBeGreaterThan(1400);
    await drawWithMouse(page, LINE);
    await expect.poll(points).toBeGreaterThan(before);
    // The line that the pause cut, and the new one.
    await expect.poll(() => other.player.client.room.strokes(me).length).toBe(2);
  });

  test('is back in the room after a reload, also in a pause', async () => {
    const host = await opened(server.url);
    const page = await arrive(host.code);
    await comeIn(page, host);
    await race(host, page);
    page.on('dialog', (dialog) => dialog.accept());
    await page.reload();
    await inPhase(page, 'drawing');
    await conduct(host, { do: 'pause', on: true });
    await byId(page, 'paused').waitFor();
    const clock = await byId(page, 'clock').textContent();
    await page.reload();
    await byId(page, 'paused').waitFor();
    expect(Number(await byId(page, 'clock').textContent())).toBe(Number(clock));
  });

  test('leaves by the room’s settings', async () => {
    const host = await opened(server.url);
    const page = await arrive(host.code);
    const name = await comeIn(page, host);
    await race(host, page);
    await byId(page, 'choices').click();
    await byId(page, 'leave-class').click();
    await byId(page, 'leave-race').click();
    await byId(page, 'picture').waitFor();
    // For good: its place is free.
    await until(() => teacherView(host).pupils.every((each) => each.name !== name), 'the place to be free');
  });

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
