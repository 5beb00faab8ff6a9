/**
 * The one try that a session has at the words of a day. It is claimed once the first word is shown, and recorded with the podium.
 * Every process with the room open does both; the store counts one.
 */
import { tryOf } from '../game/daily.ts';
import type { Dailies } from '../storage/dailies.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom } from './live-room.ts';

export type Tries = ReturnType<typeof createTries>;

export function createTries(dailies: Dailies, { commit, retry }: Pick<Commits, 'commit' | 'retry'>) {
  const claimed = new WeakSet<LiveRoom>();
  const recorded = new WeakSet<LiveRoom>();

  async function claim(code: string, day: number, session: string | null, match: string): Promise<void> {
    const scored = session !== null && (await dailies.claim(day, session, match)) === match;
    await commit(code, { type: 'claimed', match, scored });
  }

  return {
    changed(room: LiveRoom): void {
      const { code, game } = room;
      const { daily, match, phase } = game;
      const isShown = phase.name === 'drawing' || phase.name === 'reveal' || phase.name === 'podium';
      if (!daily || !match || !isShown) return;
      if (daily.scored === undefined && !claimed.has(room)) {
        claimed.add(room);
        void retry(code, () => claim(code, daily.day, daily.session, match.id));
      }
      const result = tryOf(game);
      if (!result || recorded.has(room)) return;
      recorded.add(room);
      void retry(code, () => dailies.record(result));
    },
  };
}
