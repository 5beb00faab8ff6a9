/** Beat my drawing: a link from the podium, raced by somebody else, who sees no word before. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { promptOf } from '../../server/game/match.ts';
import { step as act } from '../../server/game/step.ts';
import type { Challenge, Times } from '../../shared/challenge.ts';
import { violations } from '../support/axe.ts';
import { byId, drawWithMouse, hasBrowser, inPhase, PHONE, step, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { clearest } from '../support/known.ts';
import { endPhase } from '../support/party.ts';
import { penPause } from '../support/pen.ts';
import { closeAll } from '../support/player.ts';
import { saveReplay } from '../support/records.ts';
import { QUICK, useServer } from '../support/server.ts';
import { codeOf, founded, TOUCH } from '../support/visitors.ts';

describe.skipIf(!hasBrowser)('a challenge', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 1500, finish: 60_000, reveal: 60_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };
  const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
  const text = async (page: Page, id: string) => (await byId(page, id).textContent())!.replace(/\s+/g, ' ').trim();
  const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  /** Draws what is asked for, until the network has it. */
  async function drawWell(page: Page): Promise<string> {
    await inPhase(page, 'drawing');
    const { word } = promptOf((await server.store.read(codeOf(page)))!);
    const [clear] = await clearest(server.recognizer, word);
    await drawWithMouse(page, clear!.strokes);
    await byId(page, 'stamp').waitFor();
    return word;
  }
  /** By the rules, whatever is on the board. */
  const recognizeAt = (page: Page, at: number) =>
    server.store.update(codeOf(page), (game) => {
      const { round, seats } = game;
      const { word } = promptOf(game);
      return act(game, { type: 'recognized', id: seats[0]!.id, round, at, word, probability: 0.9 }, Date.now());
    });
  async function endRound(page: Page): Promise<void> {
    await endPhase(server, codeOf(page));
    await inPhase(page, 'reveal');
    await endPhase(server, codeOf(page));
  }

  /** What reaches the page from the game's server, but for the files of the page itself. */
  function heard(page: Page): string[] {
    const all: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/'))
        void response.text().then(
          (body) => all.push(body),
          () => {},
        );
    });
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => void all.push(`${payload}`)));
    return all;
  }

  test('is made on the podium, raced by another, and taken back', async () => {
    const { page: ann } = await founded(browser, server, CLIPBOARD);
    await step(ann, 'settings-rounds', 'first', '2');
    await byId(ann, 'start').click();
    const words = [await drawWell(ann)];
    await endRound(ann);
    await inPhase(ann, 'drawing');
    words.push(promptOf((await server.store.read(codeOf(ann)))!).word);
    await drawWithMouse(ann, [[200, 200, 1800, 300]]);
    await penPause(300);
    await endRound(ann);
    await inPhase(ann, 'podium');
    const said = (all: string) => words.filter((word) => new RegExp(`\\b${word}\\b`, 'i').test(all));

    await byId(ann, 'beat-mine').click();
    await byId(ann, 'beat-make').waitFor();
    expect(await ann.getByRole('dialog').textContent()).toContain('your name, Hana, and how fast you were');
    expect(await violations(ann)).toEqual([]);
    await byId(ann, 'beat-make').click();
    await byId(ann, 'beat-copy').click();
    const link = await copied(ann);
    expect(link).toMatch(new RegExp(`^${server.url}/beat/[\\w-]{22}$`));
    expect(await text(ann, 'beat-made')).toMatch(/It works until \w+ \d+, \d{4}\.$/);
    expect(await violations(ann)).toEqual([]);
    // The same drawings have the same link.
    await byId(ann, 'close').click();
    await byId(ann, 'beat-mine').click();
    await byId(ann, 'beat-make').click();
    await expect.poll(() => byId(ann, 'beat-link').inputValue()).toBe(link);

    const bob = await browser.open('about:blank', { viewport: PHONE, ...CLIPBOARD });
    const all = heard(bob);
    await bob.goto(link);
    await byId(bob, 'beat-play').waitFor();
    expect(await bob.title()).toBe('Can you beat Hana? · Doodle Derby');
    expect(await text(bob, 'beat-theirs')).toBe('Hana: 1 of 2 recognized');
    expect(await bob.getByTestId('watch-drawing').count()).toBe(0);
    const read = await bob.locator('body').textContent();
    expect(await overflow(bob)).toBeLessThanOrEqual(0);
    expect(await violations(bob)).toEqual([]);
    await byId(bob, 'nick').fill('Bob');
    await byId(bob, 'beat-play').click();
    await inPhase(bob, 'countdown');
    const before = all.join('\n');
    const shown = await bob.locator('body').textContent();
    for (const each of ['Hana', 'countdown']) expect(before).toContain(each);
    expect(said(before)).toEqual([]);
    expect(said(`${read} ${shown}`)).toEqual([]);
    const answer = await ann.evaluate((id) => fetch(`api/challenges/${id}`).then((each) => each.json()), codeOf(bob));
    expect(answer).toEqual({ error: 'no-challenge' });
    const id = link.split('/').at(-1)!;
    const { times, drawings } = (await ann.evaluate(
      (id) => fetch(`api/challenges/${id}`).then((each) => each.json()),
      id,
    )) as Challenge;
    expect(drawings!.map(({ word }) => word)).toEqual(words);
    for (const { replay } of drawings!) expect(before).not.toContain(replay);

    await inPhase(bob, 'drawing');
    expect(await text(bob, 'beat-badge')).toBe('Against Hana');
    for (const each of ['invite', 'people']) expect(await bob.getByTestId(each).count(), each).toBe(0);
    // The challenger's drawing appears beside the board.
    const ghost = bob.locator('.ghost[data-testid="rival"]');
    await expect.poll(() => ghost.textContent()).toContain('Hana');
    const ink = () =>
      ghost.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 0).length;
      });
    await expect.poll(ink, { timeout: 15_000 }).toBeGreaterThan(0);
    await recognizeAt(bob, times[0]! - 1);
    await endRound(bob);
    // Nobody was recognized here, so nobody races along.
    await inPhase(bob, 'drawing');
    expect(await ghost.count()).toBe(0);
    await drawWell(bob);
    await endRound(bob);
    await inPhase(bob, 'podium');
    await byId(bob, 'beat-open').waitFor();
    expect(await text(bob, 'duel-score')).toBe('You won! You 2 : Hana 0');
    for (const each of ['rematch', 'rules', 'share-match', 'personal-best', 'total'])
      expect(await bob.getByTestId(each).count(), each).toBe(0);
    expect(await text(bob, 'beat-mine')).toBe('Challenge Hana back');
    await byId(bob, 'duel-words').waitFor();
    expect(await overflow(bob)).toBeLessThanOrEqual(0);
    expect(await violations(bob)).toEqual([]);
    await byId(bob, 'beat-open').focus();
    await bob.keyboard.press('Enter');
    await byId(bob, 'beat-duel').waitFor();
    expect(bob.url()).toBe(link);
    expect(await text(bob, 'duel-score')).toBe('You won! You 2 : Hana 0');
    const rows = bob.locator('[data-testid="beat-duel"] tbody tr');
    expect(await rows.evaluateAll((each) => each.map((row) => (row as HTMLElement).dataset.outcome))).toEqual([
      'won',
      'won',
    ]);
    expect(await rows.nth(0).textContent()).toMatch(new RegExp(`${words[0]}\\s*Earlier:`));
    expect(await rows.nth(1).textContent()).toContain('not recognized');
    expect(await overflow(bob)).toBeLessThanOrEqual(0);
    expect(await violations(bob)).toEqual([]);
    await byId(bob, 'duel-copy').click();
    await expect.poll(() => text(bob, 'duel-copy')).toBe('Copied');
    const result = await copied(bob);
    expect(result).toMatch(
      /^Doodle Derby: 2 : 0 against Hana\n🟩🟩\n\d+\.\d\u00a0s : \d+\.\d\u00a0s · \d+\.\d\u00a0s : –\n/,
    );
    expect(result.endsWith(`\n${link}`)).toBe(true);
    expect(said(result)).toEqual([]);
    await byId(bob, 'watch-drawing').click();
    await byId(bob, 'player').waitFor();
    expect(await byId(bob, 'word').textContent()).toBe(words[0]);
    await bob.goBack();
    // Once more, which counts for nothing.
    await byId(bob, 'beat-again').click();
    for (let round = 0; round < 2; round++) {
      await inPhase(bob, 'drawing');
      await endRound(bob);
    }
    await inPhase(bob, 'podium');
    expect(await byId(bob, 'duel-score').getAttribute('data-result')).toBe('lost');
    await byId(bob, 'beat-open').click();
    await byId(bob, 'beat-duel').waitFor();
    expect(await byId(bob, 'duel-score').getAttribute('data-result')).toBe('won');

    await ann.goto(link);
    await byId(ann, 'beat-try').waitFor();
    expect(await ann.getByTestId('beat-try').count()).toBe(1);
    expect(await text(ann, 'beat-try')).toMatch(/^Bob Bob won 2 : 0/);
    expect(await ann.getByTestId('beat-play').count()).toBe(0);
    expect(await byId(ann, 'beat-link').inputValue()).toBe(link);
    expect(await ann.getByTestId('watch-drawing').count()).toBe(2);
    await byId(ann, 'beat-try').locator('summary').click();
    await byId(ann, 'duel-words').waitFor();
    expect(await violations(ann)).toEqual([]);
    await byId(ann, 'beat-delete').click();
    await byId(ann, 'beat-delete-really').waitFor();
    expect(await violations(ann)).toEqual([]);
    await byId(ann, 'beat-delete-really').click();
    await expect.poll(() => byId(ann, 'beat-gone').getAttribute('data-why')).toBe('deleted');
    await bob.reload();
    await expect.poll(() => byId(bob, 'beat-gone').getAttribute('data-why')).toBe('gone');
    expect(browser.errors.filter((each) => !each.includes('404'))).toEqual([]);
    browser.errors.length = 0;
  }, 180_000);

  const OWNER = 'o'.repeat(22);
  /** One that was made without a page, by somebody else. */
  async function made(nick: string, times: Times): Promise<string> {
    const id = `${Math.random()}`.slice(2).padEnd(22, 'x').slice(0, 22);
    const rounds = [];
    const words = Object.keys(drawn);
    for (const [i, at] of times.entries()) {
      const word = words[i]!;
      const strokes = Object.values(drawn)[i]!.strokes;
      rounds.push({ word, at, replay: await saveReplay(server.replays, { word, strokes, ms: at }, { owner: OWNER }) });
    }
    await server.backend.challenges.save({ id, owner: OWNER, nick, mark: 3, seconds: 20, rounds });
    return id;
  }

  test('says what is wrong, and goes on by itself', async () => {
    const id = await made('Ann', [3000, null]);
    const page = await browser.open('about:blank', TOUCH);
    let status = 429;
    await page.route('**/api/challenges/*', (route) =>
      status ? route.fulfill({ status, json: {} }) : route.continue(),
    );
    await page.goto(`${server.url}/beat/${id}`);
    await expect.poll(() => byId(page, 'beat-problem').getAttribute('data-why')).toBe('busy');
    status = 500;
    await expect.poll(() => byId(page, 'beat-problem').getAttribute('data-why'), { timeout: 12_000 }).toBe('failed');
    status = 0;
    await byId(page, 'beat-play').waitFor();
    expect(await page.getByTestId('beat-problem').count()).toBe(0);
    // It goes while somebody reads about it.
    await server.backend.challenges.remove(id);
    await byId(page, 'beat-play').tap();
    await expect.poll(() => byId(page, 'refusal').getAttribute('data-why')).toBe('no-challenge');
    await expect.poll(() => byId(page, 'beat-gone').getAttribute('data-why')).toBe('gone');
    expect(await violations(page)).toEqual([]);
    browser.errors.length = 0;
  }, 60_000);

  test.each<[string, BrowserContextOptions]>([
    ['phone on its side', { viewport: { width: 844, height: 390 }, locale: 'ar', colorScheme: 'dark' }],
    ['television', { viewport: { width: 1920, height: 1080 }, locale: 'de-DE', colorScheme: 'dark' }],
    ['narrow phone', { viewport: { width: 320, height: 640 }, locale: 'pt-BR' }],
  ])(
    'fits a %s',
    async (_, options) => {
      const id = await made('WWWWWWWWWWWWWWWW', [3000, null, 9000, 14_000]);
      const page = await browser.open(`${server.url}/beat/${id}`, options);
      await byId(page, 'beat-play').waitFor();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      // No wider grid stretches it.
      expect((await byId(page, 'beat-play').boundingBox())!.height).toBeLessThan(90);
      expect(await violations(page)).toEqual([]);
      await byId(page, 'beat-play').click();
      for (const at of [3001, null, 8000, null]) {
        await inPhase(page, 'drawing');
        const { x, y, width } = (await byId(page, 'board').boundingBox())!;
        // Nothing lies over the board.
        for (const share of [0.1, 0.5, 0.95]) {
          const isFree = await page.evaluate(
            ([left, top]) => document.elementFromPoint(left!, top!)?.closest('[data-testid="board"]') !== null,
            [x + share * width, y + 20],
          );
          expect(isFree).toBe(true);
        }
        if (at !== null) await recognizeAt(page, at);
        await endRound(page);
      }
      await inPhase(page, 'podium');
      await byId(page, 'duel-words').waitFor();
      await byId(page, 'beat-open').waitFor();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
      await byId(page, 'beat-open').click();
      await byId(page, 'beat-duel').waitFor();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      const rows = page.locator('[data-testid="beat-duel"] tbody tr');
      const outcomes = await rows.evaluateAll((each) => each.map((row) => (row as HTMLElement).dataset.outcome));
      expect(outcomes).toEqual(['lost', 'even', 'won', 'lost']);
      expect(await violations(page)).toEqual([]);
    },
    60_000,
  );

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
