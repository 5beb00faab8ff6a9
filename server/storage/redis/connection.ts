/**
 * The store's connection to Redis, and the scripts that run there. Everything the server asks of Redis for games, ink,
 * leaderboards and other processes goes through this one connection (RESP3 lets commands and subscriptions share it);
 * only Socket.IO's adapter has its own.
 */
import { createClient, createCluster, defineScript, ErrorReply } from 'redis';
import type { Log } from '../../log.ts';
import { Unavailable } from '../store.ts';

/** A command that has no answer after this counts as lost. ms */
const PATIENCE = 1500;
/** Longest pause between two attempts to connect. ms */
const SLOWEST_RETRY = 1000;

/**
 * Commits a game if its version is still the expected one ('' for none), and tells every process that watches it, in the
 * same breath, so that the order of messages is the order of versions. A closed game is deleted with its ink.
 * Gives 1, or the game that is there instead, or null where there is none.
 */
const commit = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: `
    local version = redis.call('HGET', KEYS[1], 'version') or ''
    if version ~= ARGV[1] then return redis.call('HGET', KEYS[1], 'game') end
    if ARGV[5] == 'closed' then
      for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
        if field ~= 'round' then redis.call('DEL', KEYS[2] .. ':' .. field) end
      end
      redis.call('DEL', KEYS[1], KEYS[2])
    else
      redis.call('HSET', KEYS[1], 'version', ARGV[2], 'game', ARGV[3])
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
    end
    redis.call('SPUBLISH', KEYS[3], ARGV[3])
    return 1`,
  parseCommand(parser, keys: RoomKeys, expected: string, next: string, game: string, life: number, phase: string) {
    parser.pushKeys([keys.game, keys.ink, keys.channel]);
    parser.push(expected, next, game, `${life}`, phase);
  },
  transformReply: (reply: unknown) => reply as 1 | string | null,
});

/**
 * Appends what was drawn: one list for each player, and an index of them with the round. Ink of an older round is refused;
 * that of a newer one replaces all there is. After the round come, for each player: who, term, 'whole' or 'more', entry; the
 * terms are those of InkWrite. Gives -1 where there is no such room, 0 where its round is newer.
 */
const saveInk = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: `
    if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
    local life = ARGV[2]
    local round = tonumber(redis.call('HGET', KEYS[2], 'round') or '-1')
    if round > tonumber(ARGV[1]) then return 0 end
    if round < tonumber(ARGV[1]) then
      for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
        if field ~= 'round' then redis.call('DEL', KEYS[2] .. ':' .. field) end
      end
      redis.call('DEL', KEYS[2])
      redis.call('HSET', KEYS[2], 'round', ARGV[1])
      redis.call('PEXPIRE', KEYS[2], life)
    end
    for i = 3, #ARGV, 4 do
      local player, term, how, entry = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3]
      local list = KEYS[2] .. ':' .. player
      local before = tonumber(redis.call('HGET', KEYS[2], player) or '-1')
      if before == -1 or (how == 'whole' and term >= before) then
        redis.call('HSET', KEYS[2], player, term)
        redis.call('DEL', list)
        redis.call('RPUSH', list, entry)
        redis.call('PEXPIRE', list, life)
      elseif how == 'more' and term == before then
        redis.call('RPUSH', list, entry)
      end
    end
    return 1`,
  parseCommand(parser, keys: RoomKeys, round: number, life: number, writes: string[]) {
    parser.pushKeys([keys.game, keys.ink]);
    parser.push(`${round}`, `${life}`, ...writes);
  },
  transformReply: (reply: unknown) => reply as -1 | 0 | 1,
});

