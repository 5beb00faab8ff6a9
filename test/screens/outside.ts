/** Home, a door, being thrown out, and practice without a network. */
import { endPhase } from '../support/party.ts';
import { create, join, type Player, phase } from '../support/player.ts';
import { drawUntilRecognized } from '../support/race.ts';
import { cut, draw, drawing, third } from './sketches.ts';
import { all, byId, inPhase, type Pages, settle, shoot, store, url } from './stage.ts';

/** A room in which somebody else plays: it is seen on the home page, at its door, and when one is thrown out. */
async function neighbours(): Promise<Player> {
  const host = await create(url, 'Nuria', { public: true, seats: 12 });
  for (const nick of ['Sam', 'Lin']) await join(url, host.code!, nick);
  return host;
}

/** What the leaderboards know somebody by. */
export async function visitor(): Promise<{ Cookie: string }> {
  return { Cookie: (await fetch(url)).headers.get('set-cookie')!.split(';')[0]! };
}

/** Somebody's match alone, which leads the day. */
export async function leader(): Promise<void> {
  const alone = await create(url, 'Priya', { rounds: 1, seconds: 20, difficulty: 'easy' }, await visitor());
  await alone.ask('start', {});
  await phase(alone, 'drawing');
  await drawUntilRecognized(alone);
  await phase(alone, 'reveal');
  await endPhase({ store }, alone.code!);
  await phase(alone, 'podium');
}

/** Practice at home while there is no network. */
export async function alone(pages: Pages, kind: string): Promise<void> {
  await all(pages, async (page) => {
    await page.goto(url);
    // It is kept once the page has nothing else to do.
    const kept = () => page.evaluate(async () => (await (await caches.open('machine')).keys()).length);
    while ((await kept()) < 5) await page.waitForTimeout(200);
    await page.context().setOffline(true);
    await page.reload();
    await byId(page, 'practise').click();
    await page.locator('[data-state="ready"]').waitFor();
    await byId(page, 'board').scrollIntoViewIfNeeded();
    const ink = drawing('angel', 1);
    await draw(page, cut(ink, 0, third(ink)));
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'practice', kind);
  await all(pages, (page) => page.context().setOffline(false));
}

/** Home, a door, being thrown out. */
export async function outside(pages: Pages, kind: string): Promise<void> {
  const host = await neighbours();
  await all(pages, (page) => page.goto(url));
  await pages[0]![1].waitForTimeout(2600);
  await shoot(pages, 'home', kind);
  await all(pages, (page) => page.goto(`${url}/r/${host.code}`));
  await settle(pages[0]![1]);
  await shoot(pages, 'door', kind);
  await all(pages, async (page, i) => {
    await byId(page, 'nick').fill(['Zoë', 'Kofi', 'Mara'][i]!);
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
  });
  for (const { id } of host.room!.players.slice(3)) await host.ask('kick', { player: id });
  await all(pages, (page) => byId(page, 'gone').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'gone', kind);
  host.socket.disconnect();
}
