/** The leaderboard of a single process. */
import type { Leader } from '../../../shared/protocol.ts';
import { SPANS } from '../../../shared/protocol.ts';
import type { Leaderboard } from '../leaderboard.ts';
import { BOARD_LENGTH, boardName, FASTEST_LENGTH, LINES_KEPT, publicKey } from '../leaderboard.ts';

/** Counted matches that are remembered. */
const MATCHES_REMEMBERED = 10_000;

interface Line {
  nick: string;
  value: number;
}

/** Highest value first, or lowest. */
type Order = 'highest' | 'lowest';

export function createMemoryLeaderboard(): Leaderboard {
  const counted = new Set<string>();
  /** By name of the board, then by session. */
  const boards = new Map<string, Map<string, Line>>();

  function put(
    name: string,
    session: string,
    nick: string,
    value: number,
    better: (...both: number[]) => number,
  ): void {
    const board = boards.get(name) ?? new Map<string, Line>();
    boards.set(name, board.set(session, { nick, value: better(value, board.get(session)?.value ?? value) }));
  }

  const sorted = (name: string, order: Order): [session: string, line: Line][] => {
    const sign = order === 'lowest' ? 1 : -1;
    return [...(boards.get(name) ?? [])].sort(([, a], [, b]) => sign * (a.value - b.value));
  };

  const top = (name: string, length: number, order: Order): Leader[] =>
    sorted(name, order)
      .slice(0, length)
      .map(([session, { nick, value }]) => ({ key: publicKey(session), nick, value }));

  function trim(name: string, length: number, order: Order): void {
    const board = boards.get(name);
    if (!board || board.size <= length) return;
    for (const [session] of sorted(name, order).slice(length)) board.delete(session);
  }

  return {
    async record({ match, ended, solo, players, drawings }) {
      if (counted.has(match)) return;
      counted.add(match);
      if (counted.size > MATCHES_REMEMBERED) counted.delete(counted.values().next().value!);
      for (const span of SPANS) {
        const table = solo ? 'solo' : 'race';
        const name = boardName(table, span, ended);
        // Nobody asks for the boards of past days any more.
        for (const other of boards.keys())
          if (other.startsWith(`${table}:${span}:`) && other < name) boards.delete(other);
        for (const { session, nick, score } of players) put(name, session, nick, score, Math.max);
        trim(name, LINES_KEPT[span], 'highest');
      }
      for (const { session, nick, word, at } of drawings) {
        put(`word:${word}`, session, nick, at, Math.min);
        trim(`word:${word}`, FASTEST_LENGTH, 'lowest');
      }
    },
    best: async (span, time, table = 'race') => top(boardName(table, span, time), BOARD_LENGTH, 'highest'),
    fastest: async (word) => top(`word:${word}`, FASTEST_LENGTH, 'lowest'),
  };
}
