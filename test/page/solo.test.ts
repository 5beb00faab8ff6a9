/** A match that one person plays alone, in a real browser: no places, what the network thinks, and how it compares. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { promptOf } from '../../server/game/match.ts';
import { step } from '../../server/game/step.ts';
import { inkLength, prefix, type Stroke } from '../../shared/ink.ts';
import { judge } from '../../shared/verdict.ts';
import { byId, drawWithMouse, hasBrowser, inLobby, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { endPhase, party } from '../support/party.ts';
import { closeAll, join } from '../support/player.ts';
import { drawingsOf, SAMPLE_WORDS } from '../support/quickdraw.ts';
import { cut, inked, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const DESK = { width: 1440, height: 900 };

describe.skipIf(!hasBrowser)('alone', () => {
  // Each phase lasts until the test ends it.
  const server = useServer({ pace: { ...QUICK, countdown: 300, finish: 60_000, reveal: 60_000, hold: 20_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  /** A page in a lobby of its own. */
  async function open(rounds: number, options: Parameters<typeof browser.open>[1]): Promise<[Page, string]> {
    const page = await browser.open(server.url, options);
    await byId(page, 'nick').fill('Zoë');
    await byId(page, 'create-room').click();
    await inLobby(page);
    const code = new URL(page.url()).pathname.split('/').at(-1)!;
    await server.store.update(code, (game) => ({
      ...game,
      version: game.version + 1,
      settings: { ...game.settings, rounds, seconds: 60, finale: false },
    }));
    return [page, code];
  }

  /** The word of now becomes one that nothing drawn here looks like: it is never recognized by chance. */
  const askAnother = (code: string) =>
    server.store.update(code, (game) => {
      const now = promptOf(game);
      const prompts = game.match!.prompts.map((each) => (each === now ? { ...each, word: 'envelope' } : each));
      return { ...game, version: game.version + 1, match: { ...game.match!, prompts } };
    });

  /** Recognized by the rules themselves. ms */
  const recognize = (code: string, at: number) =>
    server.store.update(code, (game) => {
      const { word } = promptOf(game);
      const { id } = game.seats[0]!;
      return step(game, { type: 'recognized', id, round: game.round, at, word, probability: 0.9 }, Date.now());
    });

  /** From a round's beginning to its reveal; without `at` it is missed. */
  async function play(page: Page, code: string, at?: number): Promise<void> {
    await inPhase(page, 'drawing');
    await byId(page, 'board').waitFor();
    if (at !== undefined) await recognize(code, at);
    await endPhase(server, code);
    await inPhase(page, 'reveal');
  }

  /** The beginning of a drawing that the network is least sure about. */
  async function unclear(): Promise<Stroke[]> {
    const inks = SAMPLE_WORDS.slice(0, 60).map((word) => prefix(drawingsOf(word, 1)[0]!, 0.4));
    const looks = await server.recognizer.recognize(inks);
    const sure = looks
      .map((look, i) => judge(server.recognizer.words, 'whale', look, inkLength(inks[i]!)))
      .map(({ sureness, guesses }) => (sureness === 'unsure' ? guesses[0]!.p : 1));
    return inks[sure.indexOf(Math.min(...sure))]!.strokes;
  }

  const text = async (page: Page, id: string) => (await byId(page, id).textContent())!.replace(/\s+/g, ' ').trim();
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));

  test('a match has no places, shows thoughts beside the board, and ends with cards, a best and a streak', async () => {
    const [page, code] = await open(3, { viewport: DESK });
    // Nobody to talk to.
    expect(await page.getByTestId('chat-line').count()).toBe(0);
    await byId(page, 'start').click();
    await inPhase(page, 'drawing');
    await byId(page, 'board').waitFor();

    await askAnother(code);
    // The bars and what was thought before are on the other side of the board than the tools, and there only.
    await drawWithMouse(page, drawingsOf('fan', 4)[3]!.strokes);
    await byId(page, 'trail').locator('li').first().waitFor();
    expect(await page.getByTestId('subtitle').count()).toBe(1);
    const box = async (id: string) => (await byId(page, id).boundingBox())!;
    const board = await box('board');
    for (const id of ['undo', 'clear']) {
      const tool = await box(id);
      expect(tool.x + tool.width).toBeLessThan(board.x);
    }
    for (const id of ['subtitle', 'guess-bar', 'trail'])
      expect((await box(id)).x).toBeGreaterThan(board.x + board.width);
    const size = await byId(page, 'subtitle').evaluate((line) => Number.parseFloat(getComputedStyle(line).fontSize));
    expect(size).toBeGreaterThan(20);

    await recognize(code, 4200);
    await byId(page, 'stamp').waitFor();
    expect(await text(page, 'stamp')).toMatch(/^Recognized! 4\.2 s · \+\d+$/);
    await settled(page);
    expect(await cut(page, '[data-testid="stamp"]')).toEqual([]);
    expect(await page.evaluate(() => document.body.textContent)).not.toMatch(/1st|1 of 1/);
    await endPhase(server, code);
    await inPhase(page, 'reveal');
    await byId(page, 'result').waitFor();
    for (const furniture of ['.medal', '[data-testid="ranks"]', '.reactions'])
      expect(await page.locator(furniture).count(), furniture).toBe(0);
    expect(await page.evaluate(() => document.body.textContent)).not.toMatch(/1st|1 of 1/);
    await endPhase(server, code);

    await play(page, code);
    expect(await text(page, 'yours')).toBe('I didn’t recognize yours this time');
    await endPhase(server, code);
    await play(page, code, 5000);
    await endPhase(server, code);
    await inPhase(page, 'podium');
    expect(await page.locator('h1').textContent()).toBe('2 of 3 recognized');
    for (const id of ['steps', 'standing', 'chat-line']) expect(await page.getByTestId(id).count(), id).toBe(0);
    const first = await text(page, 'total');
    expect(first).toMatch(/^\d,\d{3} points$/);
    expect(await text(page, 'personal-best')).toBe(`Your best: ${first.replace(' points', '')}`);
    expect(await page.getByTestId('streak').count()).toBe(0);
    const cards = page.getByTestId('solo-card');
    expect(await cards.count()).toBe(3);
    expect(await cards.nth(0).textContent()).toContain('4.2\u00a0s');
    expect(await cards.nth(1).textContent()).toMatch(/not recognized\s*Nothing to see here/);
    expect(await inked(page, '[data-testid="solo-card"] canvas')).toBeGreaterThan(100);
    const thoughts = await cards.nth(0).getByTestId('thoughts').locator('s').allTextContents();
    expect(thoughts.length).toBeGreaterThan(0);
    expect(await focused(page)).toBe('rematch');

    // One key plays again. The second match is a better one.
    await page.keyboard.press('Enter');
    for (const at of [1000, 1100, 1200]) {
      await play(page, code, at);
      await endPhase(server, code);
      if (at === 1100) {
        await inPhase(page, 'drawing');
        expect(await text(page, 'streak')).toBe('· 3 in a row');
      }
    }
    await inPhase(page, 'podium');
    const shown = async () => [
      await page.locator('h1').textContent(),
      ...(await Promise.all(['total', 'personal-best', 'streak'].map((id) => text(page, id)))),
    ];
    const before = await shown();
    expect(before[2]).toBe(`New personal best! Before: ${first.replace(' points', '')}`);
    expect(before[3]).toBe('4 in a row');
    // Nothing is lost or counted twice by a reload, and company brings what it needs.
    await page.reload();
    await byId(page, 'personal-best').waitFor();
    expect(await shown()).toEqual(before);
    expect(await cards.count()).toBe(3);
    expect(await page.getByTestId('chat-line').count()).toBe(0);
    await join(server.url, code, 'Ben');
    await byId(page, 'chat-line').waitFor();
    // Nor does a television give a place.
    const tv = await browser.open(`${server.url}/r/${code}/tv`, { viewport: { width: 1920, height: 1080 } });
    await byId(tv, 'steps').waitFor();
    expect(await tv.getByTestId('steps').locator('.place').count()).toBe(0);
  }, 90_000);

  test.each([
    ['desk', { viewport: DESK, locale: 'de-DE' }],
    ['phone', { viewport: PHONE, isMobile: true, hasTouch: true, locale: 'de-DE' }],
    ['phone on its side', { viewport: { width: 844, height: 390 }, isMobile: true, hasTouch: true, locale: 'ar' }],
  ])(
    'six cards: all at once at a desk, and play again without scrolling (%s)',
    async (kind, options) => {
      const [page, code] = await open(6, options);
      await byId(page, 'start').click();
      await inPhase(page, 'drawing');
      // The longest words for the tools stay beside the board.
      const [clear, board] = await Promise.all(['clear', 'board'].map((id) => byId(page, id).boundingBox()));
      if (kind === 'desk') expect(clear!.x + clear!.width).toBeLessThan(board!.x);
      // Nothing lies over them.
      for (const id of ['undo', 'clear']) await byId(page, id).click({ trial: true });
      for (let round = 0; round < 6; round++) {
        await play(page, code, round < 4 ? 3000 : undefined);
        await endPhase(server, code);
      }
      await inPhase(page, 'podium');
      await settled(page);
      expect(await page.getByTestId('solo-card').count()).toBe(6);
      if (kind === 'desk')
        expect(await cut(page, '[data-testid="solo-card"], [data-testid="solo-card"] .verdict > *')).toEqual([]);
      expect(await cut(page, '[data-testid="rematch"]')).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      if (kind === 'desk')
        expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
      const button = byId(page, 'rematch');
      await (kind === 'desk' ? button.click() : button.tap());
      await inPhase(page, 'countdown', 'drawing');
    },
    60_000,
  );

  test('a wrong guess that stays is said to, once, and a new start is offered, under which nothing moves', async () => {
    const { page, start } = await party(server, browser, { settings: { words: ['envelope'] }, viewport: PHONE });
    await start();
    await inPhase(page, 'drawing');
    await byId(page, 'board').waitFor();
    const line = 'Still a whale. Show me something else?';
    await drawWithMouse(page, drawingsOf('whale', 4)[3]!.strokes);
    await expect.poll(() => text(page, 'subtitle'), { timeout: 8000 }).toBe(line);
    expect(await byId(page, 'subtitle').evaluate((each) => each.scrollHeight - each.clientHeight)).toBeLessThanOrEqual(
      0,
    );
    const heard = () => byId(page, 'live').textContent();
    expect(await heard()).toContain(line);
    const board = () => byId(page, 'board').boundingBox();
    const before = await board();
    expect(await page.getByTestId('start-over').count()).toBe(0);
    await byId(page, 'start-over').waitFor({ timeout: 14_000 });
    await settled(page);
    expect(await cut(page, '[data-testid="start-over"]')).toEqual([]);
    expect(await board()).toEqual(before);
    expect((await heard())!.split(line)).toHaveLength(2);
    await byId(page, 'start-over').click();
    await expect.poll(() => inked(page, '[data-testid="board"] canvas')).toBe(0);
    await byId(page, 'start-over').waitFor({ state: 'detached' });
    await expect.poll(() => text(page, 'subtitle')).toBe('Nothing yet. Draw!');
  }, 60_000);

  test('wide letters and long lines fit, also when it has no idea for long', async () => {
    const [page, code] = await open(1, { viewport: DESK, locale: 'ja-JP' });
    await byId(page, 'start').click();
    await inPhase(page, 'drawing');
    await byId(page, 'board').waitFor();
    await askAnother(code);
    const overflow = () => byId(page, 'subtitle').evaluate((each) => each.scrollHeight - each.clientHeight);
    await drawWithMouse(page, drawingsOf('whale', 4)[3]!.strokes);
    await expect.poll(() => text(page, 'subtitle'), { timeout: 8000 }).toMatch(/^まだ.*に見える。/);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await byId(page, 'clear').click();
    await drawWithMouse(page, await unclear());
    await expect
      .poll(() => text(page, 'subtitle'), { timeout: 8000 })
      .toBe('さっぱりわからない。もっとヒントを描いて！');
    expect(await overflow()).toBeLessThanOrEqual(0);
    expect(await byId(page, 'live').textContent()).toContain('さっぱりわからない');
    await endPhase(server, code);
    await inPhase(page, 'reveal');
    await endPhase(server, code);
    await inPhase(page, 'podium');
    await byId(page, 'total').waitFor();
    // Nothing was recognized: a best of 0 is none.
    expect(await page.getByTestId('personal-best').count()).toBe(0);
  }, 60_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
