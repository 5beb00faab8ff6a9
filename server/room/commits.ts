/** How an action becomes a change of the game: a pure step, committed by the store. What follows from it comes by `watch`. */
import type { Answer, Refusal } from '../../shared/protocol.ts';
import type { Action, Game } from '../game/game.ts';
import { isRefusal } from '../game/game.ts';
import { step } from '../game/step.ts';
import type { Log } from '../log.ts';
import type { Store } from '../storage/store.ts';
import { Unavailable } from '../storage/store.ts';
import { createRetry } from './retry.ts';

export type Commits = ReturnType<typeof createCommits>;

export function createCommits(store: Store, log: Log, now: () => number) {
  const { retry, settled, stop } = createRetry(failed, now);

  const commit = (code: string, action: Action): Promise<Game | Refusal> =>
    store.update(code, (game) => step(game, action, now()));

  function failed(reason: unknown, room?: string): void {
    // The store's connection logs that once, and not for each room and attempt.
    if (reason instanceof Unavailable) log.debug({ room, reason: reason.message }, 'the store is unavailable');
    else log.error({ room, err: reason }, 'a bug');
  }

  return {
    commit,
    /** Commits, and returns the answer for the one who asked. */
    async request(code: string, action: Action | ((game: Game) => Action | Refusal)): Promise<Answer> {
      const game = await store.update(code, (game) => {
        const asked = typeof action === 'function' ? action(game) : action;
        return isRefusal(asked) ? asked : step(game, asked, now());
      });
      return isRefusal(game) ? { ok: false, why: game } : { ok: true };
    },
    /** Commits however long the store is unavailable. Resolves after the first attempt. */
    ensure: (code: string, action: Action): Promise<void> => retry(code, () => commit(code, action)),
    retry,
    settled,
    stop,
    /** Logs why something failed that nobody waits for. */
    failed,
  };
}
