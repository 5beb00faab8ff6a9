/** What those see who do not draw: spectators, and the whole room before a television. In a real browser. */
import { renderSVG } from 'uqr';
import { afterEach, describe, expect, test } from 'vitest';
import type { PlayerGuesses } from '../../shared/protocol.ts';
import { byId, hasBrowser, inLobby, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { crowd, endPhase, enter, recognize, scribble, setPace } from '../support/party.ts';
import { closeAll, type Player, until, watch } from '../support/player.ts';
import { cut, inked, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const percent = new Intl.NumberFormat('en', { style: 'percent' });

describe.skipIf(!hasBrowser)('spectators and latecomers', () => {
  const server = useServer({
    pace: { ...QUICK, countdown: 700, finish: 300, reveal: 4000, hold: 20_000 },
  });
  const browser = useBrowser();
  afterEach(closeAll);

  test('a spectator’s reaction reaches the players, marked as a spectator’s', async () => {
    const players = await crowd(server, 1);
    const host = players[0]!;
    const page = await enter(browser, server, host.code!, 'Zoë', { viewport: PHONE, isMobile: true, hasTouch: true });
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`, {
      viewport: PHONE,
      isMobile: true,
      hasTouch: true,
    });
    await inPhase(eve, 'lobby');
    await byId(eve, 'react').tap();
    await expect.poll(() => page.getByTestId('lines').textContent()).toContain('Somebody watching');
    expect(await eve.getByTestId('chat-line').count()).toBe(0);
    await host.ask('start', {});
    await inPhase(eve, 'drawing');
    await inPhase(page, 'drawing');
    // It is there for two seconds and a half.
    const bubble = page.locator('[data-testid="bubble"][data-from="watcher"]', { hasText: '🔥' });
    const seen = bubble.waitFor();
    await eve.getByTestId('react').nth(3).tap();
    await seen;
    expect(await bubble.locator('svg').count()).toBe(1);
    // What is above the screens stays one line on a phone, or they do not fit below it.
    for (const each of [eve, page]) expect((await each.locator('nav').boundingBox())!.height).toBeLessThan(50);
  }, 60_000);

  test('the countdown of a screen lies on no drawing and no name', async () => {
    const [host] = (await crowd(server, 5)) as [Player];
    await setPace(server, host.code!, { countdown: 60_000 });
    const tv = await browser.open(`${server.url}/r/${host.code}/tv`, { viewport: { width: 1920, height: 1080 } });
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`, { viewport: PHONE });
    await Promise.all([tv, eve].map((page) => inPhase(page, 'lobby')));
    await host.ask('start', {});
    for (const page of [tv, eve]) {
      await inPhase(page, 'countdown');
      await settled(page);
      expect(await page.getByTestId('lineup').locator('li').count()).toBe(5);
      const number = (await page.locator('main [role="timer"]').boundingBox())!;
      const names = await page
        .locator('main .nick')
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
      expect(Math.min(...names)).toBeGreaterThanOrEqual(number.y + number.height);
      expect(await page.locator('main canvas').count()).toBe(0);
      expect(await cut(page, '[data-testid="lineup"] li')).toEqual([]);
    }
  }, 30_000);

  test('a spectator can take a free seat', async () => {
    const players = await crowd(server, 1, { seats: 2 });
    const host = players[0]!;
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`);
    await inPhase(eve, 'lobby');
    await byId(eve, 'take-seat').click();
    await byId(eve, 'nick').fill('Eve');
    await byId(eve, 'enter').click();
    await until(() => host.room?.players.some(({ nick }) => nick === 'Eve'), 'Eve’s seat');
    await inPhase(eve, 'lobby');
    // Known by name now, she does not pass the door.
    const fay = await eve.context().newPage();
    await fay.goto(`${server.url}/r/${host.code}?watch`);
    await inLobby(fay);
    expect(await fay.getByTestId('take-seat').count()).toBe(0);
    await host.ask('settings', { seats: 3 });
    await byId(fay, 'take-seat').click();
    await expect.poll(() => new URL(fay.url()).search).toBe('');
    await inLobby(fay);
    expect(await fay.getByTestId('take-seat').count()).toBe(0);
  }, 60_000);

  test.each([
    [2, 1920, 1080],
    [4, 1920, 1080],
    [6, 1920, 1080],
    [12, 1920, 1080],
    [12, 1280, 800],
  ])(
    'the TV view shows %i players on %i × %i: code, bars, scores, large letters, nothing cut',
    async (count, width, height) => {
      const players = await crowd(server, count);
      const host = players[0]!;
      await setPace(server, host.code!, { reveal: 60_000 });
      const tv = await browser.open(`${server.url}/r/${host.code}/tv`, { viewport: { width, height } });
      await inPhase(tv, 'lobby');
      const path = (svg: string) => /\bd="([^"]+)"/.exec(svg)![1];
      const link = `${server.url}/r/${host.code}`;
      expect(path(await tv.locator('.qr').innerHTML())).toBe(path(renderSVG(link, { border: 2 })));
      expect(await cut(tv, '.seats li, .qr, .code, [data-testid="address"], [data-testid="waiting"]')).toEqual([]);
      expect(await byId(tv, 'address').textContent()).toBe(new URL(server.url).host);
      expect(await byId(tv, 'waiting').textContent()).toContain('Waiting for Mara');
      const size = (id: string) =>
        byId(tv, id).evaluate((each) => Number.parseFloat(getComputedStyle(each).fontSize) / innerHeight);
      for (const id of ['address', 'room-code']) expect(await size(id), id).toBeGreaterThan(0.08);

      await host.ask('start', {});
      await inPhase(tv, 'drawing');
      const watcher = await watch(server.url, host.code!);
      await scribble(players);
      const tiles = tv.getByTestId('rival');
      await expect.poll(() => tiles.count()).toBe(count);
      // The bars are where the guesses are, and the words are theirs.
      await until(() => players.every(({ id }) => watcher.guesses.has(id!)), 'all guesses');
      for (const { id } of players) {
        const way = tv.locator(`[data-player="${id}"] [data-testid="way"]`);
        const share = async () => Number(await way.getAttribute('data-share'));
        await expect.poll(async () => (await share()) - watcher.guesses.get(id!)!.target).toBe(0);
        const guess = tv.locator(`[data-player="${id}"] [data-testid="rival-guess"]`);
        const told = ({ sureness, top }: PlayerGuesses) =>
          sureness === 'guessing' ? `${top[0]![0]} ${percent.format(top[0]![1])}` : 'not sure yet';
        const isTold = async () =>
          (await guess.textContent())!.replace(/\s+/g, ' ').trim() === told(watcher.guesses.get(id!)!);
        await expect.poll(isTold).toBe(true);
      }
      const bar = (await byId(tv, 'way').boundingBox())!;
      expect(bar.height).toBeGreaterThanOrEqual(12);
      const large = (selector: string) =>
        tv
          .locator(selector)
          .evaluateAll((all) => Math.min(...all.map((each) => Number.parseFloat(getComputedStyle(each).fontSize))));
      const least = height >= 1080 ? 30 : 20;
      for (const what of ['[data-testid="rival"] .nick', '[data-testid="rival-guess"]', 'aside li', '.label'])
        expect(await large(what), what).toBeGreaterThanOrEqual(least);
      await settled(tv);
      const parts = 'aside li, aside li strong, .qr, .code, [data-testid="clock"]';
      expect(await cut(tv, `${parts}, [data-testid="rival"], [data-testid="rival"] .medal`)).toEqual([]);

      await recognize(
        server,
        host,
        players.map(({ id }, i) => [id!, 700 + 300 * i] as [string, number]),
      );
      await inPhase(tv, 'reveal');
      await expect.poll(() => tv.getByTestId('result').count()).toBe(count);
      await settled(tv);
      for (const what of ['[data-testid="result"] .nick', '[data-testid="result"] .end p', '[data-testid="thoughts"]'])
        expect(await large(what), what).toBeGreaterThanOrEqual(least);
      expect(await cut(tv, '[data-testid="result"], [data-testid="result"] .medal, aside li strong')).toEqual([]);
      const scores = await tv.locator('aside li strong').allTextContents();
      const sums = host.room!.players.map(({ score }) => score).sort((a, b) => b - a);
      expect(scores.map(Number)).toEqual(sums);

      await endPhase(server, host.code!);
      await inPhase(tv, 'podium');
      await settled(tv);
      expect(await cut(tv, '.who, .step, .points, [data-testid="fastest-drawing"], aside li strong')).toEqual([]);
      expect(await inked(tv, '[data-testid="fastest-drawing"] canvas')).toBeGreaterThan(100);
    },
    60_000,
  );

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
