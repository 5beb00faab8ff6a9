/** What a recognition changes: for the player, for rivals and for spectators. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, drawWithMouse, hasBrowser, inPhase, useBrowser } from '../support/browser.ts';
import { scribble } from '../support/drawings.ts';
import { endPhase, recognize } from '../support/party.ts';
import { type Bar, bars, drawWithTouch, phoneAndDesk, puzzling, RACE_PACE, start } from '../support/phone-and-desk.ts';
import { closeAll, eraseAll, type Player, phase, stroke, strokes } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { inkOf, settled } from '../support/seen.ts';
import { useServer } from '../support/server.ts';

const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const until = <T>(value: () => T, options = {}) => expect.poll(value, { timeout: 8000, interval: 50, ...options });

describe.skipIf(!hasBrowser)('a recognition in the race', () => {
  const server = useServer({ pace: RACE_PACE });
  const browser = useBrowser();
  afterEach(closeAll);
  const room = phoneAndDesk(server, browser);

  test('recognition is a moment, with place, time and points; then it is over, and the next round has ranks', async () => {
    const { host, phone, desk } = await room({ seconds: 60, rounds: 2 });
    const { prompt } = await start(host, phone, desk);
    expect(await desk.getByTestId('rank').count()).toBe(0);
    await recognized(desk, drawWithMouse, prompt);
    expect(await covered(desk)).toBeLessThan(0.02);
    await told(desk, host, 0, '1st');
    const frozen = await bars(desk);
    expect(frozen).toEqual([{ word: prompt, share: 1 }]);
    const ben = host.room!.players.find(({ nick }) => nick === 'Ben')!.id;
    const before = strokes(host, ben).length;
    await drawWithMouse(desk, scribble(3));
    await until(() => strokes(host, ben).length).toBeGreaterThan(before);
    // A drawing of later is looked at later: what there would be of this one has come with it.
    for (const each of scribble(4)) stroke(host, each);
    await until(() => desk.locator(`[data-player="${host.id}"] [data-testid="rival-guess"]`).textContent()).toMatch(
      /\S/,
    );
    await until(() => host.guesses.has(host.id!)).toBe(true);
    expect(await bars(desk)).toEqual(frozen);
    expect(await byId(desk, 'subtitle').textContent()).toContain(prompt);

    await recognized(phone, drawWithTouch, prompt);
    expect(await covered(phone)).toBeLessThan(0.03);
    expect(await byId(phone, 'clear').isVisible()).toBe(false);
    await told(phone, host, 1, '2nd');
    await until(() => rivals(phone)).toEqual(['Ben', 'Hana']);
    expect(await byId(phone, 'rival-guess').textContent()).toMatch(/1st\s+\d+\.\d\u00a0s/);

    eraseAll(host);
    const hana = drawingsOf(prompt, 1)[0]!;
    for (const each of hana.strokes) stroke(host, each);
    await until(() => (host.room!.phase as { number?: number }).number).toBe(2);
    const { score } = host.room!.players.find(({ nick }) => nick === 'Ben')!;
    await until(() => byId(phone, 'rank').textContent()).toContain(`#1 ${score}`);
    await until(() => desk.getByTestId('rank').count()).toBe(2);
  }, 120_000);

  test('once recognized, and for spectators, a drawing opens large, with its best guesses and cheers for it', async () => {
    const { host, phone, desk } = await room({ seconds: 120 });
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`);
    await start(host, phone, desk, eve);
    const idOf = (name: string) => host.room!.players.find(({ nick }) => nick === name)!.id;
    const [ann, hana] = [idOf('Ann'), host.id!];
    const look = (page: Page, id: string) => page.locator(`[data-player="${id}"] [data-testid="look"]`);
    expect(await desk.getByTestId('look').count()).toBe(0);
    for (const each of await puzzling(server)) stroke(host, each);
    await recognize(server, host, [[idOf('Ben'), 500]]);
    await until(() => desk.getByTestId('look').count()).toBe(2);
    expect(await phone.getByTestId('look').count()).toBe(0);
    await until(() => host.guesses.get(hana)?.top.length ?? 0).toBeGreaterThan(2);

    await look(desk, hana).focus();
    await desk.keyboard.press('Enter');
    await desk.getByRole('dialog', { name: 'Hana' }).waitFor();
    expect(Math.max(...(await inkOf(desk, '[data-testid="enlarged"] canvas')))).toBeGreaterThan(0.3);
    const slices = () => host.guesses.get(hana)!.top.slice(0, 3);
    await until(async () => (await pie(desk)).map(({ word }) => word)).toEqual(slices().map(([word]) => word));
    for (const [i, { share }] of (await pie(desk)).entries())
      expect(share).toBeCloseTo(Math.max(0, slices()[i]![1] - 0.008), 1);

    // At the drawer's board beside the pen, and on the tile for everybody else.
    const risen = (page: Page, within: string) => page.locator(`${within} [data-testid="risen"]`).first().waitFor();
    const seen = [phone, eve].map((page) => risen(page, `article[data-player="${hana}"]`));
    await desk.getByRole('button', { name: 'Cheer for Hana with 🔥' }).click();
    await Promise.all(seen);
    await desk.keyboard.press('Escape');
    await byId(desk, 'enlarged').waitFor({ state: 'detached' });
    expect(await desk.evaluate(() => document.activeElement!.getAttribute('data-testid'))).toBe('look');

    await look(eve, ann).click();
    const own = risen(phone, '.frame');
    await eve.getByTestId('cheer').first().click();
    await own;
    const inTheWay = await phone.getByTestId('risen').evaluateAll((all) =>
      all.filter((each) => {
        const { left, top } = each.getBoundingClientRect();
        return document.elementsFromPoint(left + 4, top + 4).includes(each);
      }),
    );
    expect(inTheWay).toEqual([]);
    await byId(eve, 'enlarged').locator('canvas').click();
    await byId(eve, 'enlarged').waitFor({ state: 'detached' });

    await look(desk, ann).click();
    await byId(desk, 'enlarged').waitFor();
    await endPhase(server, host.code!);
    await Promise.all([desk, eve].map((page) => inPhase(page, 'reveal')));
    expect(await desk.getByTestId('enlarged').count()).toBe(0);
  }, 90_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));

  /** Draws one drawing after the other until one is recognized. */
  async function recognized(page: Page, draw: typeof drawWithMouse, prompt: string): Promise<void> {
    for (const { strokes } of drawingsOf(prompt, 12)) {
      await byId(page, 'clear').click();
      await draw(page, strokes);
      const stamp = byId(page, 'stamp').waitFor({ state: 'attached', timeout: 4000 });
      if (await stamp.then(() => true).catch(() => false)) return;
    }
    throw new Error(`no drawing of ${prompt} was recognized`);
  }

  /** The stamp says what the server says. */
  async function told(page: Page, host: Player, at: number, place: string): Promise<void> {
    const { recognized } = await phase(host, 'drawing');
    const seconds = tenths.format(recognized[at]!.at / 1000);
    const text = (await byId(page, 'stamp').textContent())!.replace(/\s+/g, ' ').trim();
    expect(text).toBe(`${place} ${seconds} s · +${recognized[at]!.points}`);
    await until(() => byId(page, 'stamp').isVisible()).toBe(true);
  }
});

/** The words of the pie's slices, and their shares of the circle but for the gaps. */
const pie = (page: Page): Promise<Bar[]> =>
  byId(page, 'pie').evaluate((svg) =>
    [...svg.querySelectorAll('[data-word]')].map((slice) => ({
      word: slice.getAttribute('data-word')!,
      share: Number.parseFloat(slice.getAttribute('stroke-dasharray')!) / 100,
    })),
  );

const rivals = (page: Page) => page.locator('[data-testid="rival"] .nick').allTextContents();

/** How much of the board's inside the stamp covers, once it is there. */
async function covered(page: Page): Promise<number> {
  await settled(page);
  return page.evaluate(() => {
    const box = (id: string) => document.querySelector(`[data-testid="${id}"]`)!.getBoundingClientRect();
    const [board, stamp] = [box('board'), box('stamp')];
    const thick = document.querySelector('.track .top')!.clientHeight;
    const wide = Math.min(board.right, stamp.right) - Math.max(board.left, stamp.left);
    const high = Math.min(board.bottom - thick, stamp.bottom) - Math.max(board.top, stamp.top);
    return (Math.max(0, wide) * Math.max(0, high)) / (board.width * board.height);
  });
}
