/** The Lua scripts as typed commands of the Redis client. Each `.lua` file documents its keys, arguments and reply. */
import { readFileSync } from 'node:fs';
import { defineScript } from 'redis';
import {
  CHALLENGES,
  dailyKeysOf,
  keysOf,
  LEADERS,
  lessonKeyOf,
  networkKeysOf,
  PUBLIC_LIST,
  REPLAYS,
  REPORTS,
} from './keys.ts';

const lua = (name: string): string => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');

/** `text`: the record as JSON, in a field of its own. `members` may share networks. */
interface Committed {
  code: string;
  field: string;
  text: string;
  lifeMs: number;
  isOver: boolean;
  members: string[];
}

const commit = defineScript({
  SCRIPT: lua('commit'),
  parseCommand(
    parser,
    { record, channel, ink }: { record: string; channel: string; ink?: string },
    expected: string,
    next: string,
    { code, field, text, lifeMs, isOver, members }: Committed,
  ) {
    const { list, bytes } = networkKeysOf(code);
    parser.pushKeysLength([record, channel, list, bytes, ...(ink === undefined ? [] : [ink])]);
    parser.push(expected, next, field, text, `${lifeMs}`, isOver ? '1' : '', ...members);
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
  SCRIPT: lua('refresh'),
  parseCommand(parser, code: string, { record, ink }: { record: string; ink?: string }, lifeMs: number) {
    const { list, bytes } = networkKeysOf(code);
    parser.pushKeysLength([record, list, bytes, ...(ink === undefined ? [] : [ink])]);
    parser.push(`${lifeMs}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const saveNetwork = defineScript({
  NUMBER_OF_KEYS: 4,
  SCRIPT: lua('save-network'),
  parseCommand(parser, code: string, member: string, about: string, network: Buffer, most: number) {
    const { list, bytes } = networkKeysOf(code);
    parser.pushKeys([keysOf(code).game, lessonKeyOf(code), list, bytes]);
    parser.push(member, about, network, `${most}`);
  },
  transformReply: (reply: unknown) => reply as 'saved' | 'gone' | 'full',
});

const removeNetwork = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: lua('remove-network'),
  parseCommand(parser, code: string, member: string) {
    const { list, bytes } = networkKeysOf(code);
    parser.pushKeys([list, bytes]);
    parser.push(member);
  },
  transformReply: (reply: unknown) => reply as 1,
});

const listRoom = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: lua('list-room'),
  parseCommand(
    parser,
    code: string,
    row: string,
    version: number,
    players: number,
    now: number,
    ...limits: [most: number, lifeMs: number]
  ) {
    parser.pushKeys([PUBLIC_LIST.rows, PUBLIC_LIST.byPlayers, PUBLIC_LIST.byTime]);
    parser.push(code, row, `${version}`, `${players}`, `${now}`, ...limits.map(String));
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

export type Order = 'most' | 'least';
/** A board that a match counts on. */
export type BoardUpdate = [key: string, how: Order, linesKept: number, lifeMs: number];
/** `board` counts from 1, as Lua does. */
export type LineUpdate = [board: number, session: string, nick: string, value: number];

const recordMatch = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `${lua('boards')}\n${lua('record-match')}`,
  parseCommand(parser, key: string, lifeMs: number, ended: number, boards: BoardUpdate[], lines: LineUpdate[]) {
    parser.pushKey(key);
    parser.push(`${lifeMs}`, `${ended}`, JSON.stringify(boards), JSON.stringify(lines));
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const readBoard = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `${lua('boards')}\n${lua('read-board')}`,
  parseCommand(parser, key: string, order: Order, length: number, now: number, lifeMs: number) {
    parser.pushKey(key);
    parser.push(order, `${length}`, `${now}`, `${lifeMs}`);
  },
  transformReply: (reply: unknown) => reply as [session: string, nick: string, value: string][],
});

type Done = 0 | 1;

/** With one key, the prefix of all others: these lie on the same node. */
const ofPrefix = <Args extends (string | number | Buffer)[], Reply>(prefix: string, script: string) =>
  defineScript({
    NUMBER_OF_KEYS: 1,
    SCRIPT: script,
    parseCommand(parser, ...args: Args) {
      parser.pushKey(prefix);
      for (const arg of args) parser.push(typeof arg === 'number' ? `${arg}` : arg);
    },
    transformReply: (reply: unknown) => reply as Reply,
  });

const leaveBoards = ofPrefix<[session: string, names: string], Done>(
  LEADERS,
  `${lua('boards')}\n${lua('leave-boards')}`,
);

type ReportKey = [key: string, reporter: string, reason: string, now: number, keptMs: number, most: number];
const reportKey = ofPrefix<ReportKey, number>(REPORTS, lua('report-key'));
const forgetReports = ofPrefix<[key: string], Done>(REPORTS, lua('forget-reports'));
const reportedKeys = ofPrefix<[since: number], [key: string, reasons: string[]][]>(REPORTS, lua('reported-keys'));

const ofReplays = <Args extends (string | number | Buffer)[], Reply>(name: string) =>
  ofPrefix<Args, Reply>(REPLAYS, `${lua('replays')}\n${lua(name)}`);

type Save = [
  ...[id: string, code: string, owner: string, record: Buffer, now: number, expires: number, mostBytes: number],
  ...[word: string, ms: number | '', ownKept: number],
];
type List = [id: string, word: string, passes: 0 | 1, speed: number, now: number, lifeMs: number, mostBytes: number];

const saveReplay = ofReplays<Save, Done>('save-replay');
const keepReplay = ofReplays<[id: string, lifeMs: number, record: Buffer | '', now: number], Done>('keep-replay');
const removeReplay = ofReplays<[id: string], Done>('remove-replay');
const bestReplay = ofReplays<[owner: string, word: string, now: number], string | null>('best-replay');
const refreshReplays = ofReplays<[code: string, expires: number], Done>('refresh-replays');
const listReplay = ofReplays<List, Done>('list-replay');
const unlistReplay = ofReplays<[id: string, lifeAfterwardsMs: number, now: number], Done>('unlist-replay');
const gallery = ofReplays<[word: string, sort: string, after: number | '', limit: number, now: number], string[]>(
  'gallery',
);
const galleryWords = ofReplays<[now: number], string[]>('gallery-words');
type Report = [id: string, reporter: string, reason: string, toHide: number, now: number];
const reportReplay = ofReplays<Report, Done>('report-replay');
const moderateReplay = ofReplays<[id: string, decision: string, now: number], Done>('moderate-replay');
const replayCases = ofReplays<[from: number, limit: number, now: number], string[]>('replay-cases');

type SetGift = [id: string, before: string, gift: string, now: number, reviewMs: number];
const setGift = ofReplays<SetGift, Done>('set-gift');

type SaveChallenge = [id: string, json: string, lifeMs: number, now: number, most: number];
const saveChallenge = ofPrefix<SaveChallenge, Done>(CHALLENGES, lua('save-challenge'));
type Attempt = [id: string, owner: string, json: string, most: number];
const recordAttempt = ofPrefix<Attempt, Done>(CHALLENGES, lua('record-attempt'));

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
  ...{
    commit,
    saveInk,
    readInk,
    refresh,
    saveNetwork,
    removeNetwork,
    listRoom,
    publicRooms,
    recordMatch,
    readBoard,
    leaveBoards,
  },
  ...{ reportKey, forgetReports, reportedKeys },
  ...{ saveReplay, keepReplay, removeReplay, bestReplay, refreshReplays, setGift },
  ...{ listReplay, unlistReplay, gallery, galleryWords, reportReplay, moderateReplay, replayCases },
  ...{ claimTry, recordTry, saveChallenge, recordAttempt },
};
