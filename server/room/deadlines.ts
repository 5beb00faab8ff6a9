/** Time passes by the action `tick`: every process with people in a room commits it at the room's deadline, and one of them wins. */
import { isRefusal } from '../game/game.ts';
import { deadline } from '../game/step.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom } from './live-room.ts';
import type { Registry } from './registry.ts';

/** After a tick that the store could not take, or did not. */
const RETRY_DELAY_MS = 500;
/** After a tick that changed nothing although it was due. */
const REPEAT_DELAY_MS = 50;
/** The longest that a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export type Deadlines = ReturnType<typeof createDeadlines>;

export function createDeadlines(registry: Registry, commits: Commits, now: () => number) {
  let isClosed = false;

  function schedule(room: LiveRoom, delay = deadline(room.game) - now()): void {
    clearTimeout(room.timers.deadline);
    if (delay === Infinity || isClosed) return;
    room.timers.deadline = setTimeout(() => tick(room), Math.min(Math.max(0, delay) + 1, MAX_TIMEOUT_MS));
  }

  async function tick(room: LiveRoom): Promise<void> {
    try {
      const { game: before } = room;
      const game = await commits.commit(room.code, { type: 'tick' });
      // A change has set the timer. Without one (the timer may fire a moment early) it is set here, never for now.
      if (registry.get(room.code) !== room || room.game !== before) return;
      schedule(room, Math.max(isRefusal(game) ? RETRY_DELAY_MS : REPEAT_DELAY_MS, deadline(room.game) - now()));
    } catch (reason) {
      commits.failed(reason, room.code);
      schedule(room, RETRY_DELAY_MS);
    }
  }

  return {
    changed: (room: LiveRoom): void => schedule(room),
    close(): void {
      isClosed = true;
    },
  };
}
