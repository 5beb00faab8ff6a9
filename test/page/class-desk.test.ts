/** The teacher's desk, in a real browser, with pupils without a page who draw over the real server. */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { byId, hasBrowser, useBrowser } from '../support/browser.ts';
import { begin, canvasOf, cardOf, draw, openDesk } from '../support/desk.ts';
import { seated, type Visitor, visitor } from '../support/lesson.ts';
import { closeAll, phase, until } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { inked } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const PHONE = { width: 360, height: 740 };
const LINE = [200, 200, 1800, 300];

describe.skipIf(!hasBrowser)('the desk of a class', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 300, finish: 60_000, reveal: 60_000, hold: 20_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  test('deals, starts, sees every drawing grow, pauses, and goes to the next word', async () => {
    const lesson = await openDesk(browser, server, 9);
    const { desk, pupils } = lesson;
    expect(await byId(desk, 'class-code').textContent()).toBe(lesson.code);
    expect(await byId(desk, 'pupils-here').getAttribute('data-count')).toBe('9');
    await begin(lesson);
    expect(await desk.getByTestId('desk-room').count()).toBe(2);
    for (const each of pupils) draw(each, LINE);
    for (const each of pupils) await expect.poll(() => inked(desk, canvasOf(each))).toBeGreaterThan(20);

    await byId(desk, 'pause').click();
    await until(() => pupils.every(({ player }) => player.room?.paused !== undefined), 'the pause');
    const before = await byId(desk, 'room-clock').textContent();
    await desk.waitForTimeout(1_500);
    expect(await byId(desk, 'room-clock').textContent()).toBe(before);
    await byId(desk, 'pause').click();
    await until(() => pupils.every(({ player }) => player.room?.paused === undefined), 'that it goes on');

    await byId(desk, 'next-word').click();
    await Promise.all(pupils.map(({ player }) => phase(player, 'reveal')));
    await expect.poll(() => byId(desk, 'downloads').getAttribute('data-rounds')).toBe('2');
    await byId(desk, 'next-word').click();
    await Promise.all(pupils.map(({ player }) => phase(player, 'drawing')));

    // A room that was left out has a start of its own, and only while others play.
    expect(await desk.getByTestId('start-room').count()).toBe(0);
    const left = (await byId(desk, 'desk-room').getAttribute('data-room'))!;
    await server.store.update(left, (game) => ({
      ...game,
      version: game.version + 1,
      phase: { name: 'lobby' },
      match: null,
    }));
    await byId(desk, 'start-room').click();
    await byId(desk, 'start-room').waitFor({ state: 'detached' });
    await Promise.all(pupils.map(({ player }) => phase(player, 'drawing')));

    await byId(desk, 'finish').click();
    await byId(desk, 'confirm').click();
    // The word that is being drawn is the last.
    await Promise.all(pupils.map(({ player }) => phase(player, 'reveal')));
    await byId(desk, 'next-word').click();
    await byId(desk, 'start').waitFor();
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('removes a pupil after a question, and gives a place back', async () => {
    const lesson = await openDesk(browser, server, 5);
    const { desk, pupils, code } = lesson;
    const [ann, ben] = pupils as [Visitor, Visitor];
    const idOf = (who: Visitor) => {
      const state = who.lesson.state();
      return state.at === 'inside' && state.view.as === 'pupil' ? state.view.id : '';
    };
    const row = (id: string) => desk.locator(`li[data-pupil="${id}"]`);
    const [annId, benId] = [idOf(ann), idOf(ben)];
    await row(annId).getByTestId('remove').click();
    await byId(desk, 'cancel').click();
    expect(await row(annId).count()).toBe(1);
    await row(annId).getByTestId('remove').click();
    await byId(desk, 'confirm').click();
    await until(() => ann.lesson.state().at === 'outside', 'the way out');
    await expect.poll(() => row(annId).count()).toBe(0);

    ben.player.close();
    await expect.poll(() => row(benId).getAttribute('data-here')).toBe('false');
    const again = visitor(server.url);
    await until(() => again.player.socket.connected, 'a connection');
    const pictures = (await byId(desk, 'pattern').getAttribute('data-pictures'))!.split(',').map(Number);
    expect((await again.lesson.knock(code, pictures)).ok).toBe(true);
    again.lesson.reclaim(code, benId);
    await byId(desk, 'asking').waitFor();
    expect(await violations(desk)).toEqual([]);
    await byId(desk, 'answer-yes').click();
    await until(() => again.lesson.state().at === 'inside', 'the place');
    await expect.poll(() => row(benId).getAttribute('data-here')).toBe('true');
    await expect.poll(() => desk.getByTestId('asking').count()).toBe(0);
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('results survive a reload, and are two files; after the end nothing is left', async () => {
    const lesson = await openDesk(browser, server, 4);
    const { desk, pupils, code } = lesson;
    await begin(lesson);
    const [ann] = pupils as [Visitor];
    const { prompt } = await phase(ann.player, 'drawing');
    for (const line of drawingsOf(prompt, 1)[0]!.strokes) draw(ann, line);
    draw(pupils[1]!, LINE);
    await expect.poll(() => inked(desk, canvasOf(ann))).toBeGreaterThan(20);
    await desk.locator(cardOf(ann)).getByTestId('star').click();
    await byId(desk, 'next-word').click();
    await expect.poll(() => byId(desk, 'downloads').getAttribute('data-rounds')).toBe('1');

    await desk.reload();
    await expect.poll(() => byId(desk, 'downloads').getAttribute('data-rounds')).toBe('1');
    const databases = () => desk.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(await databases()).toEqual([`derby.class.${code}`]);

    await byId(desk, 'end-class').click();
    const dialog = desk.getByRole('dialog');
    const saved = async (id: string) => {
      const [file] = await Promise.all([desk.waitForEvent('download'), dialog.getByTestId(id).click()]);
      return readFileSync((await file.path())!);
    };
    const csv = (await saved('save-csv')).toString('utf8');
    const lines = csv.slice(1).trimEnd().split('\r\n');
    expect(lines[0]).toBe(
      '"Match","Round","Word","Pupil","Room","Recognized","Seconds","Guess","Probability","Points","Star"',
    );
    expect(lines).toHaveLength(5);
    const name = ann.player.room!.players.find(({ id }) => id === ann.player.client.room.inside()!.me)!.nick;
    expect(lines.find((line) => line.includes(`"${name}"`))).toMatch(
      new RegExp(`^"1","1","${prompt}","${name}","1",.*"yes"$`),
    );

    const files = unzipSync(await saved('save-zip'));
    expect(Buffer.from(files['results.csv']!).toString('utf8')).toBe(csv);
    const drawn = strFromU8(files['drawings.ndjson']!)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(drawn).toHaveLength(2);
    expect(drawn.every(({ word }) => word === prompt)).toBe(true);
    const pictures = Object.entries(files).filter(([path]) => path.endsWith('.png'));
    expect(pictures).toHaveLength(2);
    for (const [path, data] of pictures) {
      expect(path).toMatch(/^drawings\/1-01-[\p{L}\d-]+\/01-[\p{L}\d-]+\.png$/u);
      const { width, height, data: pixels } = PNG.sync.read(Buffer.from(data));
      expect([width, height]).toEqual([512, 512]);
      expect(pixels.filter((value, i) => i % 4 === 0 && value < 128).length).toBeGreaterThan(500);
    }

    await dialog.getByTestId('confirm').click();
    await byId(desk, 'class-over').waitFor();
    await expect.poll(() => byId(desk, 'class-over').getAttribute('data-deleted')).toBe('true');
    expect(await databases()).toEqual([]);
    const kept = await desk.evaluate(() => Object.keys(localStorage));
    expect(kept.filter((key) => /teacher|results|pupil/.test(key))).toEqual([]);
    await until(() => pupils.every(({ lesson }) => lesson.state().at === 'outside'), 'that all are out');
    const late = visitor(server.url);
    await until(() => late.player.socket.connected, 'a connection');
    expect(await late.lesson.knock(code, [0, 0, 0, 0])).toMatchObject({ ok: false, why: 'no-lesson' });
    expect(await violations(desk)).toEqual([]);
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('fits a phone and a laptop, for every eye', async () => {
    const lesson = await openDesk(browser, server, 8, { viewport: PHONE });
    const { desk, pupils } = lesson;
    expect(await violations(desk)).toEqual([]);
    expect(await wide(desk)).toBeLessThanOrEqual(0);
    await begin(lesson);
    for (const each of pupils) draw(each, LINE);
    for (const size of [PHONE, { width: 1280, height: 800 }]) {
      await desk.setViewportSize(size);
      expect(await wide(desk)).toBeLessThanOrEqual(0);
      expect(await violations(desk)).toEqual([]);
    }
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('works by keyboard alone', async () => {
    const lesson = await openDesk(browser, server, 4);
    const { desk, pupils } = lesson;
    async function press(id: string, key = 'Enter') {
      for (let i = 0; i < 80; i++) {
        if (await desk.evaluate((id) => (document.activeElement as HTMLElement)?.dataset.testid === id, id)) break;
        await desk.keyboard.press('Tab');
      }
      await desk.keyboard.press(key);
    }
    await press('deal');
    await seated(pupils);
    await expect.poll(() => byId(desk, 'start').isEnabled()).toBe(true);
    await press('start');
    await byId(desk, 'pause').waitFor();
    await press('pause', 'Space');
    await until(() => pupils.every(({ player }) => player.room?.paused !== undefined), 'the pause');
    await press('end-class');
    await byId(desk, 'confirm').waitFor();
    await desk.keyboard.press('Escape');
    expect(await desk.getByRole('dialog').count()).toBe(0);
    await desk.keyboard.press('h');
    await expect.poll(() => byId(desk, 'hide').getAttribute('aria-pressed')).toBe('true');
    expect(browser.errors).toEqual([]);
  }, 60_000);
});
