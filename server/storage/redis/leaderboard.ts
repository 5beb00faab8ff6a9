/**
 * The leaderboard in Redis. All keys share a hash tag, since one script counts a match.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{leaders}:race:SPAN`, `dd:{leaders}:solo:SPAN` | sorted set | sessions by the points of their best match |
 * | `dd:{leaders}:word:WORD` | sorted set | sessions by ms |
 * | `…:names` beside each | hash | the sessions' nicknames |
 * | `dd:{leaders}:match:ID` | string | set while the match is remembered as counted |
 */
import type { Leader } from '../../../shared/protocol.ts';
import { SPANS } from '../../../shared/protocol.ts';
import type { Leaderboard } from '../leaderboard.ts';
import {
  BOARD_LENGTH,
  BOARD_LIFE_MS,
  boardName,
  FASTEST_LENGTH,
  LINES_KEPT,
  MATCH_MEMORY_MS,
  publicKey,
} from '../leaderboard.ts';
import type { Redis } from './connection.ts';
import type { BoardUpdate, LineUpdate } from './scripts.ts';

const keyOf = (name: string): string => `dd:{leaders}:${name}`;

export function createRedisLeaderboard(redis: Redis): Leaderboard {
  async function top(name: string, length: number, order: 'highest' | 'lowest'): Promise<Leader[]> {
    const key = keyOf(name);
    const lines = await redis.run((client) =>
      client.zRangeWithScores(key, 0, length - 1, order === 'highest' ? { REV: true } : undefined),
    );
    if (lines.length === 0) return [];
    const sessions = lines.map(({ value }) => value);
    const nicks = await redis.run((client) => client.hmGet(`${key}:names`, sessions));
    return lines.map(({ value, score }, i) => ({ key: publicKey(value), nick: nicks[i] ?? '', value: score }));
  }

  return {
    async record({ match, ended, solo, players, drawings }) {
      const boards: BoardUpdate[] = [];
      const lines: LineUpdate[] = [];
      for (const span of SPANS) {
        const name = boardName(solo ? 'solo' : 'race', span, ended);
        boards.push([keyOf(name), 'most', LINES_KEPT[span], BOARD_LIFE_MS[span]]);
        for (const { session, nick, score } of players) lines.push([boards.length, session, nick, score]);
      }
      for (const word of new Set(drawings.map((drawing) => drawing.word))) {
        boards.push([keyOf(`word:${word}`), 'least', FASTEST_LENGTH, 0]);
        for (const drawing of drawings)
          if (drawing.word === word) lines.push([boards.length, drawing.session, drawing.nick, drawing.at]);
      }
      await redis.run((client) => client.recordMatch(keyOf(`match:${match}`), MATCH_MEMORY_MS, boards, lines));
    },
    best: (span, time, table = 'race') => top(boardName(table, span, time), BOARD_LENGTH, 'highest'),
    fastest: (word) => top(`word:${word}`, FASTEST_LENGTH, 'lowest'),
  };
}
