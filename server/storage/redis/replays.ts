/**
 * Replays in Redis. All keys share a hash tag, since one script keeps their total within its bound.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{replays}:ID` | hash | `owner`, `record`, `saved` and `expires` (ms); `gift`, if it was given away (JSON) |
 * | `dd:{replays}:expiries` | sorted set | ids by when they expire, in ms |
 * | `dd:{replays}:sizes` | hash | the bytes of each record, and `total` |
 * | `dd:{replays}:room:CODE` | set | ids of the room's replays |
 */
import { RESP_TYPES } from 'redis';
import type { ReplayLimits, Replays } from '../replays.ts';
import { REPLAY_LIFE_MS } from '../replays.ts';
import type { Redis } from './connection.ts';
import { REPLAYS } from './keys.ts';

const AS_BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer };

export function createRedisReplays(
  redis: Redis,
  { bytes, keptMs }: ReplayLimits,
  now: () => number = Date.now,
): Replays {
  return {
    async save({ id, code, owner, record }) {
      await redis.run((client) =>
        client.saveReplay(id, code, owner ?? '', Buffer.from(record), now(), now() + REPLAY_LIFE_MS, bytes),
      );
    },
    async read(id) {
      const [owner, record, expires] = await redis.run((client) =>
        client.withTypeMapping(AS_BYTES).hmGet(REPLAYS.one(id), ['owner', 'record', 'expires']),
      );
      if (!record || Number(`${expires}`) <= now()) return null;
      return { owner: `${owner ?? ''}` || null, record: record as unknown as Buffer };
    },
    keep: async (id, record) =>
      (await redis.run((client) => client.keepReplay(id, keptMs, record ? Buffer.from(record) : '', now()))) === 1,
    remove: async (id) => (await redis.run((client) => client.removeReplay(id))) === 1,
    async gift(id) {
      const gift = await redis.run((client) => client.hGet(REPLAYS.one(id), 'gift'));
      return JSON.parse(gift || 'null');
    },
    setGift: async (id, before, gift) =>
      (await redis.run((client) => client.setGift(id, JSON.stringify(before), JSON.stringify(gift)))) === 1,
    async refresh(codes) {
      for (const code of codes) await redis.run((client) => client.refreshReplays(code, now() + REPLAY_LIFE_MS));
    },
  };
}
