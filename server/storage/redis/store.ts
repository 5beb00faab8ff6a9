/**
 * Games and ink in Redis, for any number of processes. A game is a record: see `records.ts`.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{CODE}:game` | hash | `version`, `game` as JSON |
 * | `dd:{CODE}:game:over` | string | that it closed |
 * | `dd:{CODE}:ink` | hash | `round`, and each player's term |
 * | `dd:{CODE}:ink:PLAYER` | list | the drawing's history, in pieces |
 * | `dd:{rooms}:rows`, `:players`, `:time` | hash, sorted sets | the public list |
 */
import pLimit from 'p-limit';
import type { History, InkEvent } from '../../../shared/history.ts';
import { historyOf } from '../../../shared/history.ts';
import type { Chunk, Ink } from '../../../shared/ink.ts';
import type { Game } from '../../game/game.ts';
import type { Listing } from '../../game/view.ts';
import { listing } from '../../game/view.ts';
import type { HistoryChange, Store } from '../store.ts';
import { applyChange, GAMES, PUBLIC_ROOMS, shownRooms, Unavailable } from '../store.ts';
import type { Redis } from './connection.ts';
import { keysOf } from './keys.ts';
import { createRedisRecords } from './records.ts';

/** A room that is not refreshed is deleted after this. */
const ROOM_LIFE_MS = 60 * 60_000;
/** A public room that is not refreshed leaves the list after this. */
const LISTED_FOR_MS = 3 * 60_000;
/** Public rooms on the list; people see the first PUBLIC_ROOMS. */
const MAX_LISTED = 10_000;
/** As many as may be left out because their hosts share an address. */
const ROOMS_READ = 10 * PUBLIC_ROOMS;

/** An entry of a drawing's list: events, and how many come before them. */
interface Entry {
  from: number;
  events: InkEvent[];
}
/** Processes of an older version keep the ink only. */
type OldEntry = { at: number } & ({ chunks: Chunk[] } | { ink: Ink });

/**
 * The largest room's ink is 2.4 MB, and Redis ends a connection with subscriptions that has 32 MB to read: rooms' inks are read
 * a few at a time.
 */
const CONCURRENT_READS = 4;

export function createRedisStore(redis: Redis, now: () => number = Date.now): Store {
  const reading = pLimit(CONCURRENT_READS);
  const { known, restore, ...games } = createRedisRecords<Game>(redis, {
    ...GAMES,
    channelOf: (code) => keysOf(code).channel,
    stored: (code) => redis.run((client) => client.hGet(keysOf(code).game, 'game')),
    commit: (expected, next, text) =>
      redis.run((client) => {
        const { code, version, phase } = next;
        const { game: record, channel, ink } = keysOf(code);
        const isOver = phase.name === 'closed';
        const committed = { code, field: 'game', text, lifeMs: ROOM_LIFE_MS, isOver, members: GAMES.membersOf(next) };
        return client.commit({ record, channel, ink }, expected, `${version}`, committed);
      }),
    // The list is not part of the commit: if it cannot be updated now, the next `refresh` does.
    committed(before, game) {
      if (JSON.stringify(before && listing(before)) !== JSON.stringify(listing(game))) list(game).catch(() => {});
    },
  });

  async function list(game: Game): Promise<void> {
    const row = listing(game);
    const text = row ? JSON.stringify(row) : '';
    const args = [game.code, text, game.version, row?.players ?? 0, now(), MAX_LISTED, LISTED_FOR_MS] as const;
    await redis.run((client) => client.listRoom(...args));
  }

  return {
    kind: 'redis',
    ...games,
    async publicRooms() {
      const rows = await redis.run((client) => client.publicRooms(now() - LISTED_FOR_MS, ROOMS_READ));
      return shownRooms(rows.map((row) => JSON.parse(row.slice(row.indexOf(' '))) as Listing));
    },
    async saveInk(code, round, writes) {
      const args = writes.flatMap((write) => {
        const isWhole = 'history' in write;
        const entry: Entry = isWhole ? { from: 0, events: write.history } : { from: write.from, events: write.events };
        return [write.player, `${write.term}`, isWhole ? 'whole' : 'more', JSON.stringify(entry)];
      });
      const saved = await redis.run((client) => client.saveInk(code, round, ROOM_LIFE_MS, args));
      if (saved !== -1 || !known(code)) return;
      await restore(code);
      if (known(code)) throw new Unavailable(`Redis lost room ${code}`);
    },
    async readInk(code, round, player = '') {
      const all = await reading(() => redis.run((client) => client.readInk(code, round, player)));
      const drawings = new Map<string, History>();
      for (let i = 0; i < all.length; i += 2) {
        const entries = (all[i + 1] as string[]).map((text) => JSON.parse(text) as Entry | OldEntry);
        drawings.set(
          all[i] as string,
          entries.reduce<History>(
            (history, entry) => applyChange(history, 'events' in entry ? entry : changeOf(entry, history.length)),
            [],
          ),
        );
      }
      return drawings;
    },
    async refresh(codes) {
      for (const code of codes) {
        const { game: record, ink } = keysOf(code);
        const isThere = await redis.run((client) => client.refresh(code, { record, ink }, ROOM_LIFE_MS));
        if (!isThere) await restore(code);
        const game = known(code);
        if (game && listing(game)) await list(game);
      }
    },
    async close() {
      redis.close();
    },
  };
}

/** What an older version stored, as if it had happened at once. */
function changeOf(entry: OldEntry, from: number): HistoryChange {
  const { at } = entry;
  if ('chunks' in entry) return { from, events: entry.chunks.map(({ stroke, points }) => ({ at, stroke, points })) };
  return { history: historyOf(entry.ink, at) };
}
