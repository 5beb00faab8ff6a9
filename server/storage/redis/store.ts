/**
 * Games and ink in Redis, for any number of processes. A game is one record with a version: a step is applied to the newest
 * copy that this process knows, and committed if the record still has that version; if not, the step runs again on what is
 * there (optimistic concurrency).
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{CODE}:game` | hash | `version`, `game` as JSON |
 * | `dd:{CODE}:ink` | hash | `round`, and each player's term |
 * | `dd:{CODE}:ink:PLAYER` | list | the drawing's history, in pieces |
 * | `dd:{rooms}:rows`, `:players`, `:time` | hash, sorted sets | the public list |
 */
import pLimit from 'p-limit';
import type { History, InkEvent } from '../../../shared/history.ts';
import { historyOf } from '../../../shared/history.ts';
import type { Chunk, Ink } from '../../../shared/ink.ts';
import type { Game } from '../../game/game.ts';
import { isRefusal } from '../../game/game.ts';
import type { Listing } from '../../game/view.ts';
import { listing } from '../../game/view.ts';
import type { HistoryChange, Store } from '../store.ts';
import { applyChange, PUBLIC_ROOMS, shownRooms, Unavailable } from '../store.ts';
import type { Redis } from './connection.ts';
import { keysOf } from './keys.ts';

/** A room that is not refreshed is deleted after this. */
const ROOM_LIFE_MS = 60 * 60_000;
/** A public room that is not refreshed leaves the list after this. */
const LISTED_FOR_MS = 3 * 60_000;
/** Public rooms on the list; people see the first PUBLIC_ROOMS. */
const MAX_LISTED = 10_000;
/** After an outage, a room that could not be compared with Redis is tried again after this. */
const RECONCILE_RETRY_MS = 1000;
/** As many as may be left out because their hosts share an address. */
const ROOMS_READ = 10 * PUBLIC_ROOMS;
/** A step that conflicts this often in a row is given up. */
const MAX_CONFLICTS = 50;

/** An entry of a drawing's list: events, and how many come before them. */
interface Entry {
  from: number;
  events: InkEvent[];
}
/** Processes of an older version keep the ink only. */
type OldEntry = { at: number } & ({ chunks: Chunk[] } | { ink: Ink });

interface Watched {
  game: Game | null;
  listeners: Set<(game: Game) => void>;
  subscribed: Promise<void>;
  receive: (message: string) => void;
}

/**
 * The largest room's ink is 2.4 MB, and Redis ends a connection with subscriptions that has 32 MB to read: rooms' inks are read
 * a few at a time.
 */
const CONCURRENT_READS = 4;

