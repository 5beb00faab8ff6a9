/**
 * Pictures of every screen, for people to look at: `npm run screens` writes docs/screens/. A real match of real drawings,
 * judged by the real network; phone, phone on its side and desktop, by day and by night, and one from right to left.
 * Those of /explore are taken if there is something to explore: EXPLORE_DATA, and DATA_DIR with its index (docs/explore.md).
 */
import { existsSync, mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { createApp } from '../../server/app.ts';
import { memoryBackend } from '../../server/backend.ts';
import { readConfig } from '../../server/config.ts';
import type { ChallengeRoom } from '../../server/game/game.ts';
import { PACE } from '../../server/game/game.ts';
import { promptOf } from '../../server/game/match.ts';
import { step } from '../../server/game/step.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import { createLog } from '../../server/log.ts';
import { dayOf } from '../../shared/daily.ts';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD, inkLength } from '../../shared/ink.ts';
import { judge } from '../../shared/verdict.ts';
import { endPhase } from '../support/party.ts';
import { closeAll, create, join, type Player, phase, stroke } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { drawUntilRecognized } from '../support/race.ts';
import { saveReplay } from '../support/records.ts';
import { asking } from '../support/words.ts';

const OUT = 'docs/screens';
const SIZES: Record<string, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, deviceScaleFactor: 1.5 },
  landscape: { viewport: { width: 844, height: 390 }, hasTouch: true, deviceScaleFactor: 1.5 },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const log = createLog('error');
// Their beginnings leave the network wondering about something else; its guesses are what a race is about.
const PROMPTS = ['angel', 'kangaroo', 'snail', 'crown', 'toaster', 'fan'];
/** In the match, each with a drawing of their own. */
const PLAYERS = 7;
/** What somebody draws who misunderstood the prompt. */
const OTHER = 'whale';
/** What drawings in the galleries were taken for on the way. */
const recognizedAs: Record<string, string[]> = {
  snail: ['snake', 'squiggle'],
  crown: ['mountain'],
  angel: ['butterfly', 'star'],
  kangaroo: ['rabbit'],
  toaster: ['oven'],
  fan: ['windmill'],
  whale: ['fish'],
};
const recognizer = asking(await startRecognizer({}), PROMPTS);
const { EXPLORE_DATA, DATA_DIR } = process.env;
const config = readConfig({ PORT: '0', HOST: '127.0.0.1', EXPLORE_DATA, DATA_DIR });
const backend = memoryBackend();
const { store } = backend;
// A reveal lasts until its pictures are taken, however slow the machine is; so does a round in which most are recognized.
const pace = { ...PACE, hurry: 60_000, reveal: 300_000 };
const app = createApp({ config, log, recognizer, backend, pace });
const url = `http://127.0.0.1:${await app.listen()}`;
const executablePath = CHROMIUM.find((path) => path && existsSync(path));
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
mkdirSync(OUT, { recursive: true });

const byId = (page: Page, id: string) => page.getByTestId(id).first();
const inPhase = (page: Page, name: string) => page.waitForSelector(`[data-phase="${name}"]`, { timeout: 60_000 });
const settle = (page: Page) => page.waitForTimeout(900);

/** The drawing in the middle of the board. */
function centred(strokes: Stroke[]): Stroke[] {
  const xs = strokes.flatMap((s) => s.filter((_, i) => i % 2 === 0));
  const ys = strokes.flatMap((s) => s.filter((_, i) => i % 2 === 1));
  const size = 0.82;
  const dx = (BOARD - size * (Math.min(...xs) + Math.max(...xs))) / 2;
  const dy = (BOARD - size * (Math.min(...ys) + Math.max(...ys))) / 2;
  return strokes.map((s) => s.map((value, i) => Math.round(value * size + (i % 2 ? dy : dx))));
}

/** The drawings of the word that the network recognizes, the surest first: chance must not decide what the pictures show. */
async function recognizedOf(word: string): Promise<Stroke[][]> {
  const inks = drawingsOf(word, 30).map(({ strokes }) => ({ rev: 0, strokes: centred(strokes) }));
  const looks = await recognizer.recognize(inks);
  const known = inks
    .map((ink, i) => ({ ...ink, ...judge(recognizer.words, word, looks[i]!, inkLength(ink)) }))
    .filter(({ recognized }) => recognized)
    .sort((a, b) => b.target - a.target);
  if (known.length < PLAYERS) throw new Error(`the network recognizes too few drawings of ${word}`);
  return known.slice(0, PLAYERS).map(({ strokes }) => strokes);
}
const drawings = new Map<string, Stroke[][]>();
for (const word of [...PROMPTS, OTHER]) drawings.set(word, await recognizedOf(word));

