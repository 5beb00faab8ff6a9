/**
 * The address bar: `/`, `/r/CODE`, `/r/CODE?watch`, `/r/CODE/tv`. For who hides the code it says `/r/hidden`; the code is then
 * in the tab's history alone, from where a reload takes it.
 */
import { chosen } from './choices.svelte.ts';

export type Route = { at: 'home' } | { at: 'room'; code: string; as: 'player' | 'watcher' | 'tv' };

/** Longer than a code, so no room is called so. */
const HIDDEN = 'hidden';

const read = (): Route => {
  const room = /^\/r\/(\w+)(\/tv)?\/?$/.exec(location.pathname);
  if (!room) return { at: 'home' };
  const as = room[2] ? 'tv' : new URLSearchParams(location.search).has('watch') ? 'watcher' : 'player';
  const code: string | undefined = room[1] === HIDDEN ? history.state?.code : room[1];
  return code ? { at: 'room', code: code.toUpperCase(), as } : { at: 'home' };
};

const write = (route: Route): string => {
  if (route.at === 'home') return '/';
  return `/r/${chosen('hideCode') ? HIDDEN : route.code}${{ player: '', watcher: '?watch', tv: '/tv' }[route.as]}`;
};

let current = $state.raw(read());
const listeners: ((route: Route) => void)[] = [];

export const route = (): Route => current;

export const roomLink = (code: string): string => `${location.origin}/r/${code}`;

/** Changes the address without telling the listeners: who calls knows. */
export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  current = to;
  const address = write(to);
  const state = to.at === 'room' && chosen('hideCode') ? { code: to.code } : null;
  if (address === location.pathname + location.search && history.state?.code === state?.code) return;
  history[how === 'push' ? 'pushState' : 'replaceState'](state, '', address);
}

/** After the choice to hide the code has changed. */
export const readdress = (): void => go(current, 'replace');

/** Back and forward. */
export const onRoute = (listener: (route: Route) => void): void => void listeners.push(listener);

addEventListener('popstate', () => {
  current = read();
  for (const listener of listeners) listener(current);
});
