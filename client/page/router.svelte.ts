/**
 * The address bar, below the game's path: `/`, `/r/CODE`, `/r/CODE?watch`, `/r/CODE/tv`, and those of the pages beside the game (`shared/addresses.ts`). For people who hide the code it shows `/r/hidden`; the code is
 * then only in the tab's history, where a reload finds it.
 */
import { sidePage } from '../../shared/addresses.ts';
import { readCode, unescaped } from '../../shared/code.ts';
import type { Preferences } from './preferences.svelte.ts';

/** `typed`: the address names a room, but by no code. `unknown`: nothing is at this address. */
export type Route =
  | { at: 'home'; typed?: string }
  | { at: 'unknown' }
  /** `replay/ID`, say, with what follows a question mark. The page reads it. */
  | { at: 'side'; path: string }
  | { at: 'room'; code: string; as: 'player' | 'watcher' | 'tv' };

export interface Router {
  route(): Route;
  /** Changes the address; the listeners of `onTraverse` are not called. */
  go(to: Route, how?: 'push' | 'replace'): void;
  /** To a room. People who came by a link get the home page below it in the tab's history. */
  enter(to: Route): void;
  /** Writes the address again, after the preference to hide the code has changed. */
  rewrite(): void;
  /** Back and Forward. */
  onTraverse(listener: () => void): void;
}

/** Longer than a code, so no room has this name. */
const HIDDEN = 'hidden';

/** The game's path: `/`, or `/derby/`. The server writes it into the page's `<base>`. */
export const basePath = (): string => new URL('./', document.baseURI).pathname;

export const roomLink = (code: string): string => `${location.origin}${basePath()}r/${code}`;

/** The home page's address as people type it. */
export const homeLabel = (): string => `${location.host}${basePath()}`.replace(/\/$/, '');

/** What the tab's history keeps with an address. */
interface Entry {
  /** The code that the address hides. */
  code?: string;
  /** The entry before this one is the home page. */
  entered?: boolean;
}
const entry = (): Entry => (history.state as Entry | null) ?? {};

function read(): Route {
  const path = location.pathname.slice(basePath().length);
  const [, typed, tv] = /^r\/([^/]+)(\/tv)?/i.exec(path) ?? [];
  if (sidePage(path)) return { at: 'side', path: path + location.search };
  if (!typed) return { at: /^(index\.html|r\/*)?$/i.test(path) ? 'home' : 'unknown' };
  const { code } = typed === HIDDEN ? entry() : readCode(typed);
  if (!code) return typed === HIDDEN ? { at: 'home' } : { at: 'home', typed: unescaped(typed) };
  const as = tv ? 'tv' : new URLSearchParams(location.search).has('watch') ? 'watcher' : 'player';
  return { at: 'room', code, as };
}

export function createRouter(preferences: Preferences): Router {
  let current = $state.raw(read());
  const listeners: (() => void)[] = [];

  const write = (route: Route): string => {
    if (route.at === 'home') return basePath();
    if (route.at === 'side') return basePath() + route.path;
    if (route.at === 'unknown') return location.pathname + location.search;
    const code = preferences.get('hideCode') ? HIDDEN : route.code;
    return `${basePath()}r/${code}${{ player: '', watcher: '?watch', tv: '/tv' }[route.as]}`;
  };

  function go(to: Route, how: 'push' | 'replace' = 'push', entered = how === 'replace' && entry().entered): void {
    current = to;
    const address = write(to);
    const state: Entry = {
      ...(to.at === 'room' && preferences.get('hideCode') && { code: to.code }),
      ...(to.at === 'room' && entered && { entered }),
    };
    if (address === location.pathname + location.search && entry().code === state.code) return;
    history[how === 'push' ? 'pushState' : 'replaceState'](state, '', address);
  }

  function enter(to: Route): void {
    // A page before this one does not hear of Back: only an entry of its own lets the game warn.
    if (entry().entered) go(to, 'replace');
    else {
      if (current.at === 'room') go({ at: 'home' }, 'replace');
      go(to, 'push', true);
    }
  }

  addEventListener('popstate', () => {
    current = read();
    for (const listener of listeners) listener();
  });

  return {
    route: () => current,
    go,
    enter,
    rewrite: () => go(current, 'replace'),
    onTraverse: (listener) => void listeners.push(listener),
  };
}
