/** A match of one person, and a race against a ghost. */
import { promptOf } from '../../server/game/match.ts';
import { endPhase } from '../support/party.ts';
import { cut, draw, drawing, third } from './sketches.ts';
import { all, byId, inPhase, OUT, type Pages, settle, shoot, store, url } from './stage.ts';

/** A match of one person: what is drawn is soon recognized, but in the third round. */
export async function solo(pages: Pages, kind: string): Promise<void> {
  const codes = await all(pages, async (page) => {
    await page.goto(url);
    await byId(page, 'play-alone').click();
    await inPhase(page, 'drawing');
    return new URL(page.url()).pathname.split('/').at(-1)!;
  });
  for (const round of [1, 2, 3, 4, 5, 6]) {
    await all(pages, async (page, i) => {
      await inPhase(page, 'drawing');
      const { word } = promptOf((await store.read(codes[i]!))!);
      const ink = drawing(word, i + round);
      const drawn = draw(page, round === 3 ? cut(ink, 0, third(ink)) : ink);
      if (round === 1) {
        // It may be recognized before it is finished, and the round then soon ends.
        await byId(page, 'stamp').waitFor();
        await page.waitForTimeout(600);
        await page.screenshot({ path: `${OUT}/solo-recognized-${pages[i]![0]}-${kind}.png` });
      }
      await drawn;
    });
    if (round === 3) {
      // By then it says that it has not moved.
      await pages[0]![1].waitForTimeout(6000);
      await shoot(pages, 'solo-puzzled', kind);
    }
    await all(pages, (page) => inPhase(page, 'reveal'));
    if (round === 1) {
      await settle(pages[0]![1]);
      await shoot(pages, 'solo-reveal', kind);
    }
    for (const code of codes) await endPhase({ store }, code);
  }
  await all(pages, (page) => inPhase(page, 'podium'));
  await settle(pages[0]![1]);
  await shoot(pages, 'solo-podium', kind);
}

/** A race alone against the best drawing here, on a television, too. */
export async function ghosts(pages: Pages, kind: string): Promise<void> {
  const codes = await all(pages, async (page) => {
    await page.goto(url);
    await byId(page, 'choice-raceGhosts').check();
    await byId(page, 'play-alone').click();
    await inPhase(page, 'countdown');
    return new URL(page.url()).pathname.split('/').at(-1)!;
  });
  const [, desktop] = pages.at(-1)!;
  const tv = await desktop.context().newPage();
  await tv.setViewportSize({ width: 1920, height: 1080 });
  await tv.goto(`${url}/r/${codes.at(-1)}/tv`);
  const screens: Pages = [...pages, ['tv', tv]];
  await all(screens, (page) => inPhase(page, 'drawing'));
  await all(pages, async (page, i) => {
    const ink = drawing(promptOf((await store.read(codes[i]!))!).word, i);
    await draw(page, cut(ink, 0, third(ink)));
  });
  await shoot(screens, 'ghosts-race', kind);
  for (const code of codes) await endPhase({ store }, code);
  await all(screens, (page) => inPhase(page, 'reveal'));
  await desktop.waitForTimeout(3500);
  await shoot(screens, 'ghosts-reveal', kind);
  await tv.close();
  await all(pages, async (page) => {
    await page.goto(url);
    await byId(page, 'choice-raceGhosts').uncheck();
  });
}
