/**
 * Challenges in Redis. All keys share a hash tag, since one script keeps their number within its bound.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{challenges}:ID` | string | the challenge, as JSON |
 * | `dd:{challenges}:ID:tries` | list | the first tries of those who played it, as JSON, the newest first |
 * | `dd:{challenges}:all` | sorted set | ids by when they were saved, in ms |
 */
import type { ChallengeRoom } from '../../game/game.ts';
import type { Challenges, Try } from '../challenges.ts';
import { MAX_CHALLENGES, MAX_TRIES } from '../challenges.ts';
import type { Redis } from './connection.ts';
import { CHALLENGES } from './keys.ts';

export function createRedisChallenges(
  redis: Redis,
  keptMs: number,
  most = { challenges: MAX_CHALLENGES, tries: MAX_TRIES },
  now: () => number = Date.now,
): Challenges {
  const keyOf = (id: string) => `${CHALLENGES}${id}`;
  return {
    async save(challenge) {
      const json = JSON.stringify(challenge);
      await redis.run((client) => client.saveChallenge(challenge.id, json, keptMs, now(), most.challenges));
    },
    async read(id) {
      const json = await redis.run((client) => client.get(keyOf(id)));
      return json === null ? null : (JSON.parse(json) as ChallengeRoom);
    },
    async remove(id) {
      await redis.run((client) => client.zRem(`${CHALLENGES}all`, id));
      return (await redis.run((client) => client.del([keyOf(id), `${keyOf(id)}:tries`]))) > 0;
    },
    async record(id, attempt) {
      await redis.run((client) => client.recordAttempt(id, attempt.owner, JSON.stringify(attempt), most.tries));
    },
    async tries(id) {
      const list = await redis.run((client) => client.lRange(`${keyOf(id)}:tries`, 0, -1));
      return list.map((json) => JSON.parse(json) as Try);
    },
  };
}
