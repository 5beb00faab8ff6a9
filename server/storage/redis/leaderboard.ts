/**
 * The leaderboard in Redis. All keys share a hash tag, since one script counts a match.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{leaders}:race:SPAN`, `dd:{leaders}:solo:SPAN` | sorted set | sessions by the points of their best match |
 * | `dd:{leaders}:word:WORD` | sorted set | sessions by ms |
 * | `…:names` beside each | hash | the sessions' nicknames |
 * | `…:seen` beside each | sorted set | sessions by when their last match on it ended, in ms |
 * | `dd:{leaders}:match:ID` | string | set while the match is remembered as counted |
 */
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
  MATCH_MEMORY_MS,
  publicKey,
  wordBoard,
} from '../leaderboard.ts';
import type { Redis } from './connection.ts';
import { LEADERS } from './keys.ts';
import type { BoardUpdate, LineUpdate, Order } from './scripts.ts';

const keyOf = (name: string): string => LEADERS + name;

/** Boards of earlier versions, which counted otherwise. Their lines get old, too. */
const OUTDATED = ['all', 'race:all', 'solo:all'];

export function createRedisLeaderboard(redis: Redis): Leaderboard {
  async function top(name: string, order: Order, length: number, now: number, lifeMs: number): Promise<Leader[]> {
    const lines = await redis.run((client) => client.readBoard(keyOf(name), order, length, now, lifeMs));
    return lines.map(([session, nick, value]) => ({ key: publicKey(session!), nick: nick!, value: Number(value) }));
  }

  return {
    async record({ match, ended, solo, players, drawings }) {
      const boards = OUTDATED.map((name): BoardUpdate => [keyOf(name), 'most', LINES_KEPT.all, BOARD_LIFE_MS.all]);
      const lines: LineUpdate[] = [];
      for (const span of SPANS) {
        const name = boardName(solo ? 'solo' : 'race', span, ended);
        boards.push([keyOf(name), 'most', LINES_KEPT[span], BOARD_LIFE_MS[span]]);
        for (const { session, nick, score } of players) lines.push([boards.length, session, nick, score]);
      }
      for (const word of new Set(drawings.map((drawing) => drawing.word))) {
        boards.push([keyOf(wordBoard(word)), 'least', FASTEST_LENGTH, BOARD_LIFE_MS.word]);
        for (const drawing of drawings)
          if (drawing.word === word) lines.push([boards.length, drawing.session, drawing.nick, drawing.at]);
      }
      await redis.run((client) => client.recordMatch(keyOf(`match:${match}`), MATCH_MEMORY_MS, ended, boards, lines));
    },
    best: (span, time, table = 'race') =>
      top(boardName(table, span, time), 'most', BOARD_LENGTH, time, BOARD_LIFE_MS[span]),
    fastest: (word, time) => top(wordBoard(word), 'least', FASTEST_LENGTH, time, BOARD_LIFE_MS.word),
    async forget(session, words, time) {
      const names = JSON.stringify([...OUTDATED, ...boardNames(words, time)]);
      await redis.run((client) => client.leaveBoards(session, names));
    },
  };
}
