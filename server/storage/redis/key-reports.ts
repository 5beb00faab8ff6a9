/**
 * Reports of keys in Redis.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{reports}:KEY` | hash | who reported it, by a keyed hash of each, and the reasons |
 * | `dd:{reports}:all` | sorted set | keys by when they were last reported, in ms |
 */
import type { ReportReason } from '../../../shared/gallery.ts';
import type { KeyReports } from '../key-reports.ts';
import { MAX_REPORTED } from '../key-reports.ts';
import type { Redis } from './connection.ts';

const PREFIX = 'dd:{reports}:';
const ALL = `${PREFIX}all`;

export function createRedisKeyReports(
  redis: Redis,
  keptMs: number,
  most = MAX_REPORTED,
  now: () => number = Date.now,
): KeyReports {
  return {
    async report(key, reporter, reason) {
      const own = `${PREFIX}${key}`;
      const replies = await redis.run((client) =>
        client
          .multi()
          .hSetNX(own, reporter, reason)
          .hLen(own)
          .pExpire(own, keptMs)
          .zAdd(ALL, { score: now(), value: key })
          .zRemRangeByRank(ALL, 0, -most - 1)
          .pExpire(ALL, keptMs)
          .exec(),
      );
      return Number(replies[1]);
    },
    async forget(key) {
      await redis.run((client) => client.multi().del(`${PREFIX}${key}`).zRem(ALL, key).exec());
    },
    async all() {
      await redis.run((client) => client.zRemRangeByScore(ALL, '-inf', now() - keptMs));
      const keys = await redis.run((client) => client.zRange(ALL, 0, -1, { REV: true }));
      const reports = await Promise.all(keys.map((key) => redis.run((client) => client.hVals(`${PREFIX}${key}`))));
      return keys.map((key, i) => ({ key, reports: reports[i] as ReportReason[] }));
    },
  };
}
