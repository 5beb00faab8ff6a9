/** Pages of people who come to a server: at the home page, in a room of their own, in another's. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { TestBrowser } from './browser.ts';
import { byId, DESKTOP, inLobby, PHONE } from './browser.ts';
import type { TestServer } from './server.ts';

export const MOUSE: BrowserContextOptions = { viewport: DESKTOP };
export const TOUCH: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };
export const SIDEWAYS: BrowserContextOptions = { ...TOUCH, viewport: { width: 844, height: 390 } };

/** Clicks or taps, as the page's size wants it. */
export const press = (page: Page, id: string) =>
  page.viewportSize()!.width < DESKTOP.width ? byId(page, id).tap() : byId(page, id).click();
export const codeOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!;
export const text = (page: Page, id: string) => byId(page, id).textContent();

/** A room whose host is at this page. */
export async function founded(
  { open }: TestBrowser,
  { url }: Pick<TestServer, 'url'>,
  options: BrowserContextOptions,
): Promise<{ page: Page; code: string }> {
  const page = await open(url, options);
  await byId(page, 'nick').fill('Hana');
  await press(page, 'create-room');
  await inLobby(page);
  return { page, code: codeOf(page) };
}

export async function joined(
  { open }: TestBrowser,
  { url }: TestServer,
  code: string,
  nick: string,
  options: BrowserContextOptions,
): Promise<Page> {
  const page = await open(`${url}/r/${code}`, options);
  await byId(page, 'nick').fill(nick);
  await press(page, 'enter');
  await inLobby(page);
  return page;
}