function drawing(word: string, n: number): Stroke[] {
  const all = drawings.get(word)!;
  return all[n % all.length]!;
}

/** The strokes between two of the drawing's coordinates; a cut stroke starts at the cut. */
function cut(ink: Stroke[], from: number, to = Number.POSITIVE_INFINITY): Stroke[] {
  let start = 0;
  return ink.flatMap((s) => {
    const part = s.slice(Math.max(0, from - start), Math.max(0, to - start));
    start += s.length;
    return part.length > 0 ? [part] : [];
  });
}

/** Where a third of a drawing ends: at that the network has something to wonder about. */
const third = (ink: Stroke[]): number => Math.floor(ink.flat().length / 6) * 2;

async function draw(page: Page, strokes: Stroke[]): Promise<void> {
  const box = (await byId(page, 'board').boundingBox())!;
  const at = (s: Stroke, i: number) =>
    [box.x + (box.width * s[i]!) / BOARD, box.y + (box.height * s[i + 1]!) / BOARD] as const;
  for (const s of strokes) {
    // The round may have ended: a click would then skip the reveal.
    if (!(await byId(page, 'board').isVisible())) return;
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

type Pages = [size: string, page: Page][];

const open = (options: BrowserContextOptions): Promise<Pages> =>
  Promise.all(
    Object.entries(SIZES).map(async ([size, more]) => {
      const context = await browser.newContext({ locale: 'en-GB', ...options, ...more });
      return [size, await context.newPage()] as [string, Page];
    }),
  );
const all = <T>(pages: Pages, go: (page: Page, i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(pages.map(([, page], i) => go(page, i)));
const shoot = async (pages: Pages, screen: string, kind: string) => {
  for (const [size, page] of pages) await page.screenshot({ path: `${OUT}/${screen}-${size}-${kind}.png` });
};

/** A room in which somebody else plays: it is seen on the home page, at its door, and when one is thrown out. */
async function neighbours(): Promise<Player> {
  const host = await create(url, 'Nuria', { public: true, seats: 12 });
  for (const nick of ['Sam', 'Lin']) await join(url, host.code!, nick);
  return host;
}

/** What the leaderboards know somebody by. */
async function visitor(): Promise<{ Cookie: string }> {
  return { Cookie: (await fetch(url)).headers.get('set-cookie')!.split(';')[0]! };
}

/** Somebody's match alone, which leads the day. */
async function leader(): Promise<void> {
  const alone = await create(url, 'Priya', { rounds: 1, seconds: 20, difficulty: 'easy' }, await visitor());
  await alone.ask('start', {});
  await phase(alone, 'drawing');
  await drawUntilRecognized(alone);
  await phase(alone, 'reveal');
  await endPhase({ store }, alone.code!);
  await phase(alone, 'podium');
}

/** Practice at home while there is no network. */
async function alone(pages: Pages, kind: string): Promise<void> {
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
async function outside(pages: Pages, kind: string): Promise<void> {
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

/** A match of seven, with watchers and a television. */
async function match(pages: Pages, kind: string): Promise<void> {
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

/** A match of one person: what is drawn is soon recognized, but in the third round. */
async function solo(pages: Pages, kind: string): Promise<void> {
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

const AT = [3100, 4700, 8200, 14_500, null, 4100];

/** A match whose words the server has. In each round everybody is recognized at that time, by the rules. ms */
async function race(pages: Pages, times: (number | null)[]): Promise<void> {
  for (const at of times) {
    await all(pages, (page) => inPhase(page, 'drawing'));
    for (const [, page] of pages) {
      const code = new URL(page.url()).pathname.split('/').at(-1)!;
      await store.update(code, (game) => {
        if (at === null) return game;
        const { round, seats } = game;
        const { word } = promptOf(game);
        return step(game, { type: 'recognized', id: seats[0]!.id, round, at, word, probability: 0.9 }, Date.now());
      });
      await endPhase({ store }, code);
      await inPhase(page, 'reveal');
      await endPhase({ store }, code);
    }
  }
}

/** The day's six: before a try, and after it, among others who played. */
async function daily(pages: Pages, kind: string): Promise<void> {
  const day = dayOf(Date.now());
  for (const [i, nick] of ['Priya', 'Jonas', 'Aiko', 'Tomás', 'Nuria', 'Sam', 'Lin'].entries())
    await backend.dailies.record({
      ...{ day, nick, session: nick, match: nick },
      ...{ score: 4980 - 310 * i, rounds: [] },
    });
  await all(pages, async (page) => {
    await page.goto(`${url}/daily`);
    await byId(page, 'daily-play').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'daily', kind);
  await all(pages, (page) => byId(page, 'daily-play').click());
  await race(pages, AT);
  await all(pages, async (page) => {
    await byId(page, 'daily-open').click();
    await byId(page, 'daily-result').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'daily-result', kind);
}

/** A challenge: before it is raced, and after that. */
async function beat(pages: Pages, kind: string): Promise<void> {
  const owner = 'o'.repeat(22);
  const rounds: ChallengeRoom['rounds'] = [];
  for (const [i, at] of [2900, 6100, null, 9800, 5200, 4300].entries()) {
    const word = PROMPTS[i]!;
    const replay = await saveReplay(backend.replays, { word, strokes: drawing(word, i), ms: at }, { owner });
    rounds.push({ word, replay, at });
  }
  const id = `${kind}-${'x'.repeat(21)}`.slice(0, 22);
  await backend.challenges.save({ id, owner, nick: 'Aiko', mark: 4, seconds: 20, rounds });
  const tries: [nick: string, times: (number | null)[]][] = [
    ['Tomás', [null, 7000, 4100, 11_000, null, 4000]],
    ['Maximilian Braun', [2100, 5100, null, 12_000, 4100, 5000]],
  ];
  for (const [nick, times] of tries) await backend.challenges.record(id, { owner: nick, nick, times });
  await all(pages, async (page) => {
    await page.goto(`${url}/beat/${id}`);
    await byId(page, 'beat-play').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'beat', kind);
  await all(pages, (page) => byId(page, 'beat-play').click());
  await race(pages, AT);
  await all(pages, async (page) => {
    await byId(page, 'beat-open').click();
    await byId(page, 'beat-duel').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'beat-result', kind);
}

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

/** The galleries, with drawings that people here show. */
async function hang(): Promise<void> {
  const words = Object.keys(recognizedAs);
  for (const [n, word] of words.entries())
    for (const [i, strokes] of (await recognizedOf(word)).entries()) {
      const drawn = {
        word,
        strokes,
        ms: 3200 + 900 * ((3 * i + n) % 7),
        thoughts: recognizedAs[word]!.slice(0, i % 3),
      };
      await saveReplay(backend.replays, { ...drawn, nick: i % 2 ? 'Priya' : '' }, { passes: true });
    }
}

async function gallery(pages: Pages, kind: string): Promise<void> {
  await all(pages, (page) => page.goto(`${url}/gallery`));
  await all(pages, (page) => byId(page, 'word').locator('canvas').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'gallery', kind);
  await all(pages, (page) => page.goto(`${url}/gallery/snail`));
  await all(pages, (page) => byId(page, 'drawing').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'gallery-word', kind);
  await all(pages, (page) => byId(page, 'real').waitFor());
  await all(pages, (page) => byId(page, 'real').evaluate((section) => section.scrollIntoView()));
  await settle(pages[0]![1]);
  await shoot(pages, 'gallery-wrong', kind);
}

/** Drawings of Quick, Draw!: a wall, what Americans and Britons plug into, and whom the network knows less well. */
async function explore(pages: Pages, kind: string): Promise<void> {
  if (!EXPLORE_DATA) return;
  const views = [
    ['explore-wall', 'explore/cat', 'wall'],
    ['explore-compare', 'explore/power%20outlet?view=compare&who=US&against=GB', 'compare'],
    ['explore-biases', 'explore?view=biases', 'biases-countries'],
  ] as const;
  for (const [screen, path, id] of views) {
    await all(pages, async (page) => {
      await page.goto(`${url}/${path}`);
      await byId(page, id).waitFor();
      await page.waitForLoadState('networkidle');
    });
    await settle(pages[0]![1]);
    await shoot(pages, screen, kind);
  }
}

await leader();
await hang();
for (const colorScheme of ['light', 'dark'] as const) {
  const pages = await open({ colorScheme });
  await outside(pages, colorScheme);
  await alone(pages, colorScheme);
  await match(pages, colorScheme);
  await solo(pages, colorScheme);
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

await browser.close();
await app.close();
process.exit(0);
