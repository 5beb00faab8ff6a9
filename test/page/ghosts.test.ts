import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { byId, hasBrowser, inPhase, step, useBrowser } from '../support/browser.ts';
import { endPhase, recognize, setPace } from '../support/party.ts';
import { closeAll, create, join, phase } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('ghosts', () => {
  const server = useServer({ ghosts: true, pace: { ...QUICK, countdown: 2500, finish: 60_000, reveal: 60_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  const ghost = (page: Page) => page.locator('.ghost[data-testid="rival"], .ghost[data-testid="result"]');
  const time = (page: Page) => page.getByTestId('ghost-time').first();
  /** How many pixels of the ghost's drawing have ink. */
  const ink = (page: Page) =>
    ghost(page)
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 0).length;
      });

  test('who plays alone for the first time has one to race: it draws, is recognized at its time, and has no place', async () => {
    const page = await browser.open(server.url);
    await byId(page, 'choice-raceGhosts').check();
    await byId(page, 'play-alone').click();
    await inPhase(page, 'countdown');
    // Its time is shown before, but nothing that tells the word.
    await time(page).waitFor();
    const shown = await time(page).textContent();
    expect(shown).toMatch(/^\d+\.\d\s+s$/);
    expect(await ghost(page).count()).toBe(1);
    const board = await byId(page, 'board').boundingBox();
    expect(await ink(page)).toBe(0);
    expect(await violations(page)).toEqual([]);

    await inPhase(page, 'drawing');
    await expect.poll(() => ink(page), { interval: 20 }).toBeGreaterThan(0);
    const first = await ink(page);
    expect(await time(page).count()).toBe(0);
    await expect.poll(() => ink(page), { interval: 50 }).toBeGreaterThan(1.3 * first);
    await expect.poll(() => time(page).isVisible(), { timeout: 15_000 }).toBe(true);
    expect(await time(page).textContent()).toBe(shown);
    expect(await byId(page, 'board').boundingBox()).toEqual(board);
    expect(await page.getByTestId('rank').count()).toBe(0);
    expect(await violations(page)).toEqual([]);

    const code = new URL(page.url()).pathname.split('/').at(-1)!;
    const { seats, phase: drawing } = (await server.store.read(code))!;
    expect(seats).toHaveLength(1);
    expect(drawing).toMatchObject({ recognized: [], drawers: 1 });
    await endPhase(server, code);
    await inPhase(page, 'reveal');
    await time(page).waitFor();
    expect(await page.getByTestId('result').count()).toBe(2);
    expect(await ghost(page).count()).toBe(1);
    expect(await page.locator('.medal').count()).toBe(0);
    expect(await page.getByTestId('ranks').count()).toBe(0);
    // A page that comes now has its whole drawing at once.
    await page.reload();
    await inPhase(page, 'reveal');
    await expect.poll(() => ink(page)).toBeGreaterThan(first);
  }, 60_000);

  test('the host fills free seats, and anybody can hide them, for good', async () => {
    const host = await create(server.url, 'Hana', { rounds: 2, seconds: 60 });
    const code = host.code!;
    const page = await browser.open(`${server.url}/r/${code}`);
    await byId(page, 'nick').fill('Ann');
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
    await byId(page, 'settings-summary').click();
    expect(await byId(page, 'settings-ghosts').getAttribute('data-value')).toBe('0');
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    await host.ask('host', { player: ann });
    await step(page, 'settings-ghosts', 'last', '3');
    await byId(page, 'settings-ghostKind').selectOption('near');
    await expect.poll(() => host.room!.settings).toMatchObject({ ghosts: 3, ghostKind: 'near' });
    await byId(page, 'start').click();
    await inPhase(page, 'drawing');
    await ghost(page).waitFor();
    expect(await page.getByTestId('rival').count()).toBe(2);
    await byId(page, 'choices').click();
    await byId(page, 'choice-ghosts').uncheck();
    await page.keyboard.press('Escape');
    await expect.poll(() => ghost(page).count()).toBe(0);
    expect(await page.getByTestId('rival').count()).toBe(1);
    await page.reload();
    await inPhase(page, 'drawing');
    await byId(page, 'rival').waitFor();
    expect(await ghost(page).count()).toBe(0);
    // They are drawn by the page alone: nobody else hears of them.
    expect([...host.drawings.remote.keys()]).toEqual([]);
    await endPhase(server, code);
    await inPhase(page, 'reveal');
    expect(await page.getByTestId('result').count()).toBe(2);
  }, 60_000);

  test('spectators and a television see them, and who beats their best races the new drawing next', async () => {
    const page = await browser.open(server.url);
    await byId(page, 'choice-raceGhosts').check();
    await byId(page, 'play-alone').click();
    await inPhase(page, 'countdown');
    const code = new URL(page.url()).pathname.split('/').at(-1)!;
    await setPace(server, code, { reveal: 300 });
    const game = (await server.store.read(code))!;
    const [me] = game.seats;
    await server.store.update(code, (now) => {
      const ghosts = [{ id: 'x'.repeat(22), whose: { player: me!.id }, nick: '', at: 50_000, old: true }];
      return { ...now, version: now.version + 1, match: { ...now.match!, ghosts: { round: now.round, ghosts } } };
    });
    await expect.poll(() => ghost(page).textContent()).toContain('Your best');
    const tv = await browser.open(`${server.url}/r/${code}/tv`, { viewport: { width: 1920, height: 1080 } });
    await inPhase(tv, 'drawing');
    await expect.poll(() => ghost(tv).textContent()).toContain(`${me!.nick}’s best`);
    const viewer = await join(server.url, code, 'Bob');
    await phase(viewer, 'drawing');
    // Its mark is as large as a player's.
    const marks = await tv.locator('.card > header .mark').all();
    const [mine, its] = await Promise.all(marks.map(async (mark) => (await mark.boundingBox())!));
    expect([its!.width, its!.height]).toEqual([mine!.width, mine!.height]);
    await recognize(server, viewer, [[me!.id, 1000]]);
    // Nobody else races, so nobody is first.
    await tv.locator('.done').waitFor();
    expect(await tv.locator('.medal').count()).toBe(0);
    await setPace(server, code, { reveal: 60_000 });
    await endPhase(server, code);
    await inPhase(page, 'reveal');
    await byId(page, 'beaten').waitFor();
    expect(await ghost(page).textContent()).toContain('older network');
    // It has no record any more, so the page says nothing worse than that it does not draw.
    expect(browser.errors.filter((error) => !error.includes('404'))).toEqual([]);
  }, 60_000);
});
