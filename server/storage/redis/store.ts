/**
 * Games and ink in Redis, for any number of processes. A game is one record with a version: a step is taken on the newest
 * copy that is known here, and committed if the record is still the same; if not, it is taken again on what is there.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{CODE}:game` | hash | `version`, `game` as JSON |
 * | `dd:{CODE}:ink` | hash | `round`, and for each player the term of who writes |
 * | `dd:{CODE}:ink:PLAYER` | list | the drawing: chunks, or a whole one first |
 * | `dd:{rooms}:rows`, `:players`, `:time` | hash, sorted sets | the public list |
 */
import { emptyInk } from '../../../shared/ink.ts';
import type { PublicRoom } from '../../../shared/protocol.ts';
import type { Game } from '../../game/game.ts';
import { isRefusal } from '../../game/game.ts';
import type { InkNews, KeptInk, Store } from '../store.ts';
import { applyWrite, LISTED, listing, Unavailable } from '../store.ts';
import type { Redis } from './connection.ts';
import { keysOf } from './connection.ts';

/** Rooms that nobody tends are forgotten after this. ms */
const LIFE = 60 * 60_000;
/** Public rooms that nobody tends are listed no longer than this. ms */
const NEWS = 3 * 60_000;
/** Public rooms that are kept at all. */
const MOST_PUBLIC = 10_000;
/** A step that meets another's commit this often in a row is given up. */
const TRIES = 50;

/** What the lists hold. */
type Entry = { at: number } & InkNews;

interface Watched {
  game: Game | null;
  listeners: Set<(game: Game) => void>;
  subscribed: Promise<void>;
  hear: (message: string) => void;
}

