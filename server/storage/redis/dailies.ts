/**
 * The days' tries in Redis. All keys share a hash tag, since one script records a try.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{daily}:DATE:tries` | hash | the match that is the one try of each session |
 * | `dd:{daily}:DATE:results` | hash | what came of it: nickname, score and rounds, as JSON |
 * | `dd:{daily}:DATE:scores` | sorted set | sessions by points |
 */
import type { DailyTry } from '../../game/daily.ts';
import type { Dailies } from '../dailies.ts';
import { DAILY_LIFE_MS, daysKept, MAX_TRIES } from '../dailies.ts';
import { BOARD_LENGTH, publicKey } from '../leaderboard.ts';
import type { Redis } from './connection.ts';
import { dailyKeysOf } from './keys.ts';

type Kept = Pick<DailyTry, 'nick' | 'score' | 'rounds'>;

export function createRedisDailies(redis: Redis, maxTries = MAX_TRIES): Dailies {
  return {
    claim: (day, session, match) =>
      redis.run((client) => client.claimTry(day, session, match, maxTries, DAILY_LIFE_MS)),
    async record({ day, session, match, nick, score, rounds }) {
      const kept = JSON.stringify({ nick, score, rounds } satisfies Kept);
      await redis.run((client) => client.recordTry(day, session, match, maxTries, DAILY_LIFE_MS, kept, score));
    },
    async table(day) {
      const { scores, results } = dailyKeysOf(day);
      const players = await redis.run((client) => client.zCard(scores));
      const lines = await redis.run((client) =>
        client.zRangeWithScores(scores, '+inf', '(0', {
          BY: 'SCORE',
          REV: true,
          LIMIT: { offset: 0, count: BOARD_LENGTH },
        }),
      );
      if (lines.length === 0) return { players, leaders: [] };
      const sessions = lines.map(({ value }) => value);
      const kept = await redis.run((client) => client.hmGet(results, sessions));
      const nickOf = (i: number) => (JSON.parse(kept[i] ?? '{"nick":""}') as Kept).nick;
      return {
        players,
        leaders: lines.map(({ value, score }, i) => ({ key: publicKey(value), nick: nickOf(i), value: score })),
      };
    },
    async read(day, session) {
      const keys = dailyKeysOf(day);
      const json = await redis.run((client) => client.hGet(keys.results, session));
      if (!json) return (await redis.run((client) => client.hExists(keys.tries, session))) ? { result: null } : null;
      const { score, rounds } = JSON.parse(json) as Kept;
      const better = await redis.run((client) => client.zCount(keys.scores, `(${score}`, '+inf'));
      return { result: { key: publicKey(session), place: better + 1, score, rounds } };
    },
    async forget(session, day) {
      for (const { results, scores } of daysKept(day).map(dailyKeysOf)) {
        await redis.run((client) => client.zRem(scores, session));
        const json = await redis.run((client) => client.hGet(results, session));
        if (!json) continue;
        const kept = JSON.stringify({ ...(JSON.parse(json) as Kept), nick: '' });
        await redis.run((client) => client.hSet(results, session, kept));
      }
    },
  };
}
