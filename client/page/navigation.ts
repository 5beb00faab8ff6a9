/** Between the address bar and the session: the address says which room to enter, and entering a room changes the address. */
import type { Client } from '../client.ts';
import type { Router } from './router.svelte.ts';

export interface Navigation {
  /** Enters what the address says. A seat that this browser holds is taken at once; everybody else stops at the door. */
  arrive(): void;
  watch(code: string): void;
  /** From watching to a seat: with the last nickname, or by way of the door if there is none. */
  takeSeat(): void;
  /** Leaves the room, and goes home. */
  leave(): void;
}

export function createNavigation({ link, notices, room, session }: Client, router: Router): Navigation {
  function arrive(): void {
    const to = router.route();
    if (to.at !== 'room') return;
    if (to.as !== 'player') session.watch(to.code);
    else if (session.hasSeat(to.code)) session.join(to.code, session.nick());
  }

  /** Where a pupil's room is. */
  let classPath: string | undefined;

  session.onEnter((code, as) => {
    const from = router.route();
    // The address stays that of the class.
    if (as === 'pupil') {
      classPath = from.at === 'side' ? from.path : undefined;
      return;
    }
    const isTv = from.at === 'room' && from.as === 'tv';
    router.enter({ at: 'room', code, as: isTv ? 'tv' : as });
  });

  const isRacing = (): boolean => {
    const inside = room.inside();
    return inside?.me !== undefined && 'round' in inside.view.phase;
  };

  // On many phones Back is a swipe from the screen's edge, and the board is near it. In a race the first Back only warns; while
  // the warning shows, the second leaves as a lost link does, so that the server holds the seat. So does Back from a lobby with
  // nobody else in it: the player may have gone to send the invitation.
  router.onTraverse(() => {
    const to = router.route();
    if (to.at === 'side' && to.path === classPath && session.isPupil()) return;
    if (to.at === 'room' && session.isAt(to.code, to.as === 'player' ? 'player' : 'watcher')) return;
    const inside = room.inside();
    const isInviting = inside?.view.phase.name === 'lobby' && inside.view.players.length === 1;
    if (inside?.me && isInviting) session.abandon();
    else if (!isRacing()) session.leave();
    else if (notices.latest()?.kind === 'back') {
      notices.dismiss();
      session.abandon();
    } else {
      notices.add('back');
      history.forward();
      return;
    }
    arrive();
  });

  // Another site, a closed tab, a reload: here the browser asks.
  addEventListener('beforeunload', (event) => {
    if (isRacing()) event.preventDefault();
  });

  // A device that slept, or a network that is back.
  const wake = () => document.visibilityState === 'visible' && link.wake();
  addEventListener('online', wake);
  addEventListener('offline', () => void link.probe());
  // `pageshow` also comes after each load, when the first connection is already on its way.
  addEventListener('pageshow', ({ persisted }) => persisted && wake());
  document.addEventListener('visibilitychange', wake);

  return {
    arrive,
    watch(code) {
      router.enter({ at: 'room', code, as: 'watcher' });
      session.watch(code);
    },
    takeSeat() {
      const code = room.inside()?.view.code;
      if (!code) return;
      if (session.nick()) {
        session.join(code, session.nick());
        return;
      }
      session.leave();
      router.enter({ at: 'room', code, as: 'player' });
    },
    leave() {
      session.leave();
      router.go({ at: 'home' });
    },
  };
}
