/** The end of a match: highlights, drawings that open large, and the card to share. In a real browser. */
import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import type { Page } from 'playwright-core';
import { encode } from 'uqr';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, DESKTOP, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { crowd, enter, recognize, scribble, setPace } from '../support/party.ts';
import type { Player } from '../support/player.ts';
import { closeAll, create, join, phase, until } from '../support/player.ts';
import { cut, inked, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('the podium', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, finish: 300, reveal: 500, hold: 20_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  /** One round: everybody draws, and the rules recognize these. */
  async function play(players: Player[], number: number, order: [Player, number][]): Promise<void> {
    const host = players[0]!;
    await until(() => host.room?.phase.name === 'drawing' && host.room.phase.number === number, `round ${number}`);
    await scribble(players);
    await until(() => players.every(({ id }) => host.guesses.has(id!)), 'guesses of everybody');
    await recognize(
      server,
      host,
      order.map(([{ id }, at]) => [id!, at]),
    );
  }

  /** A match of two rounds, in which the second of four overtakes the first; `page` watches. */
  async function match(page: (code: string) => Promise<Page>): Promise<{ players: Player[]; watcher: Page }> {
    const players = await crowd(server, 4, { rounds: 2 });
    const [mara, jonas, aiko, tomas] = players as [Player, Player, Player, Player];
    const watcher = await page(mara.code!);
    await inPhase(watcher, 'lobby');
    await mara.ask('start', {});
    await play(players, 1, [
      [mara, 1000],
      [jonas, 9000],
      [aiko, 9500],
      [tomas, 9900],
    ]);
    await play(players, 2, [
      [jonas, 700],
      [mara, 15_000],
      [aiko, 15_500],
      [tomas, 15_900],
    ]);
    await phase(mara, 'podium', 15_000);
    await inPhase(watcher, 'podium');
    return { players, watcher };
  }

  test('shows the moments of the match two by two on a phone, and each drawing opens large', async () => {
    const { players, watcher: page } = await match(async (code) => {
      const options = { viewport: PHONE, isMobile: true, hasTouch: true };
      return browser.open(`${server.url}/r/${code}?watch`, options);
    });
    const jonas = players[1]!.room!.players[1]!;
    const { standing, results } = await phase(players[0]!, 'podium');
    expect(standing[0]!.player).toBe(jonas.id);

    const tiles = page.getByTestId('highlight');
    expect(await tiles.evaluateAll((all) => all.map((tile) => (tile as HTMLElement).dataset.kind))).toEqual([
      'mistake',
      'fastest',
      'clearest',
      'comeback',
    ]);
    expect(await tiles.nth(1).textContent()).toContain(`${results[1]!.prompt} in 0.7\u00a0s`);
    expect(await tiles.nth(3).textContent()).toContain('From 2nd to 1st');
    expect(await tiles.nth(3).textContent()).toContain('Jonas');
    // What is called wrong was seen, and is not the word.
    const mistake = (await tiles.nth(0).locator('.line').textContent())!;
    const said = mistake.match(/^I saw (?:an? |the )?(.+)\. It was (?:an? |the )?(.+)\.$/)!;
    expect(results.map(({ prompt }) => prompt)).toContain(said[2]);
    expect(said[1]).not.toBe(said[2]);
    const boxes = await tiles.evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().toJSON()));
    expect(new Set(boxes.map(({ width }) => Math.round(width))).size).toBe(1);
    expect(new Set(boxes.map(({ x }) => Math.round(x))).size).toBe(2);
    expect(new Set(boxes.map(({ y }) => Math.round(y))).size).toBe(2);
    for (let i = 0; i < 4; i++)
      expect(
        await inked(
          page,
          `[data-testid="highlight"][data-kind="${['mistake', 'fastest', 'clearest', 'comeback'][i]}"] canvas`,
        ),
      ).toBeGreaterThan(50);
    // Before the list of everybody, in which each has their clearest drawing.
    const list = byId(page, 'standing');
    expect((await list.boundingBox())!.y).toBeGreaterThan(Math.max(...boxes.map(({ bottom }) => bottom)));
    expect(await list.getByTestId('look').count()).toBe(4);
    // Four drawings of a round are not three and one.
    const round = page.locator('.round').first().locator('li');
    const columns = await round.evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().x)));
    expect(columns).toHaveLength(4);
    for (const x of columns) expect(columns.filter((each) => each === x)).toHaveLength(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);

    // A tap downloads nothing: it opens.
    let downloads = 0;
    page.on('download', () => downloads++);
    await tiles.nth(1).getByTestId('look').tap();
    const large = byId(page, 'picture');
    await large.waitFor();
    expect(await large.locator('h2').textContent()).toContain(results[1]!.prompt);
    expect(await large.textContent()).toContain('0.7\u00a0s');
    // What its points are made of, for everybody's drawing: twice as many in the last round.
    const { parts, points } = results[1]!.recognized[0]!;
    expect(await byId(page, 'parts').textContent()).toContain(`double +${points / 2}`);
    expect(parts!.double).toBe(points / 2);
    expect(await inked(page, '[data-testid="picture"] canvas')).toBeGreaterThan(500);
    expect(downloads).toBe(0);
    // Through the drawings of the round, with keys and by touch.
    expect(await byId(page, 'previous').isDisabled()).toBe(true);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => large.locator('h2').textContent()).toContain('Mara');
    for (const _ of [1, 2]) await byId(page, 'next').tap();
    await expect.poll(() => large.locator('h2').textContent()).toContain('Tomás');
    expect(await byId(page, 'next').isDisabled()).toBe(true);
    const [file] = await Promise.all([page.waitForEvent('download'), byId(page, 'keep').tap()]);
    expect(file.suggestedFilename()).toBe(`${results[1]!.prompt.replaceAll(/\W+/g, '-')}.png`);
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe('look');
  }, 60_000);

  test('makes one picture of the match, which is shared where the browser can, else saved', async () => {
    const { players, watcher: page } = await match(async (code) => {
      const page = await browser.open('about:blank', { viewport: DESKTOP });
      await page.addInitScript(() => {
        Object.assign(navigator, {
          canShare: () => true,
          share: async (what: ShareData) =>
            Object.assign(window, { shared: { ...what, sizes: what.files!.map(({ size }) => size) } }),
        });
      });
      await page.goto(`${server.url}/r/${code}?watch`);
      return page;
    });
    await byId(page, 'share-match').click();
    await byId(page, 'card').locator('img').waitFor();
    await byId(page, 'share').click();
    const shared = await page.waitForFunction(() => (window as unknown as { shared?: unknown }).shared);
    const { text, sizes } = (await shared.jsonValue()) as { text: string; sizes: number[] };
    const link = `${server.url}/r/${players[0]!.code}`;
    expect(text).toContain(link);
    expect(text).toContain('Jonas wins');
    expect(sizes[0]).toBeGreaterThan(10_000);

    await byId(page, 'close').click();
    await byId(page, 'card').waitFor({ state: 'detached' });
  }, 60_000);

  test('on a small phone the chat ends above the main action', async () => {
    const players = await crowd(server, 2);
    const page = await enter(browser, server, players[0]!.code!, 'Zoë', {
      viewport: { width: 360, height: 640 },
      isMobile: true,
      hasTouch: true,
    });
    const zoe = players[0]!.room!.players.at(-1)!.id;
    await players[0]!.ask('host', { player: zoe });
    await byId(page, 'start').tap();
    await inPhase(page, 'drawing');
    await scribble(players);
    const ids = players[0]!.room!.players.map(({ id }, i) => [id, 1000 + i] as [string, number]);
    await recognize(server, players[0]!, ids);
    await inPhase(page, 'podium');
    const input = byId(page, 'chat-line');
    const above = async () => {
      const [box, foot] = [(await input.boundingBox())!, (await page.locator('footer').boundingBox())!];
      return foot.y - box.y - box.height;
    };
    await input.focus();
    await settled(page);
    expect(await above()).toBeGreaterThanOrEqual(0);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await settled(page);
    expect(await above()).toBeGreaterThanOrEqual(0);
    expect(await cut(page, '[data-testid="rematch"]')).toEqual([]);
  }, 30_000);

  test.each([6, 9])(
    'of %i rounds, a television shows all names and words, and the card has six drawings',
    async (rounds) => {
      const host = await create(server.url, 'Maximilian Braun', { rounds, seconds: 60 });
      const players = [
        host,
        await join(server.url, host.code!, '山田花子さくらさんとたろうくんと'),
        await join(server.url, host.code!, 'Wendy Woodworth'),
      ];
      await setPace(server, host.code!, { countdown: 50, recount: 50, finish: 50, reveal: 50 });
      const tv = await browser.open(`${server.url}/r/${host.code}/tv`, { viewport: { width: 1920, height: 1080 } });
      await inPhase(tv, 'lobby');
      const desk = await browser.open(`${server.url}/r/${host.code}?watch`, { viewport: DESKTOP });
      await inPhase(desk, 'lobby');
      await host.ask('start', {});
      for (let number = 1; number <= rounds; number++) {
        await until(() => host.room?.phase.name === 'drawing' && host.room.phase.number === number, `round ${number}`);
        await scribble(players);
        const turn = [...players.slice(number % 3), ...players.slice(0, number % 3)];
        await recognize(
          server,
          host,
          turn.map(({ id }, i) => [id!, 900 + 100 * i + number]),
        );
      }
      await inPhase(tv, 'podium');
      // First the moments, then the rounds.
      const whole = async (tiles: string) => {
        await settled(tv);
        expect(await cut(tv, `${tiles} :is(h2, h3, p, .nick, .name, .number, canvas), .steps strong`)).toEqual([]);
        const all = await tv.locator(tiles).evaluateAll((all) =>
          all.map((each) => {
            const { bottom } = each.getBoundingClientRect();
            const names = [...each.querySelectorAll<HTMLElement>('.who, h2, h3')];
            const side = each.querySelector('canvas')?.getBoundingClientRect().width;
            const size = Math.min(...names.map((name) => Number.parseFloat(getComputedStyle(name).fontSize)));
            return { bottom, side, size, isCut: names.some((name) => name.scrollWidth > name.clientWidth) };
          }),
        );
        for (const { bottom, side, size, isCut } of all) {
          expect(bottom).toBeLessThanOrEqual(1080);
          if (side !== undefined) expect(side).toBeGreaterThan(120);
          expect(size).toBeGreaterThanOrEqual(22);
          expect(isCut).toBe(false);
        }
      };
      // The server knows nine words. Three more rounds have names and times, but no drawings.
      if (rounds === 9)
        await server.store.update(host.code!, (game) => {
          const results = game.match!.results.flatMap((each, i) =>
            i < 3 ? [each, { ...each, round: 100 + i }] : [each],
          );
          return { ...game, version: game.version + 1, match: { ...game.match!, results } };
        });
      const shown = rounds === 9 ? 12 : rounds;
      await tv.getByTestId('highlight').first().waitFor();
      expect(await tv.getByRole('button').count()).toBe(0);
      await whole('[data-testid="highlight"]');
      await expect.poll(() => tv.getByTestId('fastest-drawing').count(), { timeout: 15_000 }).toBe(shown);
      await whole('[data-testid="fastest-drawing"]');

      await byId(desk, 'share-match').click();
      await byId(desk, 'card').locator('img').waitFor();
      const [file] = await Promise.all([desk.waitForEvent('download'), byId(desk, 'keep').click()]);
      const card = PNG.sync.read(readFileSync(await file.path()));
      expect([card.width, card.height]).toEqual([1080, 1350]);
      const isDark = (x: number, y: number) => card.data[4 * (y * card.width + x)]! < 80;
      const darkIn = (left: number, top: number, width: number, height: number) => {
        let count = 0;
        for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) if (isDark(x, y)) count++;
        return count;
      };
      // Six drawings in two rows, and a word below each; of twelve rounds too.
      for (const x of [48, 384, 720])
        for (const y of [340, 770]) {
          expect(darkIn(x + 10, y, 290, 150), `a drawing at ${x} ${y}`).toBeGreaterThan(300);
          expect(darkIn(x, y + 150, 300, 200), `a word below ${x} ${y}`).toBeGreaterThan(300);
        }
      // The code says the room's address.
      const { data, size } = encode(`${server.url}/r/${host.code}`, { border: 2 });
      const step = Math.floor(156 / size);
      const edge = Math.floor((156 - step * size) / 2);
      for (const [row, modules] of data.entries())
        for (const [column, dark] of modules.entries())
          expect(isDark(48 + edge + column * step + 1, 1146 + edge + row * step + 1), `${row} ${column}`).toBe(dark);
    },
    60_000,
  );

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
