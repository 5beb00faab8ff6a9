/**
 * Replays in Redis. All keys share a hash tag, since one script keeps their total within its bound.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{replays}:ID` | hash | `owner`, `record`, `saved` and `expires` (ms); `gift`, if it was given away (JSON); if it counts among its owner's, `word`; in a gallery `n` (it counts listings), `speed`, `passes`; of moderation `hidden`, `approved` |
 * | `dd:{replays}:expiries` | sorted set | ids by when they expire, in ms |
 * | `dd:{replays}:sizes` | hash | the bytes of each record, and `total` |
 * | `dd:{replays}:room:CODE` | set | ids of the room's replays |
 * | `dd:{replays}:own:OWNER:WORD` | sorted set | ids of the owner's fastest drawings of a word, by ms |
 * | `dd:{replays}:galleries` | hash | the word of each id that is in a gallery |
 * | `dd:{replays}:listings` | sorted set | the same ids by `n` |
 * | `dd:{replays}:newest:WORD`, `…:fastest:WORD` | sorted sets | ids that strangers see, by `n` and by `speed` |
 * | `dd:{replays}:words` | sorted set | words by how many those are |
 * | `dd:{replays}:counters` | hash | `n`, the last of the listings; `listed`, the bytes of all galleries |
 * | `dd:{replays}:reporters:ID` | hash | who reported it, by a keyed hash of each, and the reasons |
 * | `dd:{replays}:keys`, `dd:{replays}:given` | hashes | the id of what was donated under each key, and the key of each id |
 * | `dd:{replays}:cases` | sorted set | ids that the operator may want to see, by time (ms) |
 */
import { RESP_TYPES } from 'redis';
import type { ReportReason } from '../../../shared/gallery.ts';
import type { Case, InspectedReplay, Replay, ReplayLimits, Replays } from '../replays.ts';
import { GALLERY_SHARE, giftIn, OWN_KEPT, REPLAY_LIFE_MS, speedOf } from '../replays.ts';
import type { Redis } from './connection.ts';
import { REPLAYS } from './keys.ts';

const AS_BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer };

export function createRedisReplays(redis: Redis, limits: ReplayLimits, now: () => number = Date.now): Replays {
  const { bytes, keptMs, listedMs, reportsToHide } = limits;
  const isDone = async (done: Promise<0 | 1>): Promise<boolean> => (await done) === 1;

  async function read(id: string): Promise<Replay | null> {
    const [owner, record, expires, hidden] = await redis.run((client) =>
      client.withTypeMapping(AS_BYTES).hmGet(`${REPLAYS}${id}`, ['owner', 'record', 'expires', 'hidden']),
    );
    if (!record || Number(`${expires}`) <= now() || `${hidden ?? ''}`) return null;
    return { owner: `${owner ?? ''}` || null, record: record as unknown as Buffer };
  }

  async function caseOf(id: string): Promise<Case> {
    const [word, fields, reports] = await Promise.all([
      redis.run((client) => client.hGet(`${REPLAYS}galleries`, id)),
      redis.run((client) => client.hmGet(`${REPLAYS}${id}`, ['passes', 'hidden', 'approved', 'gift'])),
      redis.run((client) => client.hVals(`${REPLAYS}reporters:${id}`)),
    ]);
    const [passes, hidden, approved, gift] = fields;
    return {
      word: word ?? null,
      key: giftIn(gift)?.key ?? null,
      passes: word ? passes !== '0' : (giftIn(gift)?.passes ?? true),
      reports: reports as ReportReason[],
      hidden: (hidden || null) as Case['hidden'],
      approved: approved === '1',
    };
  }

  async function inspect(id: string): Promise<InspectedReplay | null> {
    const [owner, record, expires] = await redis.run((client) =>
      client.withTypeMapping(AS_BYTES).hmGet(`${REPLAYS}${id}`, ['owner', 'record', 'expires']),
    );
    if (!record || Number(`${expires}`) <= now()) return null;
    return { owner: `${owner ?? ''}` || null, record: record as unknown as Buffer, ...(await caseOf(id)) };
  }

  return {
    async save({ id, code, owner, word, ms, record }) {
      const [bytesOf, expires] = [Buffer.from(record), now() + REPLAY_LIFE_MS];
      await redis.run((client) =>
        client.saveReplay(id, code, owner ?? '', bytesOf, now(), expires, bytes, word, ms ?? '', OWN_KEPT),
      );
    },
    read,
    inspect,
    keep: (id, record) =>
      isDone(redis.run((client) => client.keepReplay(id, keptMs, record ? Buffer.from(record) : '', now()))),
    remove: (id) => isDone(redis.run((client) => client.removeReplay(id))),
    async gift(id) {
      const gift = await redis.run((client) => client.hGet(`${REPLAYS}${id}`, 'gift'));
      return giftIn(gift);
    },
    setGift: (id, before, gift) =>
      isDone(redis.run((client) => client.setGift(id, JSON.stringify(before), JSON.stringify(gift), now(), keptMs))),
    async ofKey(key) {
      const id = await redis.run((client) => client.hGet(`${REPLAYS}keys`, key));
      return id && (await inspect(id)) ? id : null;
    },
    async best(owner, word) {
      const id = await redis.run((client) => client.bestReplay(owner, word, now()));
      const found = id === null ? null : await read(id);
      return found && { id: id!, ...found };
    },
    async refresh(codes) {
      for (const code of codes) await redis.run((client) => client.refreshReplays(code, now() + REPLAY_LIFE_MS));
    },
    list(id, listing) {
      const { word, passes } = listing;
      const most = bytes * GALLERY_SHARE;
      return isDone(
        redis.run((client) => client.listReplay(id, word, passes ? 1 : 0, speedOf(listing, 0), now(), listedMs, most)),
      );
    },
    unlist: (id) => isDone(redis.run((client) => client.unlistReplay(id, keptMs, now()))),
    async listed(word, { sort, after, limit }) {
      const found = await redis.run((client) => client.gallery(word, sort, after ?? '', limit + 1, now()));
      const ids = found.filter((_, i) => i % 2 === 0).slice(0, limit);
      const replays = await Promise.all(ids.map(async (id) => ({ id, replay: await read(id) })));
      return {
        // One may have gone meanwhile.
        replays: replays.flatMap(({ id, replay }) => (replay ? [{ id, ...replay }] : [])),
        next: found.length > 2 * limit ? Number(found[2 * limit - 1]) : null,
      };
    },
    async words() {
      const found = await redis.run((client) => client.galleryWords(now()));
      return new Map(found.flatMap((word, i) => (i % 2 ? [] : [[word, Number(found[i + 1])] as const])));
    },
    report: (id, reporter, reason) =>
      isDone(redis.run((client) => client.reportReplay(id, reporter, reason, reportsToHide, now()))),
    moderate: (id, decision) => isDone(redis.run((client) => client.moderateReplay(id, decision, now()))),
    async cases(from, limit) {
      const ids = await redis.run((client) => client.replayCases(from, limit, now()));
      return Promise.all(ids.map(async (id) => ({ id, ...(await caseOf(id)) })));
    },
  };
}
