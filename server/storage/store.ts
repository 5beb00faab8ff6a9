/** Where games and ink are kept: the port, in the game's language, and the store of a single process. */
import type { Chunk, Ink } from '../../shared/ink.ts';
import { append, copyInk, emptyInk } from '../../shared/ink.ts';
import type { PublicRoom, Refusal } from '../../shared/protocol.ts';
import type { Game } from '../game/game.ts';
import { isRefusal } from '../game/game.ts';

/**
 * What became of a drawing since it was last kept: it grew, or it is another now. `term` is the version of the game in which
 * the drawer took their seat over the connection that they draw on. A higher one ends the lower, once it wrote the whole
 * ink: a process that lost the seat and does not know it yet cannot disturb. `at` is when the newest of it was drawn, in ms
 * of the round.
 */
export type InkWrite = { player: string; term: number; at: number } & InkNews;

export type InkNews = { chunks: Chunk[] } | { ink: Ink };

/** A drawing as it is kept. */
export interface KeptInk {
  ink: Ink;
  /** When the newest of it was drawn. ms of the round */
  at: number;
}

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Store {
  readonly kind: 'memory' | 'redis';
  /** Keeps a new game. False if its code is taken. */
  create(game: Game): Promise<boolean>;
  read(code: string): Promise<Game | null>;
  /**
   * Steps the newest game; of several at once each sees the one before. `step` may run more than once. A step that returns
   * its argument changes nothing. The result is the game as it is then, or the step's refusal, or `no-room`.
   * A game whose phase is `closed` is forgotten.
   */
  update(code: string, step: (game: Game) => Game | Refusal): Promise<Game | Refusal>;
  /**
   * Tells of every later change of a game, whoever made it, in the order of versions; of one made by `update` on this store
   * before that resolves. Of several in a quick row only the newest may be told. Returns the way to stop it.
   */
  watch(code: string, changed: (game: Game) => void): Promise<() => void>;
  /** Public rooms, the fullest first, at most 50. */
  publicRooms(): Promise<PublicRoom[]>;
  /** Keeps what was drawn in a round. Chunks that are already there are passed over. */
  saveInk(code: string, round: number, writes: InkWrite[]): Promise<void>;
  /** All ink of a round, by player. Only the newest round of a room is kept. */
  readInk(code: string, round: number): Promise<Map<string, KeptInk>>;
  /** People are in these rooms still. A room that nobody tends is forgotten after an hour. */
  tend(codes: string[]): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot be reached now. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export const LISTED = 50;

/** A room as the home page lists it; null if it does not. */
export function listing(game: Game): PublicRoom | null {
  const host = game.seats.find((seat) => seat.id === game.host);
  if (!game.settings.public || !host || game.phase.name === 'closed') return null;
  const { code, seats, settings, phase } = game;
  return { code, host: host.nick, players: seats.length, seats: settings.seats, phase: phase.name };
}

/** Applies what was written to `ink`; the same fold for every store. */
export function applyWrite(ink: Ink, write: InkNews): Ink {
  if ('ink' in write) return copyInk(write.ink);
  for (const chunk of write.chunks) append(ink, chunk);
  return ink;
}

export function createMemoryStore(): Store {
  const games = new Map<string, Game>();
  const inks = new Map<string, { round: number; players: Map<string, KeptInk & { term: number }> }>();
  const watchers = new Map<string, Set<(game: Game) => void>>();

  return {
    kind: 'memory',
    async create(game) {
      if (games.has(game.code)) return false;
      games.set(game.code, game);
      return true;
    },
    async read(code) {
      return games.get(code) ?? null;
    },
    async update(code, step) {
      const game = games.get(code);
      if (!game) return 'no-room';
      const next = step(game);
      if (isRefusal(next) || next === game) return next;
      if (next.phase.name === 'closed') {
        games.delete(code);
        inks.delete(code);
      } else games.set(code, next);
      for (const changed of [...(watchers.get(code) ?? [])]) changed(next);
      return next;
    },
    async watch(code, changed) {
      const listeners = watchers.get(code) ?? new Set();
      watchers.set(code, listeners.add(changed));
      return () => {
        listeners.delete(changed);
        if (listeners.size === 0) watchers.delete(code);
      };
    },
    async publicRooms() {
      const rooms = [...games.values()].map(listing).filter((room) => room !== null);
      return rooms.sort((a, b) => b.players - a.players).slice(0, LISTED);
    },
    async saveInk(code, round, writes) {
      if (!games.has(code)) return;
      let kept = inks.get(code);
      if (kept && kept.round > round) return;
      if (kept?.round !== round) {
        kept = { round, players: new Map() };
        inks.set(code, kept);
      }
      for (const write of writes) {
        const { player, term, at } = write;
        const before = kept.players.get(player);
        if (before && ('ink' in write ? term < before.term : term !== before.term)) continue;
        kept.players.set(player, { ink: applyWrite(before?.ink ?? emptyInk(), write), at, term });
      }
    },
    async readInk(code, round) {
      const kept = inks.get(code);
      if (kept?.round !== round) return new Map();
      return new Map([...kept.players].map(([player, { ink, at }]) => [player, { ink: copyInk(ink), at }]));
    },
    async tend() {},
    async close() {},
  };
}
