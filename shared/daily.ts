/** The six words of a day, the same for everybody: what page and server must agree on. Days are UTC, and begin when the server's clock says so. */
import type { Leader } from './protocol.ts';

export const DAILY_ROUNDS = 6;
const DAY_MS = 24 * 60 * 60_000;

/** UTC days since 1970. `time` in ms since then. */
export const dayOf = (time: number): number => Math.floor(time / DAY_MS);

/** When the day begins. ms since 1970 */
export const startOfDay = (day: number): number => day * DAY_MS;

/** A round of somebody's try. `at`: from the round's start to the stroke that was recognized; null if it was not. ms */
export interface DailyRound {
  word: string;
  at: number | null;
}

export interface DailyResult {
  /** The player's key on the table. */
  key: string;
  /** From 1. Equal scores share a place. */
  place: number;
  score: number;
  rounds: DailyRound[];
}

/** The answer of `/api/daily`, and of `/api/daily?day=20785`. It holds no word that this visitor has not drawn. */
export interface Daily {
  day: number;
  today: number;
  /** Until the next six words, by the server's clock. ms */
  next: number;
  /** How many finished a try. */
  players: number;
  /** The best of the day. */
  leaders: Leader[];
  /** This visitor has begun a try. */
  begun: boolean;
  /** Of that try; null until it is finished, and for ever if the player left before its end. */
  result: DailyResult | null;
}
