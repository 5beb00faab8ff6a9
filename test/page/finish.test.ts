/** What comes after a round: the reveal and the podium. In a real browser. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, DESKTOP, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { crowd, endPhase, enter, recognize, scribble, setPace } from '../support/party.ts';
import type { Player } from '../support/player.ts';
import { closeAll, join, phase, until } from '../support/player.ts';
import { cut, inked, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';
import { unpackFrame } from '../../shared/wire.ts';

describe.skipIf(!hasBrowser)('after a round', () => {
  const server = useServer({
    pace: { ...QUICK, countdown: 700, finish: 300, reveal: 1500, hold: 20_000 },
  });
  const browser = useBrowser();
  afterEach(closeAll);

  const idOf = (host: Player, nick: string) => host.room!.players.find((player) => player.nick === nick)!.id;

  test.each([
    ['phone', { viewport: PHONE, isMobile: true, hasTouch: true }],
    ['desktop', { viewport: DESKTOP }],
  ])(
    'the reveal shows places, times and passing guesses of seven players, uncut (%s)',
    async (_, options) => {
      const players = await crowd(server, 6);
      const host = players[0]!;
      await setPace(server, host.code!, { reveal: 60_000 });
      const page = await enter(browser, server, host.code!, 'Zoë', options);
      const zoe = idOf(host, 'Zoë');
      const heard = new Map<string, string[]>();
      host.socket.on('live', (frame) => {
        for (const { player, sureness, top } of unpackFrame(frame).guesses)
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
      await recognize(server, host, order);
      await endPhase(server, host.code!);
      const { result } = await phase(host, 'reveal');
      await inPhase(page, 'reveal');

      const tiles = page.getByTestId('result');
      await expect.poll(() => tiles.count()).toBe(7);
      const shown = await tiles.evaluateAll((all) => all.map((tile) => (tile as HTMLElement).dataset.player));
      expect(shown.slice(0, result.recognized.length)).toEqual(result.recognized.map(({ player }) => player));
      for (const [i, { at }] of result.recognized.entries()) {
        expect(await tiles.nth(i).textContent()).toContain(`${(at / 1000).toFixed(1)}\u00a0s`);
        expect(await tiles.nth(i).locator('.medal').textContent()).toBe(`${i + 1}`);
      }
      const yours = await byId(page, 'yours').textContent();
      expect(yours).toContain('3.7\u00a0s');
      expect(yours).toContain(`+${result.recognized.find(({ player }) => player === zoe)!.points}`);
      expect(await page.locator('[data-testid="result"].you').getAttribute('data-player')).toBe(zoe);
      // Who leads now: in order, the points of the three and of nobody else.
      const ranks = await byId(page, 'ranks').locator('li').allTextContents();
      expect(ranks).toHaveLength(7);
      for (const [i, { points }] of result.recognized.entries()) expect(ranks[i]).toContain(`${points}`);
      expect(ranks.join('')).not.toMatch(/[▲▼]/);

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

  test('from the second ranking on, the reveal shows who moved up and down', async () => {
    const players = await crowd(server, 2, { rounds: 2 });
    await setPace(server, players[0]!.code!, { reveal: 60_000 });
    const [host, jonas] = players as [Player, Player];
    const page = await enter(browser, server, host.code!, 'Zoë');
    await host.ask('start', {});
    const rounds: [string, number][][] = [
      [
        [host.id!, 1000],
        [jonas.id!, 15_000],
      ],
      [[jonas.id!, 1000]],
    ];
    const moved = async () => (await page.getByTestId('ranks').locator('.moved').allTextContents()).join(' ');
    for (const [i, order] of rounds.entries()) {
      await inPhase(page, 'drawing');
      await phase(host, 'drawing');
      await recognize(server, host, order);
      await endPhase(server, host.code!);
      await inPhase(page, 'reveal');
      await expect.poll(moved).toBe(['  ', '▲ ▼ '][i]);
      await endPhase(server, host.code!);
    }
  });

  test('the reveal counts recognized players who left', async () => {
    const players = await crowd(server, 3);
    const [host, jonas] = players as [Player, Player];
    const page = await enter(browser, server, host.code!, 'Zoë');
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await recognize(server, host, [
      [jonas.id!, 1000],
      [idOf(host, 'Zoë'), 2000],
    ]);
    jonas.socket.emit('leave', {});
    await until(() => host.room!.players.length === 3, 'Jonas has left');
    await setPace(server, host.code!, { reveal: 60_000 });
    await endPhase(server, host.code!);
    await inPhase(page, 'reveal');
    await byId(page, 'reveal').waitFor();
    await expect.poll(() => page.getByTestId('result').count()).toBe(3);
    expect(await byId(page, 'yours').textContent()).toContain('You came 2nd of 4');
    expect(await byId(page, 'reveal').textContent()).toContain('I recognized 2 of 4');
    // She drew nothing, so nothing else was thought; but a page that was not there cannot know.
    const hers = page.locator('[data-testid="result"].you [data-testid="thoughts"]');
    expect(await hers.textContent()).toContain('at first sight');
    await page.reload();
    await hers.waitFor({ state: 'attached' });
    expect((await hers.textContent())!.trim()).toBe('');
  }, 30_000);

  test.each(['light', 'dark'] as const)(
    'the podium celebrates, counts, and shows the winner’s best picture (%s)',
    async (colorScheme) => {
      const players = await crowd(server, 3);
      const host = players[0]!;
      const page = await enter(browser, server, host.code!, 'Zoë', { colorScheme });
      await host.ask('start', {});
      await scribble(players);
      const times = [2000, 900, 4000];
      await recognize(server, host, [
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

  test('those who share a place stand at one height', async () => {
    const players = await crowd(server, 4);
    const [host] = players as [Player];
    const page = await browser.open(`${server.url}/r/${host.code}?watch`);
    await inPhase(page, 'lobby');
    await host.ask('start', {});
    await scribble(players);
    await recognize(
      server,
      host,
      players.map(({ id }, i) => [id!, [900, 900, 2000, 3000][i]!]),
    );
    await inPhase(page, 'podium');
    await byId(page, 'steps').waitFor();
    await settled(page);
    // Second, first, third, as they stand.
    const steps = page.locator('[data-testid="steps"] .step');
    expect(await steps.locator('.place').allTextContents()).toEqual(['1', '1', '3']);
    const [left, middle, right] = await steps.evaluateAll((all) => all.map((each) => each.clientHeight));
    expect(left).toBe(middle);
    expect(right).toBeLessThan(left!);
  }, 60_000);

  test('reduced motion means no confetti', async () => {
    const players = await crowd(server, 2);
    const page = await enter(browser, server, players[0]!.code!, 'Zoë', { reducedMotion: 'reduce' });
    const other = await browser.open(`${server.url}/r/${players[0]!.code}?watch`);
    await inPhase(other, 'lobby');
    await players[0]!.ask('start', {});
    await recognize(
      server,
      players[0]!,
      players.map(({ id }) => [id!, 900] as [string, number]),
    );
    await recognize(server, players[0]!, [[idOf(players[0]!, 'Zoë'), 5000]]);
    await inPhase(page, 'podium');
    await byId(page, 'confetti').waitFor({ state: 'attached' });
    // By now it would: it does on who did not ask.
    await expect.poll(() => other.evaluate(seenConfetti), { interval: 100, timeout: 8000 }).toBeGreaterThan(1500);
    expect(await page.evaluate(seenConfetti)).toBe(0);
  }, 60_000);

  test.each([
    ['mouse', { viewport: DESKTOP }],
    ['touch', { viewport: { width: 844, height: 390 }, isMobile: true, hasTouch: true }],
  ])(
    'the host saves a picture, changes the settings and starts a rematch (%s)',
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
        server,
        bob,
        bob.room!.players.map(({ id }, i) => [id, 1000 + i] as [string, number]),
      );
      await inPhase(page, 'podium');
      await settled(page);
      expect(await cut(page, '[data-testid="rematch"]')).toEqual([]);

      const drawing = page.locator(`.round [data-testid="look"][aria-label$="Bob"]`);
      await (how === 'touch' ? drawing.tap() : drawing.click());
      await byId(page, 'picture').waitFor();
      const [file] = await Promise.all([page.waitForEvent('download'), press('keep')]);
      expect(file.suggestedFilename()).toMatch(/\.png$/);
      const picture = readFileSync(await file.path()).toString('base64');
      expect(await page.evaluate(darkIn, picture)).toBeGreaterThan(2000);
      await press('close');

      await byId(page, 'rules').locator('summary').click();
      await byId(page, 'settings-rounds').locator('button').last().click();
      await until(() => bob.room?.settings.rounds === 2, 'two rounds');
      await press('rematch');
      await inPhase(page, 'countdown', 'drawing');
      expect((await phase(bob, 'drawing')).of).toBe(2);
    },
    60_000,
  );

  test('after a reload the podium has the last round’s drawings, and says which are missing', async () => {
    const players = await crowd(server, 2, { rounds: 2 });
    const host = players[0]!;
    const page = await enter(browser, server, host.code!, 'Zoë');
    await host.ask('start', {});
    for (const number of [1, 2]) {
      await until(() => host.room?.phase.name === 'drawing' && host.room.phase.number === number, `round ${number}`);
      await scribble(players);
      await recognize(
        server,
        host,
        host.room!.players.map(({ id }, i) => [id, 1000 + i] as [string, number]),
      );
    }
    await inPhase(page, 'podium');
    const rounds = page.locator('.round');
    expect(await rounds.getByText('This page missed').count()).toBe(0);
    await page.reload();
    await inPhase(page, 'podium');
    expect(await rounds.nth(0).textContent()).toContain('This page missed');
    await expect.poll(() => inked(page, '.round:last-of-type [aria-label$="Jonas"] canvas')).toBeGreaterThan(50);
  }, 60_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
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