export function createRedisStore(redis: Redis, now: () => number = Date.now): Store {
  const watched = new Map<string, Watched>();

  async function fetch(code: string): Promise<Game | null> {
    const text = await redis.ask((client) => client.hGet(keysOf(code).game, 'game'));
    return newest(code, text ? (JSON.parse(text) as Game) : null);
  }

  /** A change may have been told before an answer from before it came. */
  function newest(code: string, game: Game | null): Game | null {
    const known = watched.get(code)?.game;
    return game && known && known.version > game.version && known.phase.name !== 'closed' ? known : game;
  }

  function told(game: Game): void {
    const room = watched.get(game.code);
    if (!room || (room.game && room.game.version >= game.version)) return;
    room.game = game;
    for (const changed of [...room.listeners]) changed(game);
  }

  /** Null if it is done, else the game that is there instead, or `gone`. */
  async function commit(expected: string, next: Game): Promise<Game | 'gone' | null> {
    const { code, version, phase } = next;
    const text = JSON.stringify(next);
    const result = await redis.ask((client) =>
      client.commit(keysOf(code), expected, `${version}`, text, LIFE, phase.name),
    );
    if (result === 1) return null;
    redis.counts.conflicts++;
    return result === null ? 'gone' : (JSON.parse(result) as Game);
  }

  async function enlist(game: Game): Promise<void> {
    const row = listing(game);
    const text = row ? JSON.stringify(row) : '';
    await redis.ask((client) => client.enlist(game.code, text, game.version, row?.players ?? 0, now(), MOST_PUBLIC));
  }

  /** The list is no part of the commit: where it cannot be told now, the next `tend` does. */
  function enlistIfNew(before: Game | null, game: Game): void {
    if (JSON.stringify(before && listing(before)) !== JSON.stringify(listing(game))) enlist(game).catch(() => {});
  }

  /**
   * After the connection was lost: what was missed is told. Where Redis itself lost what it had confirmed (it was restarted,
   * and its file lags behind by up to a second), who remembers puts it back.
   */
  async function reconcile(code: string, room: Watched): Promise<void> {
    const known = room.game;
    if (!known) return;
    const text = await redis.ask((client) => client.hGet(keysOf(code).game, 'game'));
    const stored = text ? (JSON.parse(text) as Game) : null;
    if (!stored || stored.version < known.version) await commit(stored ? `${stored.version}` : '', known);
    else told(stored);
  }

  redis.onReady(async () => {
    // One that fails again is told of by the next commit, or reconciled when the connection is back once more.
    await Promise.all([...watched].map(([code, room]) => reconcile(code, room).catch(() => {})));
  });

  return {
    kind: 'redis',
    async create(game) {
      if (await commit('', game)) return false;
      enlistIfNew(null, game);
      return true;
    },
    read: fetch,
    async update(code, step) {
      let game = watched.get(code)?.game ?? null;
      let sure = !game;
      game ??= await fetch(code);
      for (let tries = 0; tries < TRIES; tries++) {
        if (!game) return 'no-room';
        const next = step(game);
        if (isRefusal(next) || next === game) {
          // A no must be said to the newest game; what is known here may be a moment old.
          if (sure) return next;
          const before: Game = game;
          game = await fetch(code);
          sure = true;
          if (game?.version === before.version) return next;
          continue;
        }
        let there = await commit(`${game.version}`, next);
        // Redis forgot what it had confirmed: see `reconcile`.
        if (there && there !== 'gone' && there.version < game.version) there = await commit(`${there.version}`, next);
        if (there === null) {
          enlistIfNew(game, next);
          told(next);
          return next;
        }
        game = there === 'gone' ? null : there;
        sure = true;
        if (game) told(game);
      }
      throw new Unavailable(`room ${code}: too many changes at once`);
    },
    async watch(code, changed) {
      let room = watched.get(code);
      if (!room) {
        const hear = (message: string) => told(JSON.parse(message) as Game);
        const subscribed = redis.ask((client) => client.sSubscribe(keysOf(code).channel, hear));
        room = { game: null, listeners: new Set(), subscribed, hear };
        watched.set(code, room);
      }
      const { listeners, subscribed, hear } = room;
      listeners.add(changed);
      const stop = () => {
        listeners.delete(changed);
        if (listeners.size > 0 || watched.get(code)?.listeners !== listeners) return;
        watched.delete(code);
        redis.client.sUnsubscribe(keysOf(code).channel, hear).catch(() => {});
      };
      try {
        await subscribed;
        // Steps begin from here, and only a game that is known can be missed after a reconnect.
        const game = await fetch(code);
        if (game && !room.game) room.game = game;
      } catch (reason) {
        stop();
        throw reason;
      }
      return stop;
    },
    async publicRooms() {
      const rows = await redis.ask((client) => client.listed(now() - NEWS, LISTED));
      return rows.map((row) => JSON.parse(row.slice(row.indexOf(' '))) as PublicRoom);
    },
    async saveInk(code, round, writes) {
      const args = writes.flatMap((write) => {
        const entry: Entry = 'ink' in write ? { at: write.at, ink: write.ink } : { at: write.at, chunks: write.chunks };
        return [write.player, `${write.term}`, 'ink' in write ? 'whole' : 'more', JSON.stringify(entry)];
      });
      const saved = await redis.ask((client) => client.saveInk(keysOf(code), round, LIFE, args));
      const known = watched.get(code)?.game;
      if (saved === -1 && known && known.phase.name !== 'closed')
        throw new Unavailable(`room ${code} is not put back yet`);
    },
    async readInk(code, round) {
      const all = await redis.ask((client) => client.readInk(keysOf(code), round));
      const inks = new Map<string, KeptInk>();
      for (let i = 0; i < all.length; i += 2) {
        const kept: KeptInk = { ink: emptyInk(), at: 0 };
        for (const text of all[i + 1] as string[]) {
          const entry = JSON.parse(text) as Entry;
          kept.ink = applyWrite(kept.ink, entry);
          kept.at = entry.at;
        }
        inks.set(all[i] as string, kept);
      }
      return inks;
    },
    async tend(codes) {
      for (const code of codes) {
        await redis.ask((client) => client.tend(keysOf(code), LIFE));
        const game = watched.get(code)?.game;
        if (game && listing(game)) await enlist(game);
      }
    },
    async close() {
      redis.close();
    },
  };
}
