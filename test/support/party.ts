/** Rooms of people without a page, so that nothing there waits for a click; and pages that take a seat in them. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Pace } from '../../server/game/game.ts';
import { step } from '../../server/game/step.ts';
import type { Settings } from '../../shared/protocol.ts';
import type { TestBrowser } from './browser.ts';
import { byId, inLobby } from './browser.ts';
import { drawn } from './drawings.ts';
import type { Player } from './player.ts';
import { create, join, phase, stroke, strokes, until } from './player.ts';
import type { TestServer } from './server.ts';

export interface Party {
  host: Player;
  page: Page;
  start(): Promise<unknown>;
  /** Ends the phase of now. */
  end(): Promise<unknown>;
  /** What the page drew, as the host sees it. */
  drawn(): number[][];
}

interface Wishes extends BrowserContextOptions {
  settings?: Partial<Settings>;
  pace?: Partial<Pace>;
  /** Run in the page before anything else. */
  before?: () => void;
}

/** A page that takes a seat as `nick`, and is in the lobby. */
export async function enter(
  browser: TestBrowser,
  { url }: { url: string },
  code: string,
  nick: string,
  options: BrowserContextOptions = {},
  before?: () => void,
): Promise<Page> {
  const page = await browser.open('about:blank', options);
  if (before) await page.addInitScript(before);
  await page.goto(`${url}/r/${code}`);
  await byId(page, 'nick').fill(nick);
  const button = byId(page, 'enter');
  await (options.hasTouch ? button.tap() : button.click());
  await inLobby(page);
  return page;
}

export async function party(server: TestServer, browser: TestBrowser, wishes: Wishes = {}): Promise<Party> {
  const { settings, pace, before, ...options } = wishes;
  const host = await create(server.url, 'Hana', { rounds: 1, seconds: 60, ...settings });
  if (pace) await setPace(server, host.code!, pace);
  const page = await enter(browser, server, host.code!, 'Ann', options, before);
  const ann = () => host.room!.players.find((player) => player.nick === 'Ann')!.id;
  return {
    host,
    page,
    start: () => host.ask('start', {}),
    end: () => endPhase(server, host.code!),
    drawn: () => strokes(host, ann()),
  };
}

/** Ends what is timed now: a test looks as long as it has to, however slow the machine, and then goes on. */
export const endPhase = ({ store }: Pick<TestServer, 'store'>, code: string): Promise<unknown> =>
  store.update(code, (game) => {
    const { phase } = game;
    const ends = Date.now();
    if (phase.name === 'drawing') return { ...game, version: game.version + 1, phase: { ...phase, ends, close: ends } };
    return 'ends' in phase ? { ...game, version: game.version + 1, phase: { ...phase, ends } } : game;
  });

/** Another pace for this room alone. */
export const setPace = ({ store }: TestServer, code: string, pace: Partial<Pace>): Promise<unknown> =>
  store.update(code, (game) => ({ ...game, version: game.version + 1, pace: { ...game.pace, ...pace } }));

const SHAPES = Object.values(drawn);
const NICKS = ['Jonas', 'Aiko', 'Tomás', 'Maximilian Braun', 'Priya', 'Olu', 'Lin', 'Bea', 'Chi', 'Dan', 'Eli'];

/** A room of `count` players without a page, the first of them the host. */
export async function crowd({ url }: TestServer, count: number, settings: Partial<Settings> = {}): Promise<Player[]> {
  const host = await create(url, 'Mara', { rounds: 1, seconds: 60, seats: 12, ...settings });
  const players = [host];
  for (let i = 0; players.length < count; i++) players.push(await join(url, host.code!, NICKS[i]!));
  return players;
}

/** Everybody without a page draws something. */
export async function scribble(players: Player[]): Promise<void> {
  for (const [i, player] of players.entries()) {
    await phase(player, 'drawing');
    for (const points of SHAPES[i % SHAPES.length]!.strokes) stroke(player, points);
    player.send();
  }
  const host = players[0]!;
  await until(() => players.every(({ id }) => host.drawings.remote.has(id!) || id === host.id), 'all drawings');
}

/** Recognized by the rules themselves, so that no test of the page depends on what the network thinks of a drawing. ms */
export async function recognize(
  { store }: TestServer,
  host: Player,
  at: [player: string, ms: number][],
): Promise<void> {
  const { round, prompt } = await phase(host, 'drawing');
  for (const [id, ms] of at)
    await store.update(host.code!, (game) =>
      step(game, { type: 'recognized', id, round, at: ms, word: prompt, probability: 0.9 }, Date.now()),
    );
}
