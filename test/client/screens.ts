/**
 * Pictures of every screen, for people to look at: `npm run screens` writes docs/screens/. A real match of real drawings,
 * judged by the real network; phone, phone on its side and desktop, by day and by night, and one from right to left.
 */
import { existsSync, mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { PACE } from '../../server/game.ts';
import { createLog } from '../../server/log.ts';
import { startRecognizer } from '../../server/recognizer.ts';
import { createMemoryStore } from '../../server/store.ts';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD } from '../../shared/ink.ts';
import { drawn } from '../support/drawings.ts';
import { closeAll, join, type Player, phase, stroke } from '../support/player.ts';
import { drawingsOf, hasData } from '../support/quickdraw.ts';

const OUT = 'docs/screens';
const SIZES: Record<string, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, deviceScaleFactor: 2 },
  landscape: { viewport: { width: 844, height: 390 }, hasTouch: true, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const log = createLog('error');
const recognizer = await startRecognizer({});
const config = readConfig({ PORT: '0', HOST: '127.0.0.1' });
const app = createApp({ config, log, recognizer, store: createMemoryStore(), pace: { ...PACE, reveal: 15_000 } });
const url = `http://127.0.0.1:${await app.listen()}`;
const executablePath = CHROMIUM.find((path) => path && existsSync(path));
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
mkdirSync(OUT, { recursive: true });

const byId = (page: Page, id: string) => page.getByTestId(id).first();
const inPhase = (page: Page, name: string) => page.waitForSelector(`[data-phase="${name}"]`, { timeout: 60_000 });
const settle = (page: Page) => page.waitForTimeout(900);

/** A drawing of the word, in the middle of the board; without the data set, something. */
function drawing(word: string, n: number): Stroke[] {
  const strokes = hasData ? drawingsOf(word, 12)[n % 12]!.strokes : Object.values(drawn)[n % 7]!.strokes;
  const xs = strokes.flatMap((s) => s.filter((_, i) => i % 2 === 0));
  const ys = strokes.flatMap((s) => s.filter((_, i) => i % 2 === 1));
  const size = 0.82;
  const dx = (BOARD - size * (Math.min(...xs) + Math.max(...xs))) / 2;
  const dy = (BOARD - size * (Math.min(...ys) + Math.max(...ys))) / 2;
  return strokes.map((s) => s.map((value, i) => Math.round(value * size + (i % 2 ? dy : dx))));
}

async function draw(page: Page, strokes: Stroke[]): Promise<void> {
  const box = (await byId(page, 'board').boundingBox())!;
  const at = (s: Stroke, i: number) =>
    [box.x + (box.width * s[i]!) / BOARD, box.y + (box.height * s[i + 1]!) / BOARD] as const;
  for (const s of strokes) {
    await page.mouse.move(...at(s, 0));
    await page.mouse.down();
    for (let i = 2; i < s.length; i += 2) await page.mouse.move(...at(s, i), { steps: 3 });
    await page.mouse.up();
  }
}

/** A friend draws at a person's pace. */
async function scribble(friend: Player, strokes: Stroke[]): Promise<void> {
  for (const s of strokes) {
    stroke(friend, s);
    await new Promise((done) => setTimeout(done, 350));
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  const pages = Object.fromEntries(
    await Promise.all(
      Object.entries(SIZES).map(async ([size, options]) => {
        const context = await browser.newContext({ locale: 'en-GB', colorScheme, ...options });
        return [size, await context.newPage()] as [string, Page];
      }),
    ),
  );
  const desktop = pages.desktop!;
  const everybody = Object.entries(pages);
  const shoot = async (screen: string) => {
    for (const [size, page] of everybody)
      await page.screenshot({ path: `${OUT}/${screen}-${size}-${colorScheme}.png` });
  };

  await Promise.all(everybody.map(([, page]) => page.goto(url)));
  await desktop.waitForTimeout(2200);
  await shoot('home');
  await byId(desktop, 'nick').fill('Mara');
  await byId(desktop, 'create-room').click();
  await inPhase(desktop, 'lobby');
  const code = new URL(desktop.url()).pathname.split('/').at(-1)!;
  const friends: Player[] = [];
  for (const nick of ['Jonas', 'Aiko', 'Tomás', 'Priya']) friends.push(await join(url, code, nick));
  for (const [page, nick] of [
    [pages.phone!, 'Zoë'],
    [pages.landscape!, 'Kofi'],
  ] as const) {
    await page.goto(`${url}/r/${code}`);
    await byId(page, 'nick').fill(nick);
    await byId(page, 'enter').click();
    await inPhase(page, 'lobby');
  }
  await friends[0]!.ask('say', { text: 'Ready when you are' });
  await settle(desktop);
  await shoot('lobby');
  const watcher = await desktop.context().newPage();
  await watcher.goto(`${url}/r/${code}?watch`);
  const tv = await desktop.context().newPage();
  await tv.goto(`${url}/r/${code}/tv`);

  const rounds = byId(desktop, 'settings-rounds');
  for (let left = 5; left >= 2; left--) {
    await rounds.getByRole('button').first().click();
    await desktop.waitForSelector(`[data-testid="settings-rounds"][data-value="${left}"]`);
  }
  const seconds = byId(desktop, 'settings-seconds');
  for (const value of [30, 45]) {
    await seconds.getByRole('button').last().click();
    await desktop.waitForSelector(`[data-testid="settings-seconds"][data-value="${value}"]`);
  }
  await byId(desktop, 'start').click();
  for (const round of [1, 2]) {
    await Promise.all(everybody.map(([, page]) => inPhase(page, 'drawing')));
    const { prompt } = await phase(friends[0]!, 'drawing');
    for (const [i, friend] of friends.entries()) void scribble(friend, drawing(prompt, i + round));
    await Promise.all(everybody.map(([, page], i) => draw(page, drawing(prompt, i + 4 + round))));
    await settle(desktop);
    if (round === 1) {
      await shoot('race');
      await watcher.screenshot({ path: `${OUT}/watch-desktop-${colorScheme}.png` });
      await tv.screenshot({ path: `${OUT}/tv-desktop-${colorScheme}.png` });
    }
    await Promise.all(everybody.map(([, page]) => inPhase(page, 'reveal')));
    await settle(desktop);
    if (round === 1) await shoot('reveal');
  }
  await Promise.all(everybody.map(([, page]) => inPhase(page, 'podium')));
  await settle(desktop);
  await desktop.waitForTimeout(900);
  await shoot('podium');
  closeAll();
  for (const [, page] of everybody) await page.context().close();
}

const context = await browser.newContext({ locale: 'ar', colorScheme: 'light', ...SIZES.phone });
const page = await context.newPage();
await page.goto(url);
await page.waitForTimeout(2200);
await page.screenshot({ path: `${OUT}/home-phone-arabic.png` });
await byId(page, 'play-alone').click();
await inPhase(page, 'drawing');
await draw(page, drawing('house', 1));
await settle(page);
await page.screenshot({ path: `${OUT}/race-phone-arabic.png` });

await browser.close();
await app.close();
process.exit(0);
