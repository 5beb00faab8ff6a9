/** A room whose host is a person without a page, so that nothing there waits for a click; and a page that takes a seat in it. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Settings } from '../../shared/protocol.ts';
import type { TestBrowser } from './browser.ts';
import { byId, inPhase } from './browser.ts';
import type { Player } from './player.ts';
import { create, strokes } from './player.ts';
import type { TestServer } from './server.ts';

export interface Party {
  host: Player;
  page: Page;
  start(): Promise<unknown>;
  /** What the page drew, as the host sees it. */
  drawn(): number[][];
}

interface Wishes extends BrowserContextOptions {
  settings?: Partial<Settings>;
  /** Run in the page before anything else. */
  before?: () => void;
}

export async function party(server: TestServer, browser: TestBrowser, wishes: Wishes = {}): Promise<Party> {
  const { settings, before, ...options } = wishes;
  const host = await create(server.url, 'Hana', { rounds: 1, seconds: 10, ...settings });
  const page = await browser.open('about:blank', options);
  if (before) await page.addInitScript(before);
  await page.goto(`${server.url}/r/${host.code}`);
  await byId(page, 'nick').fill('Ann');
  const enter = byId(page, 'enter');
  await (options.hasTouch ? enter.tap() : enter.click());
  await inPhase(page, 'lobby');
  const ann = () => host.room!.players.find((player) => player.nick === 'Ann')!.id;
  return { host, page, start: () => host.ask('start', {}), drawn: () => strokes(host, ann()) };
}
