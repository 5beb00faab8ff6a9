/**
 * The address bar, below the game's path: `/`, `/r/CODE`, `/r/CODE?watch`, `/r/CODE/tv`. For people who hide the code it shows `/r/hidden`; the code is
 * then only in the tab's history, where a reload finds it.
 */
import type { Preferences } from './preferences.svelte.ts';

export type Route = { at: 'home' } | { at: 'room'; code: string; as: 'player' | 'watcher' | 'tv' };

export interface Router {
  route(): Route;
  /** Changes the address; the listeners of `onTraverse` are not called. */
  go(to: Route, how?: 'push' | 'replace'): void;
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

function read(): Route {
  const room = /^r\/(\w+)(\/tv)?\/?$/.exec(location.pathname.slice(basePath().length));
  if (!room) return { at: 'home' };
  const as = room[2] ? 'tv' : new URLSearchParams(location.search).has('watch') ? 'watcher' : 'player';
  const code: string | undefined = room[1] === HIDDEN ? history.state?.code : room[1];
  return code ? { at: 'room', code: code.toUpperCase(), as } : { at: 'home' };
}

export function createRouter(preferences: Preferences): Router {
  let current = $state.raw(read());
  const listeners: (() => void)[] = [];

  const write = (route: Route): string => {
    if (route.at === 'home') return basePath();
    const code = preferences.get('hideCode') ? HIDDEN : route.code;
    return `${basePath()}r/${code}${{ player: '', watcher: '?watch', tv: '/tv' }[route.as]}`;
  };

  function go(to: Route, how: 'push' | 'replace' = 'push'): void {
    current = to;
    const address = write(to);
    const state = to.at === 'room' && preferences.get('hideCode') ? { code: to.code } : null;
    if (address === location.pathname + location.search && history.state?.code === state?.code) return;
    history[how === 'push' ? 'pushState' : 'replaceState'](state, '', address);
  }

  addEventListener('popstate', () => {
    current = read();
    for (const listener of listeners) listener();
  });

  return {
    route: () => current,
    go,
    rewrite: () => go(current, 'replace'),
    onTraverse: (listener) => void listeners.push(listener),
  };
}
