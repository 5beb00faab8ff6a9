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

export function createRedisKeyReports(
  redis: Redis,
  keptMs: number,
  most = MAX_REPORTED,
  now: () => number = Date.now,
): KeyReports {
  return {
    report: (key, reporter, reason) =>
      redis.run((client) => client.reportKey(key, reporter, reason, now(), keptMs, most)),
    async forget(key) {
      await redis.run((client) => client.forgetReports(key));
    },
    async all() {
      const found = await redis.run((client) => client.reportedKeys(now() - keptMs));
      return found.map(([key, reports]) => ({ key: `${key}`, reports: reports as ReportReason[] }));
    },
  };
}
