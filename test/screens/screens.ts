/**
 * Pictures of every screen, for people to look at: `npm run screens` writes docs/screens/. A real match of real drawings,
 * judged by the real network; phone, phone on its side and desktop, by day and by night, and one from right to left.
 * `npm run screens -- ghosts daily` takes only those.
 * Those of /explore are taken if there is something to explore: EXPLORE_DATA, and DATA_DIR with its index (docs/explore.md).
 */
import { promptOf } from '../../server/game/match.ts';
import { closeAll } from '../support/player.ts';
import { beat, daily, explore, gallery, hang } from './archive.ts';
import { classroom } from './class.ts';
import { lab } from './lab.ts';
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

/** What takes pictures, by the name that one can ask for. */
const TAKES = { outside, alone, match, solo, ghosts, gallery, explore, daily, beat, lab, class: classroom };
const ARABIC = { arabic, gallery, explore, lab, class: classroom };
const wanted = process.argv.slice(2);

async function take(from: Record<string, (pages: Pages, kind: string) => Promise<void>>, pages: Pages, kind: string) {
  for (const [name, each] of Object.entries(from))
    if (wanted.length === 0 || wanted.includes(name)) await each(pages, kind);
  closeAll();
  await all(pages, (page) => page.context().close());
}

await leader();
await hang();
for (const colorScheme of ['light', 'dark'] as const) await take(TAKES, await open({ colorScheme }), colorScheme);
await take(ARABIC, await open({ locale: 'ar', colorScheme: 'light' }), 'arabic');

await close();
process.exit(0);
