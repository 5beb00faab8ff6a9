import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { step } from '../../server/game/step.ts';
import { violations } from '../support/axe.ts';
import { byId, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { endPhase } from '../support/party.ts';
import { closeAll } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('the daily six', () => {
  const server = useServer({ pace: { ...QUICK, reveal: 60_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  const AT = [3100, 4700, 8200, 14_500, null, 4100];
  const codeOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!;
  const text = async (page: Page, id: string) => (await byId(page, id).textContent())!.replace(/\s+/g, ' ').trim();

  /** All rounds, recognized by the rules. */
  async function play(page: Page): Promise<string[]> {
    const words: string[] = [];
    const code = codeOf(page);
    for (const at of AT) {
      await inPhase(page, 'drawing');
      await server.store.update(code, (game) => {
        const { round, seats, match } = game;
        const { word } = match!.prompts[match!.results.length]!;
        words.push(word);
        if (at === null) return game;
        const recognized = { type: 'recognized', id: seats[0]!.id, round, at, word, probability: 0.9 } as const;
        return step(game, recognized, Date.now());
      });
      await endPhase(server, code);
      await inPhase(page, 'reveal');
      await endPhase(server, code);
    }
    await inPhase(page, 'podium');
    return [...new Set(words)];
  }

  const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  test('is found from home, counts once, and its result is copied without the words', async () => {
    const page = await browser.open(server.url, {
      viewport: PHONE,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await byId(page, 'daily').click();
    await byId(page, 'daily-play').waitFor();
    expect(new URL(page.url()).pathname).toBe('/daily');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    expect(await text(page, 'daily-next')).toMatch(/^Next six in \d\d:\d\d:\d\d at .+ where you are$/);
    expect(await text(page, 'daily-honest')).toContain('cookie');
    expect(await violations(page)).toEqual([]);
    // It goes on with yesterday in mind.
    const day = Math.floor(Date.now() / 86_400_000);
    await page.evaluate((last) => localStorage.setItem('derby.daily', JSON.stringify({ last, days: 2 })), day - 1);
    await byId(page, 'nick').fill('Zoë');
    await byId(page, 'daily-play').click();
    await inPhase(page, 'drawing');
    await expect.poll(() => text(page, 'daily-badge')).toBe('Daily six');
    for (const id of ['invite', 'people']) expect(await page.getByTestId(id).count(), id).toBe(0);
    // A reload keeps the seat, and the try.
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    const words = await play(page);
    expect(words).toHaveLength(6);
    for (const id of ['rematch', 'rules', 'share-match', 'personal-best'])
      expect(await page.getByTestId(id).count(), id).toBe(0);
    await byId(page, 'daily-open').waitFor();
    expect(await page.getByTestId('daily-practised').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await byId(page, 'daily-result').waitFor();
    expect(new URL(page.url()).pathname).toBe('/daily');
    expect(await text(page, 'daily-streak')).toBe('3 days in a row');

    const rounds = page.locator('[data-testid="daily-result"] ol > li');
    const levels = ['soon', 'soon', 'later', 'late', 'missed', 'soon'];
    expect(await rounds.evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset.level))).toEqual(levels);
    expect(await rounds.nth(1).textContent()).toContain('Round 2: recognized after 4.7\u00a0s.');
    expect(await rounds.nth(4).textContent()).toContain('Round 5: not recognized.');
    expect(await text(page, 'daily-table')).toMatch(/1\s*Zoë\s*\(You\)\s*[\d,]+ points/);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);

    await byId(page, 'daily-copy').click();
    await expect.poll(() => text(page, 'daily-copy')).toBe('Copied');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^Doodle Derby, daily six, .+: 5\/6, [\d,]+ points\n🟩🟩🟡🔶❌🟩\n3\.1\u00a0s · /);
    expect(copied.endsWith(`\n${server.url}/daily`)).toBe(true);
    expect(words.filter((word) => copied.includes(word))).toEqual([]);

    await byId(page, 'daily-practise').click();
    await inPhase(page, 'drawing');
    await expect.poll(() => text(page, 'daily-badge')).toBe('Daily six · just practice');
    await play(page);
    await byId(page, 'daily-practised').waitFor();
    await byId(page, 'daily-open').click();
    await byId(page, 'daily-result').waitFor();
    expect(await text(page, 'daily-streak')).toBe('3 days in a row');

    await byId(page, 'daily-yesterday').click();
    await byId(page, 'daily-today').waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/daily\/\d{4}-\d\d-\d\d$/);
    expect(await page.getByTestId('daily-play').count()).toBe(0);
    await page.goto(`${server.url}/daily/2999-01-01`);
    await byId(page, 'daily-result').waitFor();
    expect(new URL(page.url()).pathname).toBe('/daily');
  }, 120_000);

  test('leaving in the middle ends the try, and a try in another tab can be gone back to', async () => {
    const page = await browser.open(`${server.url}/daily`);
    await byId(page, 'daily-play').click();
    await inPhase(page, 'drawing');
    await expect.poll(async () => (await server.store.read(codeOf(page)))!.daily?.scored).toBe(true);
    const other = await page.context().newPage();
    await other.goto(`${server.url}/daily`);
    await byId(other, 'return').waitFor();
    expect(await other.getByTestId('daily-play').count()).toBe(0);
    await byId(page, 'leave').click();
    await byId(page, 'leave-race').click();
    await byId(page, 'daily').click();
    await byId(page, 'daily-unfinished').waitFor();
    await byId(page, 'daily-practise').waitFor();
  }, 60_000);

  test.each<[string, BrowserContextOptions]>([
    ['phone on its side', { viewport: { width: 844, height: 390 }, locale: 'ar', colorScheme: 'dark' }],
    ['television', { viewport: { width: 1920, height: 1080 }, locale: 'de-DE', colorScheme: 'dark' }],
    ['narrow phone', { viewport: { width: 320, height: 640 }, locale: 'pt-BR' }],
  ])(
    'fits a %s',
    async (_, options) => {
      const page = await browser.open(`${server.url}/daily`, options);
      await byId(page, 'daily-play').waitFor();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
      await byId(page, 'daily-play').click();
      await inPhase(page, 'drawing');
      await byId(page, 'board').waitFor();
      // Nothing lies over the board.
      const { x, y, width } = (await byId(page, 'board').boundingBox())!;
      for (const share of [0.1, 0.5, 0.95]) {
        const hit = await page.evaluate(
          ([left, top]) => document.elementFromPoint(left!, top!)?.closest('[data-testid="board"]') !== null,
          [x + share * width, y + 20],
        );
        expect(hit).toBe(true);
      }
      await play(page);
      await byId(page, 'daily-open').click();
      await byId(page, 'daily-result').waitFor();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    },
    60_000,
  );

  test('made no errors', () =>
    expect(browser.errors.filter((each) => !each.includes('400 (Bad Request)'))).toEqual([]));
});
