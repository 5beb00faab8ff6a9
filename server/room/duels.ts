/** Keeps what came of a match against a challenge. Every process with the room open does it; the store counts each player once. */
import { attemptOf } from '../game/challenge.ts';
import type { Challenges } from '../storage/challenges.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom } from './live-room.ts';
import type { ReplayIds } from './replay-ids.ts';

export type Duels = ReturnType<typeof createDuels>;

export function createDuels(
  challenges: Pick<Challenges, 'record'>,
  ids: Pick<ReplayIds, 'ownerOf'>,
  { retry }: Pick<Commits, 'retry'>,
) {
  const recorded = new WeakSet<LiveRoom>();
  return {
    changed(room: LiveRoom): void {
      const { code, game } = room;
      const attempt = attemptOf(game);
      if (!attempt || recorded.has(room)) return;
      recorded.add(room);
      const { id, owner: maker } = game.challenge!;
      const { session, nick, times } = attempt;
      const owner = ids.ownerOf(session)!;
      if (owner !== maker) void retry(code, () => challenges.record(id, { owner, nick, times }));
    },
  };
}
