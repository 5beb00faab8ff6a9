/** The reveal: drawings in their turn, which stroke was recognized, what the points are made of, and how to go on. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { step } from '../../server/game/step.ts';
import { inkSize } from '../../shared/ink.ts';
import { byId, DESKTOP, hasBrowser, inPhase, PHONE, picture, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { crowd, endPhase, enter, party, recognize, scribble } from '../support/party.ts';
import type { Player } from '../support/player.ts';
import { closeAll, phase, stroke, until } from '../support/player.ts';
import { cut, inked, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('a reveal', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 60_000, hold: 20_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  test.each([
    ['phone', { viewport: PHONE, isMobile: true, hasTouch: true }],
    ['desktop', { viewport: DESKTOP }],
  ])(
    'marks the stroke that was recognized, adds up the points, and ends when all want to go on (%s)',
    async (name, options) => {
      const { host, page, start } = await party(server, browser, { ...options, settings: { rounds: 3, seconds: 60 } });
      const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
      await start();
      await inPhase(page, 'drawing');
      const { round, prompt } = await phase(host, 'drawing');
      const shape = Object.values(drawn).find(({ strokes }) => strokes.length > 2)!.strokes;
      for (const points of shape) stroke(host, points);
      host.send();
      const { local } = host.client.room.drawings();
      await until(() => local.sent > 0 && local.confirmed === inkSize(local.ink), 'the drawing on the server');

      const ink = { rev: 0, strokes: 2, points: host.client.room.strokes(host.id!)[1]!.length / 2 };
      const recognized = { type: 'recognized', round, word: prompt, probability: 0.9 } as const;
      for (const action of [
        { ...recognized, id: ann, at: 1000 },
        { ...recognized, id: host.id!, at: 5000, ink },
      ])
        await server.store.update(host.code!, (game) => step(game, action, Date.now()));
      await endPhase(server, host.code!);
      await inPhase(page, 'reveal');
      await settled(page);

      const tile = `[data-testid="result"][data-player="${host.id}"]`;
      await expect.poll(() => inked(page, `${tile} [data-testid="deciding"] canvas`)).toBeGreaterThan(20);
      const whole = await inked(page, `${tile} canvas`);
      expect(await inked(page, `${tile} [data-testid="deciding"] canvas`)).toBeLessThan(whole);
      // Ann's verdict did not say which ink it was about.
      expect(await page.locator(`[data-player="${ann}"] [data-testid="deciding"]`).count()).toBe(0);

      const { result } = await phase(host, 'reveal');
      const { points, parts } = result.recognized.find(({ player }) => player === ann)!;
      const shown = (await byId(page, 'parts').textContent())!;
      const sum = [...shown.matchAll(/\+(\d+)/g)].reduce((all, [, each]) => all + Number(each), 0);
      expect(sum).toBe(points);
      expect(shown).toContain(`+${parts!.place}`);
      await picture(page, `reveal-parts-${name}`);
      expect(await cut(page, '[data-testid="parts"] span, [data-testid="skip"]')).toEqual([]);

      // Both have to want it, while both are here.
      await byId(page, 'skip').click();
      await expect.poll(() => byId(page, 'skip').textContent()).toContain('1/2');
      await host.ask('skip', { round });
      await inPhase(page, 'drawing');

      // Alone, a tap anywhere does it.
      await host.ask('leave', {});
      await endPhase(server, host.code!);
      await inPhase(page, 'reveal');
      await byId(page, 'prompt').click();
      await inPhase(page, 'drawing');
    },
    60_000,
  );

  test('ends when a latecomer wants it too', async () => {
    const [host] = (await crowd(server, 1, { rounds: 2 })) as [Player];
    await host.ask('start', {});
    const { round } = await phase(host, 'drawing');
    const page = await browser.open(`${server.url}/r/${host.code}`);
    await byId(page, 'nick').fill('Gus');
    await byId(page, 'enter').click();
    await inPhase(page, 'drawing');
    await endPhase(server, host.code!);
    await inPhase(page, 'reveal');
    await host.ask('skip', { round });
    await byId(page, 'skip').click();
    await inPhase(page, 'drawing');
  }, 30_000);

  test('shows the drawings one after the other, worst first, in step on every screen, and only once', async () => {
    const players = await crowd(server, 3, { rounds: 2 });
    const [host, jonas, aiko] = players.map(({ id }) => id!);
    const code = players[0]!.code!;
    const page = await enter(browser, server, code, 'Zoë', { viewport: PHONE });
    const tv = await browser.open(`${server.url}/r/${code}/tv`, { viewport: { width: 1920, height: 1080 } });
    const calm = await browser.open(`${server.url}/r/${code}?watch`, { reducedMotion: 'reduce' });
    await players[0]!.ask('start', {});
    await Promise.all([page, tv, calm].map((each) => inPhase(each, 'drawing')));
    await scribble(players);
    await until(() => players.every(({ id }) => players[0]!.guesses.has(id!)), 'all guesses');
    const zoe = players[0]!.room!.players.find(({ nick }) => nick === 'Zoë')!.id;
    await recognize(server, players[0]!, [
      [host!, 1200],
      [aiko!, 2500],
    ]);
    await Promise.all([page, tv, calm].map((each) => each.evaluate(watchSlots)));
    await endPhase(server, code);
    await Promise.all([page, tv, calm].map((each) => inPhase(each, 'reveal')));
    await Promise.all([page, tv, calm].map((each) => settled(each)));

    // Zoë drew nothing; the best is at the first place all the time.
    const order = [zoe, jonas, aiko, host];
    for (const each of [page, tv]) {
      const seen = await shown(each);
      expect(seen.map(({ player }) => player)).toEqual(order);
      expect(seen[0]!.places).toEqual(seen.at(-1)!.places);
      expect(seen[0]!.places.map(([player]) => player)).toEqual([host, aiko, jonas, zoe]);
      // As the style has it: a slow machine is later.
      const ends = await each.getByTestId('slot').evaluateAll((all) =>
        all.map((slot) => {
          const { animationDelay, animationDuration } = getComputedStyle(slot);
          return Number.parseFloat(animationDelay) + Number.parseFloat(animationDuration);
        }),
      );
      expect(Math.max(...ends)).toBeLessThanOrEqual(3);
      expect(await byId(each, 'prompt').isVisible()).toBe(true);
    }
    // The ranks come with the winner.
    expect(await page.evaluate(() => (globalThis as never as Seen).ranksWith)).toBe(4);
    expect(new Set((await shown(calm)).map(({ at }) => at)).size).toBe(1);

    const line = (player: string) => tv.locator(`[data-player="${player}"] .end .thought`).textContent();
    expect(await line(host!)).toBe('First! Got it in 1.2\u00a0s');
    expect(await line(aiko!)).toBe('Got it in 2.5\u00a0s');
    expect(await line(jonas!)).toMatch(/^(I thought: an? |Almost! I was |Beats me)/);
    expect(await line(zoe)).toBe('Nothing to see here');
    expect(await tv.locator('.end .thought:visible').count()).toBe(4);
    const cutLines = () =>
      tv
        .locator('.end .thought')
        .evaluateAll((all) => all.filter((each) => each.scrollHeight > each.clientHeight + 1).length);
    await expect.poll(cutLines).toBe(0);
    await picture(tv, 'reveal-tv');
    await picture(page, 'reveal-phone-in-turn');

    // Whoever comes later sees what is due.
    await page.addInitScript(watchSlots);
    await page.reload();
    await inPhase(page, 'reveal');
    await expect.poll(async () => (await shown(page)).length).toBe(4);
    expect(new Set((await shown(page)).map(({ at }) => at)).size).toBe(1);
    const startsIn = (ms: number) =>
      server.store.update(code, (game) =>
        game.phase.name === 'reveal'
          ? { ...game, version: game.version + 1, phase: { ...game.phase, started: Date.now() + ms } }
          : game,
      );
    await startsIn(600_000);
    await page.reload();
    await expect.poll(() => page.getByTestId('slot').count()).toBe(4);
    expect(await byId(page, 'prompt').isVisible()).toBe(true);
    expect(await page.locator('[data-testid="slot"]:visible, [data-testid="ranks"]:visible').count()).toBe(0);
  }, 60_000);

  test('two who are recognized in the same millisecond share a place on every screen', async () => {
    // With two who are not recognized, so that the round goes on.
    const players = await crowd(server, 4, { rounds: 1 });
    const code = players[0]!.code!;
    const page = await enter(browser, server, code, 'Zoë', { viewport: PHONE });
    const watching = await browser.open(`${server.url}/r/${code}?watch`, { viewport: DESKTOP });
    await players[0]!.ask('start', {});
    await Promise.all([page, watching].map((each) => inPhase(each, 'drawing')));
    const zoe = players[0]!.room!.players.find(({ nick }) => nick === 'Zoë')!.id;
    await recognize(server, players[0]!, [
      [players[0]!.id!, 1200],
      [players[1]!.id!, 1200],
      [zoe, 2500],
    ]);
    const medals = async (each: Page) => (await each.locator('article .medal').allTextContents()).sort();
    await expect.poll(() => medals(watching)).toEqual(['1', '1', '3']);
    expect(await byId(page, 'stamp').textContent()).toMatch(/^3rd /);
    await endPhase(server, code);
    for (const each of [page, watching]) {
      await inPhase(each, 'reveal');
      await expect.poll(() => medals(each)).toEqual(['1', '1', '3']);
    }
    expect(await byId(page, 'yours').textContent()).toContain('3');
    await endPhase(server, code);
    await inPhase(page, 'podium');
    await expect.poll(() => page.locator('.round .verdict.first').count()).toBe(2);
  }, 30_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

interface Seen {
  seen: {
    player: string;
    /** The time of the frame. ms */
    at: number;
    /** Where each player's place was then. */
    /** In the page's order. */
    places: [player: string, place: string][];
  }[];
  /** How many drawings there were when the ranks appeared. */
  ranksWith: number;
}