export function createRedisStore(redis: Redis, now: () => number = Date.now): Store {
  const watched = new Map<string, Watched>();
  const reading = pLimit(CONCURRENT_READS);

  async function fetch(code: string): Promise<Game | null> {
    const text = await redis.run((client) => client.hGet(keysOf(code).game, 'game'));
    const game = newest(code, text ? (JSON.parse(text) as Game) : null);
    if (!game && (await redis.isRestoring())) throw new Unavailable(`room ${code} may be stored again soon`);
    return game;
  }

  /** The game of a watched room that is open, as this process knows it. */
  function openGame(code: string): Game | null {
    const game = watched.get(code)?.game;
    return game && game.phase.name !== 'closed' ? game : null;
  }

  /** A change may have been published before an older reply arrived, and Redis may have lost a room: see `reconcile`. */
  function newest(code: string, game: Game | null): Game | null {
    const known = openGame(code);
    return known && (!game || known.version > game.version) ? known : game;
  }

  function publish(game: Game): void {
    const room = watched.get(game.code);
    if (!room || (room.game && room.game.version >= game.version)) return;
    room.game = game;
    for (const changed of [...room.listeners]) changed(game);
  }

  /** Null if committed, else the stored game, or `gone` if there is none. */
  async function commit(expected: string, next: Game): Promise<Game | 'gone' | null> {
    const { code, version, phase } = next;
    const text = JSON.stringify(next);
    const result = await redis.run((client) =>
      client.commit(code, expected, `${version}`, text, ROOM_LIFE_MS, phase.name),
    );
    if (result === 1) return null;
    redis.counts.conflicts++;
    return result === null ? 'gone' : (JSON.parse(result) as Game);
  }

  async function list(game: Game): Promise<void> {
    const row = listing(game);
    const text = row ? JSON.stringify(row) : '';
    const args = [game.code, text, game.version, row?.players ?? 0, now(), MAX_LISTED, LISTED_FOR_MS] as const;
    await redis.run((client) => client.listRoom(...args));
  }

  /** The list is not part of the commit: if it cannot be updated now, the next `refresh` does. */
  function listIfChanged(before: Game | null, game: Game): void {
    if (JSON.stringify(before && listing(before)) !== JSON.stringify(listing(game))) list(game).catch(() => {});
  }

  /**
   * After an outage: reports what was missed. If Redis itself lost what it had confirmed (it restarted, and its file lags by up
   * to a second; or it was flushed, or evicted the room), the newer copy of this process is stored again.
   */
  async function reconcile(code: string, room: Watched): Promise<void> {
    const { game: known, receive } = room;
    if (!known || known.phase.name === 'closed') return;
    // Asks Redis only if the client has lost the subscription.
    await redis.run((client) => client.sSubscribe(keysOf(code).channel, receive));
    const text = await redis.run((client) => client.hGet(keysOf(code).game, 'game'));
    const stored = text ? (JSON.parse(text) as Game) : null;
    if (!stored || stored.version < known.version) await commit(stored ? `${stored.version}` : '', known);
    else if (stored.version === known.version && text !== JSON.stringify(known)) {
      // In a failover two masters took different changes. The one that remains is right; everybody follows a newer version.
      const next = { ...stored, version: stored.version + 1 };
      if ((await commit(`${stored.version}`, next)) === null) publish(next);
    } else publish(stored);
  }

  /** Until it succeeds, or nobody watches the room any more. */
  async function keepReconciling(code: string, room: Watched): Promise<void> {
    try {
      if (watched.get(code) === room) await reconcile(code, room);
    } catch {
      setTimeout(keepReconciling, RECONCILE_RETRY_MS, code, room).unref();
    }
  }

  redis.onReady(() => {
    for (const [code, room] of watched) void keepReconciling(code, room);
  });

  /** A room that people are in has vanished from Redis. */
  async function restore(code: string): Promise<void> {
    const room = watched.get(code);
    if (room) await reconcile(code, room);
  }

  return {
    kind: 'redis',
    async create(game) {
      if (await commit('', game)) return false;
      listIfChanged(null, game);
      return true;
    },
    read: fetch,
    async update(code, step) {
      let game = watched.get(code)?.game ?? null;
      let isNewest = !game;
      game ??= await fetch(code);
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
        if (!game) return 'no-room';
        const next = step(game);
        if (isRefusal(next) || next === game) {
          // A refusal must come from the newest game; the copy known here may be outdated.
          if (isNewest) return next;
          const before: Game = game;
          game = await fetch(code);
          isNewest = true;
          if (game?.version === before.version) return next;
          continue;
        }
        let there = await commit(`${game.version}`, next);
        // Redis lost what it had confirmed: see `reconcile`.
        if (there === 'gone' && openGame(code)) there = await commit('', next);
        else if (there && there !== 'gone' && there.version < game.version)
          there = await commit(`${there.version}`, next);
        if (there === null) {
          listIfChanged(game, next);
          publish(next);
          return next;
        }
        game = there === 'gone' ? null : there;
        isNewest = true;
        if (game) publish(game);
      }
      throw new Unavailable(`room ${code}: too many changes at once`);
    },
    async watch(code, changed) {
      let room = watched.get(code);
      if (!room) {
        const receive = (message: string) => publish(JSON.parse(message) as Game);
        const subscribed = redis.run((client) => client.sSubscribe(keysOf(code).channel, receive));
        room = { game: null, listeners: new Set(), subscribed, receive };
        watched.set(code, room);
      }
      const { listeners, subscribed, receive } = room;
      listeners.add(changed);
      const stop = () => {
        listeners.delete(changed);
        if (listeners.size > 0 || watched.get(code)?.listeners !== listeners) return;
        watched.delete(code);
        redis.client.sUnsubscribe(keysOf(code).channel, receive).catch(() => {});
      };
      try {
        await subscribed;
        // Steps start from this copy; after a reconnect only a known game is reconciled.
        const game = await fetch(code);
        if (game && !room.game) room.game = game;
      } catch (reason) {
        stop();
        throw reason;
      }
      return stop;
    },
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
      if (saved !== -1 || !openGame(code)) return;
      await restore(code);
      throw new Unavailable(`Redis lost room ${code}`);
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
        const isThere = await redis.run((client) => client.refresh(code, ROOM_LIFE_MS));
        if (!isThere) await restore(code);
        const game = openGame(code);
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