/** All ink of a round: player, then its entries, and so on; nothing if another round is kept. */
const readInk = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    if redis.call('HGET', KEYS[1], 'round') ~= ARGV[1] then return {} end
    local all = {}
    for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
      if field ~= 'round' then
        all[#all + 1] = field
        all[#all + 1] = redis.call('LRANGE', KEYS[1] .. ':' .. field, 0, -1)
      end
    end
    return all`,
  parseCommand(parser, keys: RoomKeys, round: number) {
    parser.pushKey(keys.ink);
    parser.push(`${round}`);
  },
  transformReply: (reply: unknown) => reply as (string | string[])[],
});

/** What is being kept stays: the room's keys live on. Gives 0 where there is no room. */
const tend = defineScript({
  NUMBER_OF_KEYS: 2,
  SCRIPT: `
    if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then return 0 end
    if redis.call('PEXPIRE', KEYS[2], ARGV[1]) == 1 then
      for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
        if field ~= 'round' then redis.call('PEXPIRE', KEYS[2] .. ':' .. field, ARGV[1]) end
      end
    end
    return 1`,
  parseCommand(parser, keys: RoomKeys, life: number) {
    parser.pushKeys([keys.game, keys.ink]);
    parser.push(`${life}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

/**
 * Puts a room on the public list, or takes it off ('' as its row). An older version than the listed one changes nothing.
 * At most ARGV[6] rooms are kept, the longest unheard of go first.
 */
const enlist = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: `
    local code, row, version, players, now, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], tonumber(ARGV[6])
    local function strike(gone)
      redis.call('HDEL', KEYS[1], gone)
      redis.call('ZREM', KEYS[2], gone)
      redis.call('ZREM', KEYS[3], gone)
    end
    local before = redis.call('HGET', KEYS[1], code)
    if before and tonumber(string.match(before, '^%d+')) > version then return 0 end
    if row == '' then
      strike(code)
      return 1
    end
    redis.call('HSET', KEYS[1], code, ARGV[3] .. ' ' .. row)
    redis.call('ZADD', KEYS[2], players, code)
    redis.call('ZADD', KEYS[3], now, code)
    local over = redis.call('ZCARD', KEYS[3]) - most
    if over > 0 then
      for _, gone in ipairs(redis.call('ZRANGE', KEYS[3], 0, over - 1)) do strike(gone) end
    end
    return 1`,
  parseCommand(parser, code: string, row: string, version: number, players: number, now: number, most: number) {
    parser.pushKeys([ROWS, BY_PLAYERS, BY_TIME]);
    parser.push(code, row, `${version}`, `${players}`, `${now}`, `${most}`);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

/** The rows of the fullest public rooms, at most ARGV[2]. Those unheard of since ARGV[1] are struck, 100 at a time. */
const listed = defineScript({
  NUMBER_OF_KEYS: 3,
  SCRIPT: `
    for _, gone in ipairs(redis.call('ZRANGE', KEYS[3], '-inf', '(' .. ARGV[1], 'BYSCORE', 'LIMIT', 0, 100)) do
      redis.call('HDEL', KEYS[1], gone)
      redis.call('ZREM', KEYS[2], gone)
      redis.call('ZREM', KEYS[3], gone)
    end
    local codes = redis.call('ZREVRANGE', KEYS[2], 0, ARGV[2] - 1)
    if #codes == 0 then return {} end
    return redis.call('HMGET', KEYS[1], unpack(codes))`,
  parseCommand(parser, since: number, most: number) {
    parser.pushKeys([ROWS, BY_PLAYERS, BY_TIME]);
    parser.push(`${since}`, `${most}`);
  },
  transformReply: (reply: unknown) => reply as string[],
});

/**
 * Counts a match on its boards, once: the mark of the match and the boards change together or not at all. Each board is
 * [key, 'sum' | 'least', how many places, life in ms or 0], each line [board's index, member, nick, value].
 */
const honor = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    if not redis.call('SET', KEYS[1], 1, 'NX', 'PX', ARGV[1]) then return 0 end
    local boards = cjson.decode(ARGV[2])
    for _, line in ipairs(cjson.decode(ARGV[3])) do
      local key, how = boards[line[1]][1], boards[line[1]][2]
      if how == 'sum' then redis.call('ZINCRBY', key, line[4], line[2])
      else redis.call('ZADD', key, 'LT', line[4], line[2]) end
      redis.call('HSET', key .. ':names', line[2], line[3])
    end
    for _, board in ipairs(boards) do
      local key, places, life = board[1], board[3], board[4]
      local from, to = 0, -places - 1
      if board[2] == 'least' then from, to = places, -1 end
      local out = redis.call('ZRANGE', key, from, to)
      if #out > 0 then
        redis.call('ZREMRANGEBYRANK', key, from, to)
        redis.call('HDEL', key .. ':names', unpack(out))
      end
      if life > 0 then
        redis.call('PEXPIRE', key, life)
        redis.call('PEXPIRE', key .. ':names', life)
      end
    end
    return 1`,
  parseCommand(parser, match: string, life: number, boards: string, lines: string) {
    parser.pushKey(match);
    parser.push(`${life}`, boards, lines);
  },
  transformReply: (reply: unknown) => reply as 0 | 1,
});

const scripts = { commit, saveInk, readInk, tend, enlist, listed, honor };

/** The keys of one room share a hash tag, so that they lie on one node of a cluster. */
export interface RoomKeys {
  /** A hash: `version`, and `game` as JSON. */
  game: string;
  /** A hash: `round`, and for each player who drew in it, the term. Beside it `…:PLAYER`, a list of what was drawn. */
  ink: string;
  /** Where commits are told. */
  channel: string;
}

export const keysOf = (code: string): RoomKeys => ({
  game: `dd:{${code}}:game`,
  ink: `dd:{${code}}:ink`,
  channel: `dd:{${code}}`,
});

/** The public list: rows by code, codes by players, codes by the time they were last heard of. */
const ROWS = 'dd:{rooms}:rows';
const BY_PLAYERS = 'dd:{rooms}:players';
const BY_TIME = 'dd:{rooms}:time';

export interface RedisOptions {
  /** redis:// or rediss://, with user and password where Redis wants them; of a cluster any nodes, separated by commas. */
  url: string;
  cluster?: boolean;
  log: Pick<Log, 'warn' | 'info'>;
}

export type Redis = ReturnType<typeof connectRedis>;

/** Begins to connect, and never gives up; what is asked meanwhile is `Unavailable` at once. */
export function connectRedis({ url, cluster = false, log }: RedisOptions) {
  const client = cluster ? clusterOf(url) : single(url);
  const counts = { commands: 0, failures: 0, conflicts: 0, reconnects: 0 };
  const back = new Set<() => void>();
  let link: 'new' | 'up' | 'down' = 'new';

  client.on('error', (reason: Error) => {
    // Once, and not at each attempt: also where it was never there, since a wrong URL or password looks the same.
    if (link !== 'down') log.warn({ reason: reason.message }, 'Redis is away');
    link = 'down';
  });
  const ready = () => {
    if (link === 'down') {
      counts.reconnects++;
      log.info('Redis is back');
    }
    link = 'up';
    for (const tell of back) tell();
  };
  // A client alone says `ready`; a cluster says it of each node.
  client.on('ready', ready);
  client.on('node-ready', ready);
  const connected = client.connect().catch((reason) => log.warn({ reason: String(reason) }, 'Redis cannot be used'));

  return {
    client,
    counts,
    /** Resolves when it was connected for the first time. */
    connected,
    isReady: () => link === 'up',
    /** Calls `tell` each time a connection is there (again): messages may have been missed. */
    onReady: (tell: () => void) => void back.add(tell),
    /** Runs one command, or rejects with `Unavailable` soon. Then it may still have been done: its answer was lost. */
    async ask<T>(command: (on: Client) => Promise<T>): Promise<T> {
      counts.commands++;
      // Of a cluster one node may be away and the others serve.
      if (link !== 'up' && !cluster) {
        counts.failures++;
        throw new Unavailable('Redis is not connected');
      }
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer from Redis in ${PATIENCE} ms`)), PATIENCE);
      });
      try {
        const answer = await Promise.race([command(client), late]);
        if (link === 'down') ready();
        return answer;
      } catch (reason) {
        counts.failures++;
        // Redis says ERR to a wrong command; LOADING, OOM, READONLY, CLUSTERDOWN and the like are its own trouble.
        if (reason instanceof ErrorReply && /^(ERR|WRONGTYPE|CROSSSLOT)/.test(reason.message)) throw reason;
        throw new Unavailable((reason as Error).message);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => client.destroy(),
  };
}

export type Client = ReturnType<typeof single>;

/** Quicker and quicker refused, then slower and slower asked; the chance keeps processes from coming all at once. */
const reconnectStrategy = (retries: number): number =>
  Math.min(SLOWEST_RETRY, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2);

/** A connection that says nothing for so long, not even to the ping in between, is dead. */
const socket = { reconnectStrategy, connectTimeout: 2000, socketTimeout: 4000 };
const options = {
  disableOfflineQueue: true,
  pingInterval: 1000,
  commandsQueueMaxLength: 20_000,
  maintNotifications: 'disabled' as const,
  // `ask` has its own clock, which runs while an answer is awaited, too.
  commandOptions: { timeout: 0 },
};

const single = (url: string) => createClient({ url, ...options, socket, scripts });

function clusterOf(url: string): Client {
  const urls = url.split(',');
  const { username, password, protocol } = new URL(urls[0]!);
  const defaults = {
    ...options,
    socket: { ...socket, ...(protocol === 'rediss:' && { tls: true as const }) },
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  // A cluster's client has the same commands and scripts; the types of the two do not say so.
  return createCluster({ rootNodes: urls.map((each) => ({ url: each })), defaults, scripts }) as unknown as Client;
}
