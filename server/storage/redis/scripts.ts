/** The Lua scripts as typed commands of the Redis client. Each `.lua` file documents its keys, arguments and reply. */
import { readFileSync } from 'node:fs';
import { defineScript } from 'redis';
import { dailyKeysOf, keysOf, PUBLIC_LIST, REPLAYS } from './keys.ts';

const lua = (name: string): string => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');

const commit = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('commit'),
  parseCommand(parser, code: string, expected: string, next: string, game: string, lifeMs: number, phase: string) {
    const keys = keysOf(code);
    parser.pushKeys([keys.game, keys.ink, keys.channel]);
    parser.push(expected, next, game, `${lifeMs}`, phase);
  },
  transformReply: (reply: unknown) => reply as 1 | string | null,
});

const saveInk = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: lua('save-ink'),
  parseCommand(parser, code: string, round: number, lifeMs: number, writes: string[]) {
    const keys = keysOf(code);
    parser.pushKeys([keys.game, keys.ink]);
    parser.push(`${round}`, `${lifeMs}`, ...writes);
  },
  transformReply: (reply: unknown) => reply as -1 | 0 | 1,
});

const readInk = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: lua('read-ink'),
  parseCommand(parser, code: string, round: number, player: string) {
    parser.pushKey(keysOf(code).ink);
    parser.push(`${round}`, player);
  },
  transformReply: (reply: unknown) => reply as (string | string[])[],
});

const refresh = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: lua('refresh'),
  parseCommand(parser, code: string, lifeMs: number) {
    const keys = keysOf(code);
    parser.pushKeys([keys.game, keys.ink]);
    parser.push(`${lifeMs}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const listRoom = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('list-room'),
  parseCommand(parser, code: string, row: string, version: number, players: number, now: number, most: number) {
    parser.pushKeys([PUBLIC_LIST.rows, PUBLIC_LIST.byPlayers, PUBLIC_LIST.byTime]);
    parser.push(code, row, `${version}`, `${players}`, `${now}`, `${most}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const publicRooms = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('public-rooms'),
  parseCommand(parser, since: number, most: number) {
    parser.pushKeys([PUBLIC_LIST.rows, PUBLIC_LIST.byPlayers, PUBLIC_LIST.byTime]);
    parser.push(`${since}`, `${most}`);
  },
  transformReply: (reply: unknown) => reply as string[],
});

/** A board that a match counts on; a life of 0 is for ever. */
export type BoardUpdate = [key: string, how: 'most' | 'least', linesKept: number, lifeMs: number];
/** `board` counts from 1, as Lua does. */
export type LineUpdate = [board: number, session: string, nick: string, value: number];

const recordMatch = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: lua('record-match'),
  parseCommand(parser, matchKey: string, lifeMs: number, boards: BoardUpdate[], lines: LineUpdate[]) {
    parser.pushKey(matchKey);
    parser.push(`${lifeMs}`, JSON.stringify(boards), JSON.stringify(lines));
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const saveReplay = defineScript({
  NUMBER_OF_KEYS: 4,
  SCRIPT: lua('save-replay'),
  parseCommand(
    parser,
    id: string,
    code: string,
    owner: string,
    record: Buffer,
    now: number,
    expires: number,
    mostBytes: number,
  ) {
    parser.pushKeys([REPLAYS.one(''), REPLAYS.expiries, REPLAYS.sizes, REPLAYS.ofRoom(code)]);
    parser.push(id, owner, record, `${now}`, `${expires}`, `${mostBytes}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const keepReplay = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('keep-replay'),
  parseCommand(parser, id: string, lifeMs: number, record: Buffer | '', now: number) {
    parser.pushKeys([REPLAYS.one(id), REPLAYS.expiries, REPLAYS.sizes]);
    parser.push(id, `${lifeMs}`, record, `${now}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const removeReplay = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('remove-replay'),
  parseCommand(parser, id: string) {
    parser.pushKeys([REPLAYS.one(id), REPLAYS.expiries, REPLAYS.sizes]);
    parser.push(id);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const refreshReplays = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('refresh-replays'),
  parseCommand(parser, code: string, expires: number) {
    parser.pushKeys([REPLAYS.ofRoom(code), REPLAYS.one(''), REPLAYS.expiries]);
    parser.push(`${expires}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const claimTry = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: lua('claim-try'),
  parseCommand(parser, day: number, session: string, match: string, most: number, lifeMs: number) {
    parser.pushKey(dailyKeysOf(day).tries);
    parser.push(session, match, `${most}`, `${lifeMs}`);
  },
  transformReply: (reply: unknown) => reply as string,
});

const recordTry = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('record-try'),
  parseCommand(
    parser,
    day: number,
    session: string,
    match: string,
    most: number,
    lifeMs: number,
    result: string,
    score: number,
  ) {
    const { tries, results, scores } = dailyKeysOf(day);
    parser.pushKeys([tries, results, scores]);
    parser.push(session, match, `${most}`, `${lifeMs}`, result, `${score}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

export const scripts = {
  ...{ commit, saveInk, readInk, refresh, listRoom, publicRooms, recordMatch },
  ...{ saveReplay, keepReplay, removeReplay, refreshReplays },
  ...{ claimTry, recordTry },
};
