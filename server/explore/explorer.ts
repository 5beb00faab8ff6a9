/**
 * The explorer as the edge sees it: queries in, compressed answers out. Its process starts with the first query, ends when nobody
 * asks any more, and is started again if it dies. Nothing that happens to it reaches the game.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import type { ExploreRefusal } from '../../shared/explore.ts';
import type { Log } from '../log.ts';
import type { Ask, ChildOptions, Reply } from './child.ts';
import type { Folders } from './folders.ts';
import { originsOf, survey } from './folders.ts';
import type { Query } from './query.ts';

export type Why = Exclude<ExploreRefusal, 'too-often' | 'malformed'>;

/** Why a query has no answer. */
export class NoAnswer extends Error {
  constructor(readonly why: Why) {
    super(why);
  }
}

export interface Explorer {
  /** Whether there is something to explore: as it was when the folders were last looked at. */
  isOpen(): boolean;
  /** Changes when the drawings do, or which of them may be seen. Undefined if there are none. */
  version(): Promise<string | undefined>;
  /** JSON, compressed with gzip. Rejects with NoAnswer. */
  ask(query: Query): Promise<Uint8Array>;
  /** How often its process was started. */
  starts(): number;
  /** Of its process, while there is one. */
  pid(): number | undefined;
  close(): Promise<void>;
}

export interface ExplorerOptions {
  mode: 'on' | 'off' | 'auto';
  folders: Folders;
  log: Log;
  /** How long a query may take, and how long the process stays without one. ms */
  limitMs?: number;
  idleMs?: number;
}

/** Queries at once, and those that wait: a few seconds' work. */
const AT_ONCE = 2;
const WAITING = 40;
const LIMIT_MS = 3_000;
const IDLE_MS = 60_000;
/** The folders are looked at so often at most: what is hidden is gone after this time. */
const SURVEY_MS = 1_000;
/** Over the limit of a query: a process that is that late hangs. */
const GRACE_MS = 4_000;
const START_TIMEOUT_MS = 20_000;
/** Between a death and the next start; twice as long after each death in a row. */
const PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;
const HEAP_MB = 96;

interface Waiting {
  query: Query;
  resolve(body: Uint8Array): void;
  reject(reason: NoAnswer): void;
}

