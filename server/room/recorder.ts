/** Finished matches go to the leaderboard. Every process with people in the room records them; the leaderboard counts one. */
import { resultOf } from '../game/results.ts';
import type { Leaderboard } from '../storage/leaderboard.ts';
import { MATCH_MEMORY_MS } from '../storage/leaderboard.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom } from './live-room.ts';

export type Recorder = ReturnType<typeof createRecorder>;

export function createRecorder(leaderboard: Leaderboard, { retry }: Commits, now: () => number) {
  /** The match that this process recorded last, by room. */
  const recorded = new WeakMap<LiveRoom, string>();
  return {
    changed(room: LiveRoom): void {
      const result = resultOf(room.game);
      if (!result || recorded.get(room) === result.match) return;
      recorded.set(room, result.match);
      // A room that people come back to after a day may show a match that the leaderboard no longer remembers as counted.
      if (now() - result.ended > MATCH_MEMORY_MS / 2) return;
      retry(room.code, () => leaderboard.record(result));
    },
  };
}
