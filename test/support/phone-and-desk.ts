/** A race as a phone and a desk see it, for the tests of its page. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD, prefix } from '../../shared/ink.ts';
import type { PhaseView } from '../../shared/protocol.ts';
import type { TestBrowser } from './browser.ts';
import { byId, inPhase, PHONE } from './browser.ts';
import { enter } from './party.ts';
import { create, join, type Player, phase } from './player.ts';
import { drawingsOf, SAMPLE_WORDS } from './quickdraw.ts';
import type { TestServer } from './server.ts';
import { QUICK } from './server.ts';

const TOUCH: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };
export const LONG_NICK = 'WWWWWWWWWWWWWWWW';
export const RACE_PACE = { ...QUICK, countdown: 700, reveal: 1000 };

/** Opens a room with a phone and a desk in it, and with players without a page who do nothing by themselves. */
export const phoneAndDesk =
  (server: TestServer, browser: TestBrowser) =>
  async (settings: { seconds: number; rounds?: number }, ...nicks: string[]) => {
    const host = await create(server.url, 'Hana', { rounds: 1, seats: 12, difficulty: 'easy', ...settings });
    for (const nick of nicks) await join(server.url, host.code!, nick);
    const [phone, desk] = await Promise.all([
      enter(browser, server, host.code!, 'Ann', TOUCH),
      enter(browser, server, host.code!, 'Ben'),
    ]);
    return { host, phone, desk };
  };

export async function start(host: Player, ...pages: Page[]): Promise<PhaseView & { name: 'drawing' }> {
  await host.ask('start', {});
  await Promise.all(pages.map((page) => inPhase(page, 'drawing')));
  return phase(host, 'drawing');
}

/** The beginning of a real drawing, of which the network makes least. */
export async function puzzling({ recognizer }: TestServer): Promise<Stroke[]> {
  const all = SAMPLE_WORDS.flatMap((word) => drawingsOf(word, 3)).map((ink) => prefix(ink, 0.3));
  const looks = await recognizer.recognize(all);
  const best = looks.map((look) => Math.max(...look));
  return all[best.indexOf(Math.min(...best))]!.strokes;
}

export async function drawWithTouch(page: Page, strokes: Stroke[]): Promise<void> {
  const box = (await byId(page, 'board').boundingBox())!;
  const cdp = await page.context().newCDPSession(page);
  const at = (stroke: Stroke, i: number) => [
    {
      x: box.x + box.width * (0.1 + (0.8 * stroke[i]!) / BOARD),
      y: box.y + box.height * (0.1 + (0.8 * stroke[i + 1]!) / BOARD),
    },
  ];
  for (const stroke of strokes) {
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(stroke, 0) });
    for (let i = 2; i < stroke.length; i += 2)
      await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(stroke, i) });
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }
}

export interface Bar {
  word: string;
  share: number;
}
/** The guesses beside the board. */
export const bars = (page: Page): Promise<Bar[]> =>
  page.getByTestId('guess-bar').evaluateAll((rows) =>
    rows
      .filter((row) => row instanceof HTMLElement && row.dataset.word)
      .map((row) => ({
        word: (row as HTMLElement).dataset.word!,
        share: Number((row as HTMLElement).dataset.share),
      })),
  );
