/**
 * Leaderboards: the best match of each person today, this week and of all time, for races and for solo matches; and the fastest
 * drawings of each word. The port, and the rules that every implementation shares.
 */
import { createHash } from 'node:crypto';
import type { Leader, Span } from '../../shared/protocol.ts';
import { SPANS } from '../../shared/protocol.ts';
import type { MatchResult } from '../game/results.ts';

export interface Leaderboard {
  /** Counts a match once, however often it is recorded: every process that sees the podium records it. */
  record(result: MatchResult): Promise<void>;
  /** The best of a span of time, at most BOARD_LENGTH. `time` (ms) says which week and day. */
  best(span: Span, time: number, table?: Table): Promise<Leader[]>;
  /** The fastest drawings of the word, at most FASTEST_LENGTH. */
  fastest(word: string, time: number): Promise<Leader[]>;
  /** Removes a session from all boards, and from those of these words. */
  forget(session: string, words: readonly string[], time: number): Promise<void>;
}

/** A race has people of two sessions or more. */
export type Table = 'race' | 'solo';

/** Lines of a board that are shown. */
export const BOARD_LENGTH = 20;
export const FASTEST_LENGTH = 10;
/** Lines of a board that are kept. A player who falls off a board may come back. */
export const LINES_KEPT: Record<Span, number> = { all: 10_000, week: 2_000, day: 2_000 };
const DAY_MS = 24 * 60 * 60_000;
/** How long a board is kept after the last match on it, and a line after the last match of its player on that board. ms */
export const BOARD_LIFE_MS: Record<Span | 'word', number> = {
  ...{ all: 365 * DAY_MS, week: 15 * DAY_MS, day: 3 * DAY_MS },
  word: 365 * DAY_MS,
};
/** How long a counted match is remembered. A podium is not recorded after half of that. ms */
export const MATCH_MEMORY_MS = 2 * DAY_MS;

/** The present way to count points. Boards of matches that were counted otherwise are shown to nobody. */
const COUNTING = 2;

/** The name of a board of best matches. */
export const boardName = (table: Table, span: Span, time: number): string =>
  `${table}:${COUNTING}:${spanName(span, time)}`;

export const wordBoard = (word: string): string => `word:${word}`;

/** The names of all boards that a session can be on. */
export function boardNames(words: readonly string[], time: number): string[] {
  const names = words.map(wordBoard);
  for (const span of SPANS)
    for (let day = 0; day * DAY_MS <= BOARD_LIFE_MS[span]; day++)
      for (const table of ['race', 'solo'] as const) names.push(boardName(table, span, time - day * DAY_MS));
  return [...new Set(names)];
}

/** Days and weeks are UTC; a week starts on Monday and is named by that day's date. */
export function spanName(span: Span, time: number): string {
  if (span === 'all') return 'all';
  const date = new Date(time);
  if (span === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return `${span}:${date.toISOString().slice(0, 10)}`;
}

/** Tells players of the same nickname apart, without revealing their session. */
export const publicKey = (session: string): string =>
  createHash('sha256').update(session).digest('base64url').slice(0, 8);
