/** The names of players on cards, and the name of a button. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, hasBrowser, inPhase, picture, useBrowser } from '../support/browser.ts';
import { endPhase, enter, recognize } from '../support/party.ts';
import { LONG_NICK } from '../support/phone-and-desk.ts';
import { closeAll, create, join, phase, watch } from '../support/player.ts';
import { settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const NICKS = [
  LONG_NICK,
  'ながいなまえのおえかきせんしゅだ',
  'Schneller Molch',
  'Maximilian Braun',
  'Bartholomäus VII',
  'ÄÖÜMMMMMMMMMMMMM',
  '超级无敌画画小能手哈哈哈哈哈',
  'مرحبا يا أصدقاء',
  'Wolfgang Amadé',
  'Donaudampfschiff',
  'mmmmmmmmmmmmmmmm',
  'Olu',
];

describe.skipIf(!hasBrowser)('names', () => {
  const server = useServer({ pace: { ...QUICK, finish: 60_000, reveal: 60_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  test.each([
    [1920, 1080],
    [1280, 720],
  ])(
    'twelve long ones can all be read on a television (%i × %i)',
    async (width, height) => {
      const host = await create(server.url, NICKS[0]!, { rounds: 1, seconds: 60, seats: 12 });
      for (const nick of NICKS.slice(1)) await join(server.url, host.code!, nick);
      const tv = await browser.open(`${server.url}/r/${host.code}/tv`, { viewport: { width, height } });
      await host.ask('start', {});
      await inPhase(tv, 'drawing');
      await phase(host, 'drawing');
      const cards = '[data-testid="rival"] .nick, aside li .nick';
      await readable(tv, cards, 24, height);
      // Then medals and scores are beside them.
      await recognize(
        server,
        host,
        host.room!.players.map(({ id }, i) => [id, 900 + 100 * i] as [string, number]),
      );
      await expect.poll(() => tv.locator('[data-testid="rival"] .medal').count()).toBe(12);
      await readable(tv, cards, 24, height);
      await endPhase(server, host.code!);
      await inPhase(tv, 'reveal');
      await readable(tv, '[data-testid="result"] .nick, aside li .nick', 24, height);
    },
    60_000,
  );

  test('twelve can all be read in the reveal of a phone', async () => {
    const host = await create(server.url, 'Ottokar-Wilhelmm', { rounds: 1, seconds: 60, seats: 12 });
    // The widest do not fit three lines of 60 pixels.
    const nicks = NICKS.filter((nick) => !/^(WW|Ä|な|超)/.test(nick));
    for (const nick of [...nicks, 'たかはしさん', '画画小能手'].slice(0, 10)) await join(server.url, host.code!, nick);
    const page = await enter(browser, server, host.code!, 'Ann', {
      viewport: { width: 360, height: 740 },
    });
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    const times = host.room!.players.map(({ id }, i): [string, number] => [id, 900 + 100 * i]);
    await recognize(server, host, times.slice(0, 11));
    await endPhase(server, host.code!);
    await inPhase(page, 'reveal');
    await settled(page);
    await picture(page, 'reveal-twelve');
    await readable(page, '[data-testid="result"] .nick:not(.you *)', 11, 740);
    const marks = page.locator('[data-testid="ranks"] li').evaluateAll((rows) =>
      rows.map((row) => {
        const [rank, mark, , , score] = [...row.children].map((part) => part.getBoundingClientRect());
        return rank!.right <= mark!.left && score!.right <= row.getBoundingClientRect().right;
      }),
    );
    expect(await marks).toEqual(Array.from({ length: 12 }, () => true));
  }, 30_000);

  test('a phone shows the whole names of three rivals, and of one whose drawing is large', async () => {
    const host = await create(server.url, 'Ottokar-Wilhelmm', { rounds: 1, seconds: 60 });
    for (const nick of ['العصفور السريع', 'Schneller Molch']) await join(server.url, host.code!, nick);
    const page = await enter(browser, server, host.code!, 'Ann', {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
    });
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    const cut = (selector: string) =>
      page.locator(selector).evaluateAll((all) => all.map((each) => each.scrollWidth - each.clientWidth));
    await page.getByTestId('rival').nth(2).waitFor();
    await settled(page);
    expect(await cut('[data-testid="rival"] .nick')).toEqual([0, 0, 0]);
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    await recognize(server, host, [[ann, 900]]);
    await byId(page, 'look').tap();
    await settled(page);
    // As wide as a name gets.
    await byId(page, 'enlarged')
      .locator('h2')
      .evaluate((name) => {
        name.textContent = 'W'.repeat(16);
      });
    expect(await cut('[data-testid="enlarged"] :is(h2, header)')).toEqual([0, 0]);
  }, 30_000);

  test('the button with the people says the figure that it shows, also in Arabic', async () => {
    const host = await create(server.url, 'Mara');
    const page = await browser.open(`${server.url}/r/${host.code}`, { locale: 'ar' });
    await byId(page, 'enter').click();
    for (const count of [1, 2, 3]) {
      await watch(server.url, host.code!);
      const button = byId(page, 'people');
      await expect.poll(async () => (await button.textContent())!.trim()).toBe(`${count}`);
      expect(await button.getAttribute('aria-label')).toContain(`${count}`);
    }
  }, 30_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

/** Whole, in letters of at least a 70th of the screen's height, and not below a medal. */
async function readable(page: Page, selector: string, count: number, height: number): Promise<void> {
  await expect.poll(() => page.locator(selector).count()).toBe(count);
  await settled(page);
  const looks = () =>
    page.locator(selector).evaluateAll((all) =>
      all.map((name) => {
        const { right, left, top, bottom } = name.getBoundingClientRect();
        const others = [...name.parentElement!.children].filter((each) => each !== name);
        const isCovered = others.some((other) => {
          const box = other.getBoundingClientRect();
          return box.left < right - 1 && box.right > left + 1 && box.top < bottom - 1 && box.bottom > top + 1;
        });
        const isCut = name.scrollWidth > name.clientWidth || name.scrollHeight > name.clientHeight + 1;
        return { name: name.textContent, isCut, isCovered, size: Number.parseFloat(getComputedStyle(name).fontSize) };
      }),
    );
  await expect.poll(async () => (await looks()).filter(({ isCut, isCovered }) => isCut || isCovered)).toEqual([]);
  for (const { name, size } of await looks()) expect(size, name!).toBeGreaterThanOrEqual(height / 70);
}
