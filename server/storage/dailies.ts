/** The tries at the six words of each day: who began one, and what came of it. The port, and the limits that every implementation shares. */
import type { DailyResult } from '../../shared/daily.ts';
import type { Leader } from '../../shared/protocol.ts';
import type { DailyTry } from '../game/daily.ts';

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Dailies {
  /**
   * Makes `match` the one try that the session has on the day, unless it has another. Resolves with the match that is; '' if the
   * day takes no more tries.
   */
  claim(day: number, session: string, match: string): Promise<string>;
  /** Keeps what came of a try, once, if its match is the one that was claimed. */
  record(result: DailyTry): Promise<void>;
  /** The best tries of a day, at most BOARD_LENGTH, and how many are finished. */
  table(day: number): Promise<DailyTable>;
  /** The session's try: null if there is none, without a result if it is not finished. */
  read(day: number, session: string): Promise<{ result: DailyResult | null } | null>;
  /** Removes the session from the tables that are kept on this day, and its nickname. It still has had its tries, and can read them. */
  forget(session: string, day: number): Promise<void>;
}

export interface DailyTable {
  players: number;
  leaders: Leader[];
}

/** A day with so many tries takes no more: they need about 0.5 kB each. */
export const MAX_TRIES = 100_000;
/** How long a day is kept after its last try. */
export const DAILY_LIFE_MS = 3 * 24 * 60 * 60_000;

/** Those that may be kept on a day: a try lasts into the next one. */
export const daysKept = (day: number): number[] => [0, 1, 2, 3, 4].map((ago) => day - ago);
