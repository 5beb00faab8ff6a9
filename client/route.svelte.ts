/** The address bar: `/`, `/r/CODE`, `/r/CODE?watch`, `/r/CODE/tv`. */

export type Route = { at: 'home' } | { at: 'room'; code: string; as: 'player' | 'watcher' | 'tv' };

const read = (): Route => {
  const room = /^\/r\/(\w+)(\/tv)?\/?$/.exec(location.pathname);
  if (!room) return { at: 'home' };
  const as = room[2] ? 'tv' : new URLSearchParams(location.search).has('watch') ? 'watcher' : 'player';
  return { at: 'room', code: room[1]!.toUpperCase(), as };
};

const write = (route: Route): string => {
  if (route.at === 'home') return '/';
  return `/r/${route.code}${{ player: '', watcher: '?watch', tv: '/tv' }[route.as]}`;
};

let current = $state.raw(read());
const listeners: ((route: Route) => void)[] = [];

export const route = (): Route => current;

export const roomLink = (code: string): string => `${location.origin}/r/${code}`;

/** Changes the address without telling the listeners: who calls knows. */
export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  current = to;
  if (write(to) === location.pathname + location.search) return;
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', write(to));
}

/** Back and forward. */
export const onRoute = (listener: (route: Route) => void): void => void listeners.push(listener);

addEventListener('popstate', () => {
  current = read();
  for (const listener of listeners) listener(current);
});
