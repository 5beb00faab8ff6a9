import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { byId, drawWithMouse, hasBrowser, inLobby, inPhase, PHONE, picture, useBrowser } from '../support/browser.ts';
import { deletedIn, donationsIn, newFolder, removeFolder } from '../support/donated.ts';
import { drawn } from '../support/drawings.ts';
import type { Party } from '../support/party.ts';
import { endPhase, party } from '../support/party.ts';
import { closeAll, phase, until } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('drawings to give away', () => {
  const dir = newFolder();
  const pace = { ...QUICK, countdown: 400, finish: 200, reveal: 800, hold: 20_000 };
  const server = useServer({ pace, env: { DONATIONS: 'on', DATA_DIR: dir } });
  const off = useServer({ pace });
  const browser = useBrowser();
  afterEach(closeAll);
  afterAll(() => removeFolder(dir));

  /** A round that the page draws in, until the podium. */
  async function match({ host, page, start, end }: Party): Promise<void> {
    await start();
    await phase(host, 'drawing');
    await inPhase(page, 'drawing');
    await drawWithMouse(page, drawn.house.strokes);
    await until(
      () => host.client.room.strokes(host.room!.players.find(({ nick }) => nick === 'Ann')!.id).length > 2,
      'ink',
    );
    await end();
    await phase(host, 'podium', 20_000);
    await inPhase(page, 'podium');
  }

  /** Whatever the page sends to give something away. */
  function watchGiving(page: Page): string[] {
    const sent: string[] = [];
    page.on('request', (request) => {
      if (/\/give$|\/donations\//.test(request.url())) sent.push(request.url());
    });
    return sent;
  }

  const mine = async (page: Page): Promise<Page> => {
    const other = await page.context().newPage();
    await other.goto(`${server.url}/mine`);
    await byId(other, 'mine').waitFor();
    return other;
  };

  test('are asked for below the cards of somebody who played alone, on a phone on its side', async () => {
    const page = await browser.open(server.url, { viewport: { width: 844, height: 390 }, locale: 'de' });
    await byId(page, 'nick').fill('Zoë');
    await byId(page, 'create-room').click();
    await inLobby(page);
    const code = new URL(page.url()).pathname.split('/').at(-1)!;
    const settings = { rounds: 1, finale: false };
    await server.store.update(code, (game) => ({
      ...game,
      version: game.version + 1,
      settings: { ...game.settings, ...settings },
    }));
    await byId(page, 'start').click();
    await inPhase(page, 'drawing');
    await drawWithMouse(page, drawn.house.strokes);
    await endPhase(server, code);
    await inPhase(page, 'podium');
    const [card, ask, again] = await Promise.all(
      ['solo-card', 'ask-giving', 'rematch'].map(async (id) => (await byId(page, id).boundingBox())!),
    );
    expect(ask!.y).toBeGreaterThanOrEqual(card!.y + card!.height);
    // What it says is not squeezed into the narrow column, and stays beside the button that stays.
    expect(ask!.width).toBeGreaterThan(500);
    expect(ask!.x).toBeGreaterThan(again!.x + again!.width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  test('are asked for once: three switches that are off, and two answers of one weight', async () => {
    const game = await party(server, browser, { viewport: PHONE, bypassCSP: true });
    const { page } = game;
    const sent = watchGiving(page);
    await match(game);
    const card = byId(page, 'ask-giving');
    await card.scrollIntoViewIfNeeded();
    const switches = card.locator('input');
    expect(await switches.evaluateAll((all) => all.map((each) => (each as HTMLInputElement).checked))).toEqual([
      false,
      false,
      false,
    ]);
    const answers = await Promise.all(
      ['give', 'keep-private'].map(async (id) => {
        const { width, height, y } = (await byId(page, id).boundingBox())!;
        const style = await byId(page, id).evaluate((button) => {
          const { backgroundColor, color, borderColor, fontSize, fontWeight } = getComputedStyle(button);
          return { backgroundColor, color, borderColor, fontSize, fontWeight };
        });
        return { width: Math.round(width), height: Math.round(height), y: Math.round(y), ...style };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'giving-ask');
    const policy = await page.request.get(`${server.url}/privacy`);
    expect(policy.headers()['content-type']).toBe('text/plain; charset=utf-8');
    expect(await policy.text()).toContain('how a hand moves can identify a');

    // Nothing is on, so there is nothing to give; and that is no answer.
    await byId(page, 'give').click();
    await expect.poll(() => card.getByRole('status').textContent()).not.toBe('');
    await byId(page, 'keep-private').click();
    await byId(page, 'giving-kept').waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('giving-kept');
    await match(game);
    await byId(page, 'share-match').waitFor();
    await page.waitForTimeout(500);
    expect(await page.getByTestId('ask-giving').count()).toBe(0);
    expect(await page.getByTestId('giving-given').count()).toBe(0);
    expect(sent).toEqual([]);
    expect(donationsIn(dir)).toEqual([]);

    // Changed their mind: from then on each round's drawing is given.
    const settings = await mine(page);
    await settings.getByTestId('give-training').check();
    await settings.close();
    await match(game);
    await byId(page, 'giving-given').waitFor();
    expect(donationsIn(dir)).toMatchObject([{ data: false, training: true, gallery: false }]);
    expect(sent).toHaveLength(1);
  });

  test('left alone, it is not asked again', async () => {
    const game = await party(server, browser);
    await match(game);
    await byId(game.page, 'ask-giving').scrollIntoViewIfNeeded();
    await expect.poll(() => game.page.evaluate(() => localStorage.getItem('derby.giving'))).not.toBe(null);
    await match(game);
    await byId(game.page, 'share-match').waitFor();
    await game.page.waitForTimeout(500);
    expect(await game.page.getByTestId('ask-giving').count()).toBe(0);
  });

  test('are given after each round, listed, and taken back one by one or all at once', async () => {
    const before = donationsIn(dir).length;
    const game = await party(server, browser, { bypassCSP: true });
    const { page } = game;
    await match(game);
    await byId(page, 'give-data').check();
    await byId(page, 'give-gallery').check();
    await byId(page, 'give').click();
    await byId(page, 'giving-given').waitFor();
    const given = () => donationsIn(dir).slice(before);
    expect(given()).toMatchObject([{ data: true, gallery: true, training: false }]);
    expect(given()[0]!.drawing).toHaveLength(drawn.house.strokes.length);
    expect(await violations(page)).toEqual([]);
    await match(game);
    await expect.poll(() => given().length).toBe(2);
    await byId(page, 'giving-given').waitFor();
    await match(game);
    await expect.poll(() => given().length).toBe(3);

    await page.reload();
    await inPhase(page, 'podium');
    await byId(page, 'giving-given').waitFor();
    expect(given()).toHaveLength(3);

    const list = await mine(page);
    await expect.poll(() => list.getByTestId('gift').count()).toBe(3);
    await list.locator('[data-testid=gift] canvas').first().waitFor();
    expect(await violations(list)).toEqual([]);
    await picture(list, 'giving-mine');
    const keys = given().map(({ key_id }) => key_id);
    await list.getByTestId('take-back').first().click();
    await expect.poll(() => list.getByTestId('gift').count()).toBe(2);
    expect(deletedIn(dir)).toEqual([keys[2]]);
    // The podium gives what was not given yet, but not what was taken back.
    const sent = watchGiving(page);
    await page.reload();
    await inPhase(page, 'podium');
    await byId(page, 'share-match').waitFor();
    await page.waitForTimeout(500);
    expect(sent).toEqual([]);
    expect(given()).toHaveLength(3);
    // This browser has another session, and what it gave is still in the gallery.
    await list.context().clearCookies();
    const remembered = await list.evaluate(() => JSON.parse(localStorage.getItem('derby.given')!));
    const galleries = () =>
      Promise.all(
        remembered.map(async ({ replay }: { replay: string }) => (await server.replays.inspect(replay))!.word),
      );
    expect(await galleries()).toEqual([expect.any(String), expect.any(String)]);
    await list.getByTestId('take-all-back').click();
    expect(await violations(list)).toEqual([]);
    await list.getByTestId('take-all-back-yes').click();
    await expect.poll(() => list.getByTestId('gift').count()).toBe(0);
    expect(deletedIn(dir).sort()).toEqual(keys.sort());
    expect(await galleries()).toEqual([null, null]);
    await list.reload();
    await byId(list, 'mine').waitFor();
    expect(await list.getByTestId('gift').count()).toBe(0);
  });

  test('are nobody’s question on a television, for a spectator, or on a server that takes none', async () => {
    const game = await party(server, browser);
    const [tv, watcher] = await Promise.all(
      ['/tv', '?watch'].map((as) => browser.open(`${server.url}/r/${game.host.code}${as}`)),
    );
    await match(game);
    await byId(game.page, 'ask-giving').waitFor();
    for (const page of [tv!, watcher!]) {
      await inPhase(page, 'podium');
      await page.waitForTimeout(300);
      expect(await page.getByTestId('ask-giving').count()).toBe(0);
    }
    const other = await party(off, browser);
    const fetched: string[] = [];
    other.page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    await match(other);
    await byId(other.page, 'share-match').waitFor();
    await other.page.waitForTimeout(500);
    expect(await other.page.getByTestId('ask-giving').count()).toBe(0);
    expect(fetched.filter((path) => /Ask|gifts/.test(path))).toEqual([]);
    expect(browser.errors).toEqual([]);
  });
});
