/** What comes after a round, and what those see who do not draw: reveal, podium, watching, television. In a real browser. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { renderSVG } from 'uqr';
import { afterEach, describe, expect, test } from 'vitest';
import { step } from '../../server/game.ts';
import type { Settings } from '../../shared/protocol.ts';
import { byId, DESKTOP, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import type { Player } from '../support/player.ts';
import { closeAll, create, join, phase, stroke, until, watch } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

const SHAPES = Object.values(drawn);
const NICKS = ['Jonas', 'Aiko', 'Tomás', 'Maximilian Braun', 'Priya', 'Olu', 'Lin', 'Bea', 'Chi', 'Dan', 'Eli'];

describe.skipIf(!hasBrowser)('after a round, and beside it', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, finish: 300, reveal: 4000, hold: 20_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  /** A room of `count` players without a page, the first of them the host. */
  async function room(count: number, settings: Partial<Settings> = {}): Promise<Player[]> {
    const host = await create(server.url, 'Mara', { rounds: 1, seconds: 10, seats: 12, ...settings });
    const players = [host];
    for (let i = 0; players.length < count; i++) players.push(await join(server.url, host.code!, NICKS[i]!));
    return players;
  }

  const enter = async (code: string, nick: string, options = {}): Promise<Page> => {
    const page = await browser.open(`${server.url}/r/${code}`, options);
    await byId(page, 'nick').fill(nick);
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
    return page;
  };

  const idOf = (host: Player, nick: string) => host.room!.players.find((player) => player.nick === nick)!.id;

  /** Everybody without a page draws something. */
  async function scribble(players: Player[]): Promise<void> {
    for (const [i, player] of players.entries()) {
      await phase(player, 'drawing');
      for (const points of SHAPES[i % SHAPES.length]!.strokes) stroke(player, points);
      player.send();
    }
    const host = players[0]!;
    await until(() => players.every(({ id }) => host.drawings.viewed.has(id!) || id === host.id), 'all drawings');
  }

  /** Recognized by the rules themselves, so that no test of the page depends on what the network thinks of a drawing. ms */
  async function recognize(host: Player, at: [player: string, ms: number][]): Promise<void> {
    const { round, prompt } = await phase(host, 'drawing');
    for (const [id, ms] of at)
      await server.store.update(host.code!, (game) =>
        step(game, { type: 'recognized', id, round, at: ms, word: prompt, probability: 0.9 }, Date.now()),
      );
  }

  test.each([
    ['phone', { viewport: PHONE, isMobile: true, hasTouch: true }],
    ['desktop', { viewport: DESKTOP }],
  ])(
    'the reveal tells who, when, and what was thought meanwhile, of seven and without a cut (%s)',
    async (_, options) => {
      const players = await room(6);
      const host = players[0]!;
      const page = await enter(host.code!, 'Zoë', options);
      const zoe = idOf(host, 'Zoë');
      const heard = new Map<string, string[]>();
      host.socket.on('live', ({ guesses }) => {
        for (const { player, sureness, top } of guesses)
          if (sureness === 'guessing' && top[0]) heard.set(player, [...(heard.get(player) ?? []), top[0][0]]);
      });
      await host.ask('start', {});
      await inPhase(page, 'drawing');
      await scribble(players);
      await until(() => players.every(({ id }) => host.guesses.has(id!)), 'guesses of everybody');
      const order: [string, number][] = [
        [players[4]!.id!, 1200],
        [zoe, 3700],
        [players[1]!.id!, 5100],
      ];
      await recognize(host, order);
      const { result } = await phase(host, 'reveal', 15_000);
      await inPhase(page, 'reveal');

      const tiles = page.getByTestId('result');
      await expect.poll(() => tiles.count()).toBe(7);
      const shown = await tiles.evaluateAll((all) => all.map((tile) => (tile as HTMLElement).dataset.player));
      expect(shown.slice(0, result.recognized.length)).toEqual(result.recognized.map(({ player }) => player));
      for (const [i, { at }] of result.recognized.entries()) {
        expect(await tiles.nth(i).textContent()).toContain(`${(at / 1000).toFixed(1)} s`);
        expect(await tiles.nth(i).locator('.medal').textContent()).toBe(`${i + 1}`);
      }
      const yours = await byId(page, 'yours').textContent();
      expect(yours).toContain('3.7 s');
      expect(yours).toContain(`+${result.recognized.find(({ player }) => player === zoe)!.points}`);
      expect(await page.locator('[data-testid="result"].you').getAttribute('data-player')).toBe(zoe);
      // Who leads now: in order, the points of the three and of nobody else.
      const ranks = await byId(page, 'ranks').locator('li').allTextContents();
      expect(ranks).toHaveLength(7);
      for (const [i, { points }] of result.recognized.entries()) expect(ranks[i]).toContain(`${points}`);

      // What the network thought of each, as a player without a page heard it.
      for (const { id } of players) {
        const won = result.recognized.some(({ player }) => player === id);
        const end = won ? result.prompt : host.guesses.get(id!)!.top[0]![0];
        const thoughts = [...new Set(heard.get(id!))].filter((word) => word !== end);
        const text = await page.locator(`[data-player="${id}"] [data-testid="thoughts"]`).textContent();
        for (const word of thoughts) expect(text).toContain(word);
        if (!won) expect(await page.locator(`[data-player="${id}"] .end`).textContent()).toContain(end);
      }
      // Theirs are drawings; hers is blank.
      for (const { id } of players)
        expect(await inked(page, `[data-testid="result"][data-player="${id}"] canvas`), id).toBeGreaterThan(100);
      expect(await inked(page, `[data-testid="result"][data-player="${zoe}"] canvas`)).toBe(0);
      await settled(page);
      expect(
        await cut(page, '[data-testid="result"], [data-testid="result"] .medal, [data-testid="ranks"] li'),
      ).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(1);
    },
    60_000,
  );

  test.each(['light', 'dark'] as const)(
    'the podium celebrates, counts, and shows the winner’s best picture (%s)',
    async (colorScheme) => {
      const players = await room(3);
      const host = players[0]!;
      const page = await enter(host.code!, 'Zoë', { colorScheme });
      await host.ask('start', {});
      await scribble(players);
      const times = [2000, 900, 4000];
      await recognize(host, [
        ...players.map(({ id }, i) => [id!, times[i]!] as [string, number]),
        [idOf(host, 'Zoë'), 6000],
      ]);
      const { standing } = await phase(host, 'podium', 15_000);
      await inPhase(page, 'podium');
      expect(await page.locator('h1').textContent()).toContain(standing[0]!.nick);
      const lines = await byId(page, 'standing').locator('li').allTextContents();
      expect(lines).toHaveLength(4);
      for (const [i, { nick, score }] of standing.entries()) {
        expect(lines[i]).toContain(nick);
        expect(lines[i]).toContain(`${score} points`);
      }
      expect(await byId(page, 'yours').textContent()).toContain(`${standing[3]!.score} points`);
      // Confetti that one sees on this paper.
      await expect.poll(() => page.evaluate(seenConfetti), { interval: 100, timeout: 8000 }).toBeGreaterThan(1500);
      // Counted up to what it is.
      await expect
        .poll(() => page.locator('.p0 .points').textContent(), { timeout: 5000 })
        .toBe(`${standing[0]!.score}`);
      expect(await inked(page, '[data-testid="best"] canvas')).toBeGreaterThan(100);
    },
    60_000,
  );

  test('nothing rains on those who asked for less motion', async () => {
    const players = await room(2);
    const page = await enter(players[0]!.code!, 'Zoë', { reducedMotion: 'reduce' });
    await players[0]!.ask('start', {});
    await recognize(
      players[0]!,
      players.map(({ id }) => [id!, 900] as [string, number]),
    );
    await recognize(players[0]!, [[idOf(players[0]!, 'Zoë'), 5000]]);
    await inPhase(page, 'podium');
    await page.waitForTimeout(1500);
    expect(await page.evaluate(seenConfetti)).toBe(0);
  }, 30_000);

  test.each([
    ['mouse', { viewport: DESKTOP }],
    ['touch', { viewport: { width: 844, height: 390 }, isMobile: true, hasTouch: true }],
  ])(
    'the host keeps a picture, changes the rules and calls a rematch (%s)',
    async (how, options) => {
      const page = await browser.open(server.url, options);
      const press = (id: string) => (how === 'touch' ? byId(page, id).tap() : byId(page, id).click());
      await byId(page, 'nick').fill('Ann');
      await press('create-room');
      await inPhase(page, 'lobby');
      const code = new URL(page.url()).pathname.split('/').at(-1)!;
      const bob = await join(server.url, code, 'Bob');
      for (let rounds = 5; rounds >= 1; rounds--) {
        await byId(page, 'settings-rounds').locator('button').first().click();
        await until(() => bob.room?.settings.rounds === rounds, `${rounds} rounds`);
      }
      await press('start');
      await scribble([bob]);
      await recognize(
        bob,
        bob.room!.players.map(({ id }, i) => [id, 1000 + i] as [string, number]),
      );
      await inPhase(page, 'podium');
      await settled(page);
      expect(await cut(page, '[data-testid="rematch"]')).toEqual([]);

      const keep = page.locator(`[data-testid="keep"][aria-label$="Bob"]`);
      const [file] = await Promise.all([page.waitForEvent('download'), how === 'touch' ? keep.tap() : keep.click()]);
      expect(file.suggestedFilename()).toMatch(/\.png$/);
      const picture = readFileSync(await file.path()).toString('base64');
      expect(await page.evaluate(darkIn, picture)).toBeGreaterThan(2000);

      await byId(page, 'rules').locator('summary').click();
      await byId(page, 'settings-rounds').locator('button').last().click();
      await until(() => bob.room?.settings.rounds === 2, 'two rounds');
      await press('rematch');
      await inPhase(page, 'countdown', 'drawing');
      expect((await phase(bob, 'drawing')).of).toBe(2);
    },
    60_000,
  );

  test('after a reload the podium has the last round’s drawings, and says what it has not', async () => {
    const players = await room(2, { rounds: 2 });
    const host = players[0]!;
    const page = await enter(host.code!, 'Zoë');
    await host.ask('start', {});
    for (const number of [1, 2]) {
      await until(() => host.room?.phase.name === 'drawing' && host.room.phase.number === number, `round ${number}`);
      await scribble(players);
      await recognize(
        host,
        host.room!.players.map(({ id }, i) => [id, 1000 + i] as [string, number]),
      );
    }
    await inPhase(page, 'podium');
    const rounds = page.locator('.round');
    expect(await rounds.getByText('Only pages that were there').count()).toBe(0);
    await page.reload();
    await inPhase(page, 'podium');
    expect(await rounds.nth(0).textContent()).toContain('Only pages that were there');
    await expect.poll(() => inked(page, '.round:last-of-type [aria-label$="Jonas"] canvas')).toBeGreaterThan(50);
  }, 60_000);

  test('a spectator reacts, and the players see that somebody who watches did', async () => {
    const players = await room(1);
    const host = players[0]!;
    const page = await enter(host.code!, 'Zoë', { viewport: PHONE, isMobile: true, hasTouch: true });
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`, {
      viewport: PHONE,
      isMobile: true,
      hasTouch: true,
    });
    await inPhase(eve, 'lobby');
    await byId(eve, 'react').tap();
    await expect.poll(() => page.getByTestId('lines').textContent()).toContain('Somebody watching');
    expect(await eve.getByTestId('say').count()).toBe(0);
    await host.ask('start', {});
    await inPhase(eve, 'drawing');
    await inPhase(page, 'drawing');
    await eve.getByTestId('react').nth(3).tap();
    // What is above the screens stays one line on a phone, or they do not fit below it.
    for (const each of [eve, page]) expect((await each.locator('nav').boundingBox())!.height).toBeLessThan(50);
    const bubble = page.locator('[data-testid="bubble"][data-from="watcher"]', { hasText: '🔥' });
    await bubble.waitFor();
    expect(await bubble.locator('svg').count()).toBe(1);
  }, 30_000);

  test('who watches takes a seat while one is free', async () => {
    const players = await room(1, { seats: 2 });
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
    await inPhase(fay, 'lobby');
    expect(await fay.getByTestId('take-seat').count()).toBe(0);
    await host.ask('settings', { seats: 3 });
    await byId(fay, 'take-seat').click();
    await expect.poll(() => fay.getByTestId('take-seat').count()).toBe(0);
    expect(new URL(fay.url()).search).toBe('');
  }, 30_000);

  test.each([
    [2, 1920, 1080],
    [4, 1920, 1080],
    [6, 1920, 1080],
    [12, 1920, 1080],
    [12, 1280, 800],
  ])(
    'the television shows %i players on %i × %i: code, bars, scores, large letters, nothing cut',
    async (count, width, height) => {
      const players = await room(count);
      const host = players[0]!;
      const tv = await browser.open(`${server.url}/r/${host.code}/tv`, { viewport: { width, height } });
      await inPhase(tv, 'lobby');
      const path = (svg: string) => /\bd="([^"]+)"/.exec(svg)![1];
      const link = `${server.url}/r/${host.code}`;
      expect(path(await tv.locator('.qr').innerHTML())).toBe(path(renderSVG(link, { border: 2 })));
      expect(await cut(tv, '.seats li, .qr, .code')).toEqual([]);

      await host.ask('start', {});
      await inPhase(tv, 'drawing');
      const watcher = await watch(server.url, host.code!);
      await scribble(players);
      const tiles = tv.getByTestId('rival');
      await expect.poll(() => tiles.count()).toBe(count);
      // The bars are where the guesses are, and the words are theirs.
      await until(() => players.every(({ id }) => watcher.guesses.has(id!)), 'all guesses');
      // By chance somebody may have drawn the very word.
      const won = (id: string) =>
        watcher.room?.phase.name === 'drawing' && watcher.room.phase.recognized.some(({ player }) => player === id);
      for (const { id } of players)
        await expect
          .poll(() => tv.locator(`[data-player="${id}"] [data-testid="way"]`).getAttribute('data-share').then(Number))
          .toBe(won(id!) ? 1 : watcher.guesses.get(id!)!.target);
      for (const { id } of players) {
        const { sureness, top } = watcher.guesses.get(id!)!;
        if (sureness !== 'guessing' || won(id!)) continue;
        const guess = await tv.locator(`[data-player="${id}"] [data-testid="rival-guess"]`).textContent();
        expect(guess!.replace(/\s+/g, ' ')).toContain(`${top[0]![0]} ${Math.round(top[0]![1] * 100)}%`);
      }
      const bar = (await byId(tv, 'way').locator('..').boundingBox())!;
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
        host,
        players.map(({ id }, i) => [id!, 700 + 300 * i] as [string, number]),
      );
      await inPhase(tv, 'reveal');
      await settled(tv);
      expect(await tv.getByTestId('result').count()).toBe(count);
      for (const what of ['[data-testid="result"] .nick', '[data-testid="result"] .end p', '[data-testid="thoughts"]'])
        expect(await large(what), what).toBeGreaterThanOrEqual(least);
      expect(await cut(tv, '[data-testid="result"], [data-testid="result"] .medal, aside li strong')).toEqual([]);
      const scores = await tv.locator('aside li strong').allTextContents();
      const sums = host.room!.players.map(({ score }) => score).sort((a, b) => b - a);
      expect(scores.map(Number)).toEqual(sums);

      await inPhase(tv, 'podium');
      await settled(tv);
      expect(await cut(tv, '.who, .step, .points, [data-testid="fastest-drawing"], aside li strong')).toEqual([]);
      expect(await inked(tv, '[data-testid="fastest-drawing"] canvas')).toBeGreaterThan(100);
    },
    60_000,
  );

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

/** What moves in has arrived. */
const settled = (page: Page) =>
  page.evaluate(async () => {
    const moving = () =>
      document
        .getAnimations()
        .filter((each) => !(each.effect as KeyframeEffect).target?.classList.contains('clockwork'))
        .map((each) => each.finished.catch(() => {}));
    await new Promise(requestAnimationFrame);
    await Promise.all(moving());
  });

/** The parts that stick out of the window or out of something that hides what does. */
const cut = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate((selector) => {
    const all = [...document.querySelectorAll(selector)];
    if (all.length === 0) return ['nothing there'];
    const out = (inner: DOMRect, outer: { left: number; top: number; right: number; bottom: number }) =>
      inner.left < outer.left - 1 ||
      inner.top < outer.top - 1 ||
      inner.right > outer.right + 1 ||
      inner.bottom > outer.bottom + 1;
    return all.flatMap((each) => {
      const box = each.getBoundingClientRect();
      const name = `${each.className} ${each.textContent?.trim().slice(0, 20)}`;
      if (box.width === 0 || box.height === 0) return [`${name}: not shown`];
      if (out(box, { left: 0, top: 0, right: innerWidth, bottom: innerHeight })) return [`${name}: off the screen`];
      for (let around = each.parentElement; around; around = around.parentElement)
        if (getComputedStyle(around).overflow !== 'visible' && out(box, around.getBoundingClientRect()))
          return [`${name}: cut by ${around.className}`];
      return [];
    });
  }, selector);

/** Painted pixels of the first such canvas. */
const inked = (page: Page, canvas: string): Promise<number> =>
  page
    .locator(canvas)
    .first()
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      if (width === 0) return 0;
      const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) count++;
      return count;
    });

/** Pixels of confetti that stand out from the paper. */
function seenConfetti(): number {
  const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="confetti"]');
  if (!canvas || canvas.width === 0) return 0;
  const paper = getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number);
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  const light = (rgb: number[]) =>
    0.2126 * (rgb[0]! / 255) ** 2.2 + 0.7152 * (rgb[1]! / 255) ** 2.2 + 0.0722 * (rgb[2]! / 255) ** 2.2;
  const ground = light(paper);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255;
    if (alpha === 0) continue;
    const lit = light([0, 1, 2].map((k) => data[i + k]! * alpha + paper[k]! * (1 - alpha)));
    if ((Math.max(lit, ground) + 0.05) / (Math.min(lit, ground) + 0.05) > 2) count++;
  }
  return count;
}

/** Dark pixels of the sheet in a kept picture. */
async function darkIn(picture: string): Promise<number> {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d')!;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(50, 50, 900, 900);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i]! < 80) count++;
  return count;
}
