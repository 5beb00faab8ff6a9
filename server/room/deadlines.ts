/** Time passes by the action `tick`: every process with people in a room commits it at the room's deadline, and one of them wins. */
import { deadline } from '../game/game.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom } from './live-room.ts';
import type { Registry } from './registry.ts';

/** After a tick that the store could not take. */
const RETRY_DELAY_MS = 500;
/** The longest that a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export type Deadlines = ReturnType<typeof createDeadlines>;

export function createDeadlines(registry: Registry, commits: Commits, now: () => number) {
  let isClosed = false;

  function schedule(room: LiveRoom, delay = deadline(room.game) - now()): void {
    clearTimeout(room.timers.deadline);
    if (delay === Infinity || isClosed) return;
    room.timers.deadline = setTimeout(() => tick(room), Math.min(Math.max(1, delay), MAX_TIMEOUT_MS));
  }

  async function tick(room: LiveRoom): Promise<void> {
    try {
      await commits.commit(room.code, { type: 'tick' });
      // A timer may fire a moment early; then nothing has changed, and it is set again.
      if (registry.get(room.code) === room) schedule(room);
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
