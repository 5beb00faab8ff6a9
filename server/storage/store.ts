/** Where games and ink are kept: the port, in the language of the game. */

import type { History, InkEvent } from '../../shared/history.ts';
import type { PublicRoom } from '../../shared/protocol.ts';
import type { Game } from '../game/game.ts';
import type { Listing } from '../game/view.ts';
import type { Kind, Records } from './records.ts';

/**
 * What became of a drawing since the last write: the events from the `from`th on, or another whole history. `term` is the version
 * of the game in which the player took the seat on the writing process. Once a higher term has written the whole history, writes
 * of lower terms are ignored: a process that lost the seat and does not know it yet cannot damage the drawing.
 */
export type InkWrite = { player: string; term: number } & HistoryChange;

export type HistoryChange = MoreEvents | { history: History };

export interface MoreEvents {
  from: number;
  events: InkEvent[];
}

export const GAMES: Kind<Game> = {
  missing: 'no-room',
  isOver: ({ phase }) => phase.name === 'closed',
  ended: (game) => ({ ...game, version: game.version + 1, phase: { name: 'closed' } }),
  membersOf: ({ seats }) => seats.map(({ id }) => id),
};

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Store extends Records<Game> {
  readonly kind: 'memory' | 'redis';
  /** Public rooms, the fullest first, at most PUBLIC_ROOMS, and ROOMS_OF_ADDRESS whose hosts share an address. */
  publicRooms(): Promise<PublicRoom[]>;
  /** Stores what happened to drawings of a round. Events that are already stored are skipped. */
  saveInk(code: string, round: number, writes: InkWrite[]): Promise<void>;
  /** The drawings of a round, by player: of everybody, or of one. Only the newest round of a room is stored. */
  readInk(code: string, round: number, player?: string): Promise<Map<string, History>>;
  /** Keeps these rooms alive. A room that is not refreshed is deleted after an hour. */
  refresh(codes: string[]): Promise<void>;
  close(): Promise<void>;
}

/** The store cannot be reached now. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export const PUBLIC_ROOMS = 50;
/** So that nobody fills the list alone. */
const ROOMS_OF_ADDRESS = 5;

/** What the home page shows of the listed rooms, which are in order. */
export function shownRooms(listings: Listing[]): PublicRoom[] {
  const counts = new Map<string, number>();
  return listings
    .filter(({ by }) => {
      if (by === null) return true;
      counts.set(by, (counts.get(by) ?? 0) + 1);
      return counts.get(by)! <= ROOMS_OF_ADDRESS;
    })
    .slice(0, PUBLIC_ROOMS)
    .map(({ by: _, ...room }) => room);
}

/** The history after a change. */
export function applyChange(history: History, change: HistoryChange): History {
  if ('history' in change) return change.history.slice();
  history.push(...newEvents(history.length, change));
  return history;
}

/** Those that a history of this length lacks. None if there is a hole before them: then they belong to another history. */
export const newEvents = (length: number, { from, events }: MoreEvents): InkEvent[] =>
  from > length ? [] : events.slice(length - from);
