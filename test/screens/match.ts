/** A match of seven, and one of its drawings watched again. */
import type { Page } from 'playwright-core';
import { endPhase } from '../support/party.ts';
import { join, type Player, phase } from '../support/player.ts';
import { visitor } from './outside.ts';
import { cut, draw, drawing, OTHER, scribble, third } from './sketches.ts';
import { all, byId, inPhase, OUT, type Pages, settle, shoot, store, url } from './stage.ts';

/** A match of seven, with watchers and a television. */
export async function match(pages: Pages, kind: string): Promise<void> {
  const [, desktop] = pages.find(([size]) => size === 'desktop')!;
  await desktop.goto(url);
  await byId(desktop, 'nick').fill('Mara');
  await byId(desktop, 'create-room').click();
  await inPhase(desktop, 'lobby');
  const code = new URL(desktop.url()).pathname.split('/').at(-1)!;
  const friends: Player[] = [];
  for (const nick of ['Jonas', 'Aiko', 'Tomás', 'Priya']) friends.push(await join(url, code, nick, await visitor()));
  for (const [size, page] of pages) {
    if (page === desktop) continue;
    await page.goto(`${url}/r/${code}`);
    await byId(page, 'nick').fill(size === 'phone' ? 'Zoë' : 'Kofi');
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
  }
  await friends[0]!.ask('chat', { text: 'Ready when you are' });
  const watchers = await all(pages, async (beside) => {
    const page = await beside.context().newPage();
    await page.goto(`${url}/r/${code}?watch`);
    return page;
  });
  const watching = pages.map(([size], i) => [size, watchers[i]] as [string, Page]);
  const tv = await desktop.context().newPage();
  await tv.setViewportSize({ width: 1920, height: 1080 });
  await tv.goto(`${url}/r/${code}/tv`);
  const shootTv = (screen: string) => tv.screenshot({ path: `${OUT}/tv-${screen}-${kind}.png` });
  await inPhase(tv, 'lobby');
  await settle(desktop);
  await shoot(pages, 'lobby', kind);
  await shootTv('lobby');

  const rounds = byId(desktop, 'settings-rounds');
  for (let left = 5; left >= 2; left--) {
    await rounds.getByRole('button').first().click();
    await desktop.waitForSelector(`[data-testid="settings-rounds"][data-value="${left}"]`);
  }
  const seconds = byId(desktop, 'settings-seconds');
  while ((await seconds.getAttribute('data-value')) !== '120') {
    const before = await seconds.getAttribute('data-value');
    await seconds.getByRole('button').last().click();
    await desktop.waitForSelector(`[data-testid="settings-seconds"]:not([data-value="${before}"])`);
  }
  await byId(desktop, 'start').click();
  await all(pages, (page) => inPhase(page, 'countdown'));
  await desktop.waitForTimeout(500);
  await shoot(pages, 'countdown', kind);
  for (const round of [1, 2]) {
    await all(pages, (page) => inPhase(page, 'drawing'));
    const { prompt } = await phase(friends[0]!, 'drawing');
    // One of them misunderstood, so that the race goes on to its end.
    for (const [i, friend] of friends.entries()) void scribble(friend, drawing(i === 3 ? OTHER : prompt, i + round));
    const inks = pages.map((_, i) => drawing(prompt, i + 4 + round));
    await all(pages, (page, i) => draw(page, cut(inks[i]!, 0, third(inks[i]!))));
    if (round === 1) {
      await shoot(pages, 'race', kind);
      await shoot(watching, 'watch', kind);
      await shootTv('race');
    }
    await all(pages, (page, i) => draw(page, cut(inks[i]!, third(inks[i]!))));
    await settle(desktop);
    if (round === 1) await shoot(pages, 'recognized', kind);
    else {
      await all(pages, (page) => page.context().setOffline(true));
      await desktop.waitForTimeout(4000);
      await shoot(pages, 'offline', kind);
      await all(pages, (page) => page.context().setOffline(false));
    }
    await endPhase({ store }, code);
    await all(pages, (page) => inPhase(page, 'reveal'));
    // All drawings have appeared.
    await desktop.waitForTimeout(3500);
    if (round === 1) {
      await shoot(pages, 'reveal', kind);
      await shootTv('reveal');
    }
    await endPhase({ store }, code);
  }
  await all(pages, (page) => inPhase(page, 'podium'));
  await settle(desktop);
  await desktop.waitForTimeout(900);
  await shoot(pages, 'podium', kind);
  await shootTv('podium');
  await replay(pages, friends[0]!, kind);
  // Pages that nobody looks at any more would slow down the pens of those that follow.
  for (const page of [...watchers, tv]) await page.close();
}

/** A drawing of the winner of the match that just ended, watched again, with what the network saw. */
async function replay(pages: Pages, player: Player, kind: string): Promise<void> {
  const { standing } = await phase(player, 'podium');
  const answer = await player.ask('replays', {});
  const names = (answer.ok && answer.replays) || [];
  const id = names.find((each) => each.round === 1 && each.player === standing[0]!.player)!.id;
  while ((await fetch(`${url}/api/replays/${id}`)).status !== 200) await settle(pages[0]![1]);
  await all(pages, async (page) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`${url}/replay/${id}`);
    await byId(page, 'player').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'replay', kind);
  await all(pages, async (page) => {
    await byId(page, 'open-seen').click();
    await byId(page, 'strokes-read').waitFor({ timeout: 60_000 });
    await byId(page, 'seen').scrollIntoViewIfNeeded();
    await byId(page, 'weights').scrollIntoViewIfNeeded();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'replay-seen', kind);
  await all(pages, (page) => page.emulateMedia({ reducedMotion: null }));
}
