/**
 * Pictures of every screen, for people to look at: `npm run screens` writes docs/screens/. A real match of real drawings,
 * judged by the real network; phone, phone on its side and desktop, by day and by night, and one from right to left.
 * Those of /explore are taken if there is something to explore: EXPLORE_DATA, and DATA_DIR with its index (docs/explore.md).
 */
import { promptOf } from '../../server/game/match.ts';
import { closeAll } from '../support/player.ts';
import { beat, daily, explore, gallery, hang } from './archive.ts';
import { match } from './match.ts';
import { alone, leader, outside } from './outside.ts';
import { cut, draw, drawing, third } from './sketches.ts';
import { ghosts, solo } from './solo.ts';
import { all, byId, close, inPhase, open, type Pages, settle, shoot, store, url } from './stage.ts';

/** From right to left: home, and a race alone. */
async function arabic(pages: Pages): Promise<void> {
  await all(pages, (page) => page.goto(url));
  await pages[0]![1].waitForTimeout(2600);
  await shoot(pages, 'home', 'arabic');
  await all(pages, async (page) => {
    await byId(page, 'play-alone').click();
    await inPhase(page, 'drawing');
    const game = (await store.read(new URL(page.url()).pathname.split('/').at(-1)!))!;
    const ink = drawing(promptOf(game).word, 1);
    await draw(page, cut(ink, 0, third(ink)));
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'race', 'arabic');
  await daily(pages, 'arabic');
  await beat(pages, 'arabic');
}

await leader();
await hang();
for (const colorScheme of ['light', 'dark'] as const) {
  const pages = await open({ colorScheme });
  await outside(pages, colorScheme);
  await alone(pages, colorScheme);
  await match(pages, colorScheme);
  await solo(pages, colorScheme);
  await ghosts(pages, colorScheme);
  await gallery(pages, colorScheme);
  await explore(pages, colorScheme);
  await daily(pages, colorScheme);
  await beat(pages, colorScheme);
  closeAll();
  await all(pages, (page) => page.context().close());
}
const arabicPages = await open({ locale: 'ar', colorScheme: 'light' });
await arabic(arabicPages);
await gallery(arabicPages, 'arabic');
await explore(arabicPages, 'arabic');

await close();
process.exit(0);
