/** Nothing that moves in the race makes its page scroll, not even for a moment. */
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { byId, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { endPhase, enter, recognize } from '../support/party.ts';
import { RACE_PACE, start } from '../support/phone-and-desk.ts';
import { closeAll, create } from '../support/player.ts';
import { settled } from '../support/seen.ts';
import { useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('the page of a race', () => {
  const server = useServer({ pace: { ...RACE_PACE, reveal: 60_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  test('never scrolls: in the countdown, at the start, at a recognition and in the reveal', async () => {
    const host = await create(server.url, 'Hana', { rounds: 2, seconds: 60, seats: 12 });
    const sizes = [PHONE, { width: 844, height: 390 }, { width: 1440, height: 900 }];
    const pages: Page[] = [];
    for (const [i, viewport] of sizes.entries())
      pages.push(await enter(browser, server, host.code!, `Rival ${i}`, { viewport }));
    const tv = await browser.open(`${server.url}/r/${host.code}/tv`, { viewport: { width: 1920, height: 1080 } });
    pages.push(await browser.open(`${server.url}/r/${host.code}?watch`), tv);
    await Promise.all(pages.map((page) => page.evaluate(watchOverflow)));
    await start(host, ...pages);
    await Promise.all(pages.map((page) => settled(page)));
    for (const { id, nick } of host.room!.players) if (nick !== 'Hana') await recognize(server, host, [[id, 900]]);
    await Promise.all(pages.slice(0, 3).map((page) => byId(page, 'stamp').waitFor()));
    await Promise.all(pages.map((page) => settled(page)));
    await endPhase(server, host.code!);
    await Promise.all(pages.map((page) => inPhase(page, 'reveal')));
    await Promise.all(pages.map((page) => settled(page)));
    for (const page of pages) {
      const seen = await page.evaluate(() => (globalThis as never as { seen: Record<string, number[]> }).seen);
      expect(Object.keys(seen)).toEqual(expect.arrayContaining(['countdown', 'drawing', 'reveal']));
      for (const [phase, most] of Object.entries(seen))
        expect(most, `${phase} at ${page.viewportSize()!.width}`).toEqual([0, 0]);
    }
  }, 60_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});

/** Remembers, for each phase of the race, by how much its content was ever larger than the window. */
function watchOverflow(): void {
  const { seen } = Object.assign(globalThis, { seen: {} as Record<string, number[]> });
  requestAnimationFrame(function look() {
    const phase = document.querySelector<HTMLElement>('[data-phase]')?.dataset.phase;
    const { scrollWidth, scrollHeight } = document.documentElement;
    const now = [scrollWidth - innerWidth, scrollHeight - innerHeight];
    if (phase && phase !== 'lobby') seen[phase] = (seen[phase] ?? [0, 0]).map((most, i) => Math.max(most, now[i]!));
    requestAnimationFrame(look);
  });
}