export function createExplorer({
  mode,
  folders,
  log,
  limitMs = LIMIT_MS,
  idleMs = IDLE_MS,
}: ExplorerOptions): Explorer {
  let isMissing = mode !== 'off' && !isInstalled();
  let isClosed = false;
  let seen: { at: number; version: string | undefined } = { at: -Infinity, version: undefined };
  let looking: Promise<void> | undefined;
  const waiting: Waiting[] = [];
  const running = new Map<number, Waiting & { timer: NodeJS.Timeout }>();
  let nextId = 0;
  let child: ChildProcess | undefined;
  let isReady = false;
  let starts = 0;
  let deaths = 0;
  let startsAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;

  if (isMissing) log.warn('/explore needs @duckdb/node-api, which is not installed');
  if (mode !== 'off') void look();

  function look(): Promise<void> {
    looking ??= survey(folders)
      .then((holdings) => {
        const isOpen = mode === 'on' || originsOf(holdings).length > 0;
        seen = { at: performance.now(), version: isOpen ? holdings.version : undefined };
      })
      .catch((error) => log.error({ err: error }, 'the folders of /explore cannot be read'))
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  const isStale = (): boolean => mode !== 'off' && performance.now() - seen.at > SURVEY_MS;

  async function version(): Promise<string | undefined> {
    if (isStale()) await look();
    return seen.version;
  }

  function start(): void {
    timer = undefined;
    if (isClosed || child) return;
    starts++;
    isReady = false;
    const isSource = import.meta.filename.endsWith('.ts');
    const options: ChildOptions = { folders, connections: AT_ONCE, limitMs };
    const own = fork(new URL(isSource ? './child.ts' : './child.js', import.meta.url), [JSON.stringify(options)], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`, ...(isSource ? ['--import', 'tsx'] : [])],
      // It needs no setting, and no secret.
      env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = own;
    try {
      // At once: threads that start later have the priority of the one that starts them.
      setPriority(own.pid!, constants.priority.PRIORITY_LOW);
    } catch {
      // Not started, or not allowed: then it runs as the game does.
    }
    const late = setTimeout(() => own.kill('SIGKILL'), START_TIMEOUT_MS);
    own.on('message', (message: Reply) => {
      if (message.kind === 'ready') {
        clearTimeout(late);
        isReady = true;
        next();
      } else if (message.kind === 'missing') {
        isMissing = true;
        refuseAll('missing');
        own.kill();
      } else {
        const asked = running.get(message.id);
        if (!asked) return;
        running.delete(message.id);
        clearTimeout(asked.timer);
        deaths = 0;
        if (message.kind === 'answer') asked.resolve(message.body);
        else {
          if (message.why === 'failed') log.warn({ err: message.message }, 'a query of /explore failed');
          asked.reject(new NoAnswer(message.why === 'failed' ? 'unavailable' : message.why));
        }
        next();
      }
    });
    own.once('error', () => own.kill('SIGKILL'));
    own.once('close', (code, signal) => {
      clearTimeout(late);
      if (child !== own) return;
      child = undefined;
      isReady = false;
      // Its answers will not come. Those that still wait get the next process.
      for (const { reject, timer } of running.values()) {
        clearTimeout(timer);
        reject(new NoAnswer('unavailable'));
      }
      running.clear();
      if (isClosed || isMissing) return;
      deaths++;
      startsAt = performance.now() + Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** (deaths - 1));
      log.warn({ code, signal }, "the explorer's process ended");
      if (isFarOff()) refuseAll('unavailable');
      next();
    });
  }

  /** Whether the next start is further away than an answer may be. */
  const isFarOff = (): boolean => !child && startsAt - performance.now() > limitMs;

  function next(): void {
    clearTimeout(idle);
    if (waiting.length > 0 && !child && !isClosed) {
      timer ??= setTimeout(start, Math.max(0, startsAt - performance.now()));
      return;
    }
    while (isReady && running.size < AT_ONCE && waiting.length > 0) send(waiting.shift()!);
    if (child && running.size === 0 && waiting.length === 0) idle = setTimeout(stop, idleMs);
  }

  function send(asked: Waiting): void {
    const id = nextId++;
    const own = child!;
    running.set(id, { ...asked, timer: setTimeout(() => own.kill('SIGKILL'), limitMs + GRACE_MS) });
    own.send({ id, query: asked.query, version: seen.version! } satisfies Ask, (error) => {
      if (error) own.kill('SIGKILL');
    });
  }

  function stop(): void {
    const own = child;
    child = undefined;
    isReady = false;
    if (own?.connected) own.disconnect();
  }

  function refuseAll(why: Why): void {
    for (const { reject } of waiting.splice(0)) reject(new NoAnswer(why));
  }

  return {
    isOpen() {
      // For the next who asks: the first drawing may have been donated since.
      if (isStale()) void look();
      return seen.version !== undefined && !isMissing;
    },
    version,
    async ask(query) {
      if ((await version()) === undefined || isClosed) throw new NoAnswer('off');
      if (isMissing) throw new NoAnswer('missing');
      if (isFarOff()) throw new NoAnswer('unavailable');
      if (waiting.length >= WAITING) throw new NoAnswer('busy');
      return new Promise((resolve, reject) => {
        waiting.push({ query, resolve, reject });
        next();
      });
    },
    starts: () => starts,
    pid: () => child?.pid,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(idle);
      refuseAll('unavailable');
      const own = child;
      if (!own) return;
      for (const { reject, timer } of running.values()) {
        clearTimeout(timer);
        reject(new NoAnswer('unavailable'));
      }
      running.clear();
      const ended = new Promise((resolve) => own.once('close', resolve));
      own.kill('SIGKILL');
      await ended;
    },
  };
}

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@duckdb/node-api');
    return true;
  } catch {
    return false;
  }
}
