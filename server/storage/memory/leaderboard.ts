/** The leaderboard of a single process. */
import type { Leader } from '../../../shared/protocol.ts';
import { SPANS } from '../../../shared/protocol.ts';
import type { Leaderboard } from '../leaderboard.ts';
import {
  BOARD_LENGTH,
  BOARD_LIFE_MS,
  boardName,
  boardNames,
  FASTEST_LENGTH,
  LINES_KEPT,
  publicKey,
  wordBoard,
} from '../leaderboard.ts';

/** Counted matches that are remembered. */
const MATCHES_REMEMBERED = 10_000;

interface Line {
  nick: string;
  value: number;
  /** When the last match on this board ended. ms */
  seen: number;
}

/** Highest value first, or lowest. */
type Order = 'highest' | 'lowest';

export function createMemoryLeaderboard(): Leaderboard {
  const counted = new Set<string>();
  /** By name of the board, then by session. */
  const boards = new Map<string, Map<string, Line>>();

  function put(name: string, session: string, { value, ...line }: Line, better: (...both: number[]) => number): void {
    const board = boards.get(name) ?? new Map<string, Line>();
    boards.set(name, board.set(session, { ...line, value: better(value, board.get(session)?.value ?? value) }));
  }

  const sorted = (name: string, order: Order): [session: string, line: Line][] => {
    const sign = order === 'lowest' ? 1 : -1;
    return [...(boards.get(name) ?? [])].sort(([, a], [, b]) => sign * (a.value - b.value));
  };

  function dropOld(name: string, before: number): void {
    const board = boards.get(name);
    for (const [session, { seen }] of board ?? []) if (seen < before) board!.delete(session);
  }

  function top(name: string, length: number, order: Order, before: number): Leader[] {
    dropOld(name, before);
    return sorted(name, order)
      .slice(0, length)
      .map(([session, { nick, value }]) => ({ key: publicKey(session), nick, value }));
  }

  function trim(name: string, length: number, order: Order, before: number): void {
    dropOld(name, before);
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
        // Nobody asks for the boards of past days and weeks any more.
        const past = (other: string) => other < name && other.startsWith(name.replace(/[^:]*$/, ''));
        if (span !== 'all') for (const other of [...boards.keys()].filter(past)) boards.delete(other);
        for (const { session, nick, score } of players)
          put(name, session, { nick, value: score, seen: ended }, Math.max);
        trim(name, LINES_KEPT[span], 'highest', ended - BOARD_LIFE_MS[span]);
      }
      for (const { session, nick, word, at } of drawings) {
        put(wordBoard(word), session, { nick, value: at, seen: ended }, Math.min);
        trim(wordBoard(word), FASTEST_LENGTH, 'lowest', ended - BOARD_LIFE_MS.word);
      }
    },
    best: async (span, time, table = 'race') =>
      top(boardName(table, span, time), BOARD_LENGTH, 'highest', time - BOARD_LIFE_MS[span]),
    fastest: async (word, time) => top(wordBoard(word), FASTEST_LENGTH, 'lowest', time - BOARD_LIFE_MS.word),
    async forget(session, words, time) {
      for (const name of boardNames(words, time)) boards.get(name)?.delete(session);
    },
  };
}
