/**
 * Leaderboards: points of all time, of this week and of today, and the fastest drawing of each word. A match is counted
 * once, however often and by whomever it is told: any process that sees the podium tells it.
 */
import { createHash } from 'node:crypto';
import type { Leader, Span } from '../../shared/protocol.ts';
import { SPANS } from '../../shared/protocol.ts';
import type { Game } from '../game/game.ts';
import { standing } from '../game/view.ts';
import type { Redis } from './redis/connection.ts';

/** What a finished match leaves behind. */
export interface Outcome {
  /** Names the match, and no other. */
  match: string;
  /** When its podium came. ms */
  ended: number;
  /** Who got points. */
  players: { session: string; nick: string; score: number }[];
  /** Recognized drawings; `at` in ms of the round. */
  drawings: { session: string; nick: string; word: string; at: number }[];
}

export interface Leaders {
  /** Counts a match, unless it is counted already. */
  honor(outcome: Outcome): Promise<void>;
  /** The best of a span of time, at most SHOWN. `time` (ms) says which week and day. */
  best(span: Span, time: number): Promise<Leader[]>;
  /** Who drew the word fastest, at most FASTEST. */
  fastest(word: string): Promise<Leader[]>;
}

export const SHOWN = 20;
export const FASTEST = 10;
/** Places that are kept. Who falls off a board begins at nothing again. */
const PLACES: Record<Span, number> = { all: 10_000, week: 2_000, day: 2_000 };
const DAY = 24 * 60 * 60_000;
/** Boards of a week or a day are kept so long after the last match on them. ms */
const LIVES: Record<Span, number> = { all: 0, week: 15 * DAY, day: 3 * DAY };
/** So long it is known that a match was counted; a podium older than half of that is not told again. ms */
const MEMORY = 2 * DAY;
/** Matches that a store in memory remembers to have counted. */
const REMEMBERED = 10_000;

/** The match that just ended; null where there is nothing to count. `drawers` are the sessions of its players. */
export function outcomeOf(game: Game, now: number): Outcome | null {
  const { phase, match } = game;
  if (phase.name !== 'podium' || !match || now - phase.since > MEMORY / 2) return null;
  const lines = standing(game);
  const who = (player: string) => {
    const session = match.runners[player]?.session;
    return session ? { session, nick: match.runners[player]!.nick } : null;
  };
  return {
    match: match.id,
    ended: phase.since,
    players: lines.flatMap(({ player, score }) => {
      const person = who(player);
      return person && score > 0 ? [{ ...person, score }] : [];
    }),
    drawings: match.results.flatMap(({ prompt, recognized }) =>
      recognized.flatMap(({ player, at }) => {
        const person = who(player);
        return person ? [{ ...person, word: prompt, at }] : [];
      }),
    ),
  };
}

/** Days and weeks are UTC; a week begins on Monday and bears that day's date. */
export function spanName(span: Span, time: number): string {
  if (span === 'all') return 'all';
  const date = new Date(time);
  if (span === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return `${span}:${date.toISOString().slice(0, 10)}`;
}

/** Tells players apart without telling who they are: from it nobody gets to the session. */
const keyOf = (session: string): string => createHash('sha256').update(session).digest('base64url').slice(0, 8);

export function createMemoryLeaders(): Leaders {
  const counted = new Set<string>();
  const boards = new Map<string, Map<string, { nick: string; value: number }>>();

  const put = (name: string, member: string, nick: string, value: (before: number | undefined) => number) => {
    const board = boards.get(name) ?? new Map<string, { nick: string; value: number }>();
    boards.set(name, board.set(member, { nick, value: value(board.get(member)?.value) }));
  };
  const top = (name: string, most: number, order: 1 | -1): Leader[] =>
    [...(boards.get(name) ?? [])]
      .sort(([, a], [, b]) => order * (a.value - b.value))
      .slice(0, most)
      .map(([session, { nick, value }]) => ({ key: keyOf(session), nick, value }));
  const trim = (name: string, places: number, order: 1 | -1) => {
    const board = boards.get(name);
    if (!board || board.size <= places) return;
    const sorted = [...board].sort(([, a], [, b]) => order * (a.value - b.value));
    for (const [member] of sorted.slice(places)) board.delete(member);
  };

  return {
    async honor({ match, ended, players, drawings }) {
      if (counted.has(match)) return;
      counted.add(match);
      if (counted.size > REMEMBERED) counted.delete(counted.values().next().value!);
      for (const span of SPANS) {
        const name = spanName(span, ended);
        // The boards of days gone by are not asked for any more.
        for (const other of boards.keys()) if (other.startsWith(`${span}:`) && other < name) boards.delete(other);
        for (const { session, nick, score } of players) put(name, session, nick, (before = 0) => before + score);
        trim(name, PLACES[span], -1);
      }
      for (const { session, nick, word, at } of drawings) {
        put(`word:${word}`, session, nick, (before = at) => Math.min(before, at));
        trim(`word:${word}`, FASTEST, 1);
      }
    },
    best: async (span, time) => top(spanName(span, time), SHOWN, -1),
    fastest: async (word) => top(`word:${word}`, FASTEST, 1),
  };
}

/** All keys share a hash tag: a match is counted in one script. Beside each board `…:names`, a hash of its nicknames. */
const keyFor = (name: string): string => `dd:{leaders}:${name}`;

export function createRedisLeaders(redis: Redis): Leaders {
  async function top(name: string, most: number, reverse: boolean): Promise<Leader[]> {
    const key = keyFor(name);
    const lines = await redis.ask((client) =>
      client.zRangeWithScores(key, 0, most - 1, reverse ? { REV: true } : undefined),
    );
    if (lines.length === 0) return [];
    const nicks = await redis.ask((client) =>
      client.hmGet(
        `${key}:names`,
        lines.map(({ value }) => value),
      ),
    );
    return lines.map(({ value, score }, i) => ({ key: keyOf(value), nick: nicks[i] ?? '', value: score }));
  }

  return {
    async honor({ match, ended, players, drawings }) {
      const boards: [key: string, how: 'sum' | 'least', places: number, life: number][] = [];
      const lines: [board: number, member: string, nick: string, value: number][] = [];
      for (const span of SPANS) {
        boards.push([keyFor(spanName(span, ended)), 'sum', PLACES[span], LIVES[span]]);
        for (const { session, nick, score } of players) lines.push([boards.length, session, nick, score]);
      }
      for (const word of new Set(drawings.map((drawing) => drawing.word))) {
        boards.push([keyFor(`word:${word}`), 'least', FASTEST, 0]);
        for (const drawing of drawings)
          if (drawing.word === word) lines.push([boards.length, drawing.session, drawing.nick, drawing.at]);
      }
      await redis.ask((client) =>
        client.honor(keyFor(`match:${match}`), MEMORY, JSON.stringify(boards), JSON.stringify(lines)),
      );
    },
    best: (span, time) => top(spanName(span, time), SHOWN, true),
    fastest: (word) => top(`word:${word}`, FASTEST, false),
  };
}
