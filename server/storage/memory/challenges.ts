/** The challenges of a single process: all are forgotten when it ends. */
import type { ChallengeRoom } from '../../game/game.ts';
import type { Challenges, Try } from '../challenges.ts';
import { MAX_CHALLENGES, MAX_TRIES } from '../challenges.ts';

interface Kept {
  challenge: ChallengeRoom;
  expires: number;
  /** By owner, the oldest first. */
  tries: Map<string, Try>;
}

export function createMemoryChallenges(
  keptMs: number,
  most = { challenges: MAX_CHALLENGES, tries: MAX_TRIES },
  now: () => number = Date.now,
): Challenges {
  /** The oldest first. */
  const kept = new Map<string, Kept>();

  function find(id: string): Kept | undefined {
    for (const [each, { expires }] of kept) {
      if (expires > now()) break;
      kept.delete(each);
    }
    return kept.get(id);
  }

  return {
    async save(challenge) {
      const { tries = new Map<string, Try>() } = find(challenge.id) ?? {};
      kept.delete(challenge.id);
      kept.set(challenge.id, { challenge, expires: now() + keptMs, tries });
      for (const id of kept.keys()) {
        if (kept.size <= most.challenges) break;
        kept.delete(id);
      }
    },
    read: async (id) => find(id)?.challenge ?? null,
    remove: async (id) => kept.delete(id),
    async record(id, attempt) {
      const tries = find(id)?.tries;
      if (!tries || tries.has(attempt.owner)) return;
      tries.set(attempt.owner, attempt);
      if (tries.size > most.tries) tries.delete(tries.keys().next().value!);
    },
    tries: async (id) => [...(find(id)?.tries.values() ?? [])].reverse(),
  };
}