const shown = (page: Page) => page.evaluate(() => (globalThis as never as Seen).seen);

/** Notes when each drawing of the reveal is first to be seen. */
function watchSlots(): void {
  const it: Seen = Object.assign(globalThis, { seen: [], ranksWith: -1 });
  requestAnimationFrame(function look(now) {
    const all = [...document.querySelectorAll<HTMLElement>('[data-testid="slot"]')];
    const isVisible = (element: Element) => getComputedStyle(element).visibility === 'visible';
    const places: [string, string][] = [];
    for (const slot of all) {
      const { x, y, width, height } = slot.parentElement!.getBoundingClientRect();
      const { player } = slot.querySelector('article')!.dataset;
      places.push([player!, [x, y, width, height].map(Math.round).join()]);
    }
    // A slow machine shows several with one frame.
    const delay = (slot: Element) => Number.parseFloat(getComputedStyle(slot).animationDelay);
    for (const slot of all.sort((a, b) => delay(a) - delay(b))) {
      const player = slot.querySelector('article')!.dataset.player!;
      if (it.seen.some((each) => each.player === player) || !isVisible(slot)) continue;
      it.seen.push({ player, at: now, places });
    }
    const ranks = document.querySelector('[data-testid="ranks"]');
    if (ranks && it.ranksWith < 0 && isVisible(ranks)) it.ranksWith = it.seen.length;
    requestAnimationFrame(look);
  });
}
