/** Where the game's state lives and how its processes find each other: in this process alone, or in Redis (`redis-backend.ts`). */
import { randomBytes } from 'node:crypto';
import type { Broadcast } from './cluster/broadcast.ts';
import type { Presence } from './cluster/presence.ts';
import { alone } from './cluster/presence.ts';
import type { Config } from './config.ts';
import { readConfig } from './config.ts';
import type { Challenges } from './storage/challenges.ts';
import type { Dailies } from './storage/dailies.ts';
import type { KeyReports } from './storage/key-reports.ts';
import type { Leaderboard } from './storage/leaderboard.ts';
import type { Lessons } from './storage/lessons.ts';
import { createMemoryChallenges } from './storage/memory/challenges.ts';
import { createMemoryDailies } from './storage/memory/dailies.ts';
import { createMemoryKeyReports } from './storage/memory/key-reports.ts';
import { createMemoryLeaderboard } from './storage/memory/leaderboard.ts';
import { createMemoryLessons } from './storage/memory/lessons.ts';
import { createMemoryNetworks } from './storage/memory/networks.ts';
import { createMemoryReplays } from './storage/memory/replays.ts';
import { createMemoryQuotas } from './storage/memory/quotas.ts';
import { createMemoryStore } from './storage/memory/store.ts';
import type { Networks } from './storage/networks.ts';
import type { Quotas } from './storage/quotas.ts';
import type { Redis } from './storage/redis/connection.ts';
import type { ReplayLimits, Replays } from './storage/replays.ts';
import type { Store } from './storage/store.ts';

export interface Backend {
  store: Store;
  lessons: Lessons;
  presence: Presence;
  leaderboard: Leaderboard;
  dailies: Dailies;
  replays: Replays;
  keyReports: KeyReports;
  challenges: Challenges;
  networks: Networks;
  quotas: Quotas;
  /** Signs sessions, and chooses the words of each day; the same on all processes. */
  secret: string;
  /** Whether the store takes writes, and the other processes can be reached. */
  isReady(): boolean;
  /** Calls `listener` whenever the store, or the way to the other processes, works again after an outage. */
  onReconnect(listener: () => void): void;
  /** To the sockets of other processes, if there can be any. */
  broadcast?: Broadcast;
  /** Counters for the metrics. */
  counts?: Redis['counts'];
}

type LimitSettings = Pick<Config, 'REPLAYS_MB' | 'KEEP_DAYS' | 'GALLERY_DAYS' | 'REPORTS_TO_HIDE'>;
const DAY_MS = 24 * 60 * 60_000;

export const replayLimitsOf = ({
  REPLAYS_MB,
  KEEP_DAYS,
  GALLERY_DAYS,
  REPORTS_TO_HIDE,
}: LimitSettings): ReplayLimits => ({
  bytes: REPLAYS_MB * 1024 * 1024,
  keptMs: KEEP_DAYS * DAY_MS,
  listedMs: GALLERY_DAYS * DAY_MS,
  reportsToHide: REPORTS_TO_HIDE,
});

/** Nothing survives a restart, so sessions need no secret that does. */
export const memoryBackend = (secret = newSecret(), limits: ReplayLimits = replayLimitsOf(readConfig({}))): Backend => {
  const networks = createMemoryNetworks();
  return {
    store: createMemoryStore(networks),
    lessons: createMemoryLessons(networks),
    networks,
    presence: alone(),
    leaderboard: createMemoryLeaderboard(),
    dailies: createMemoryDailies(),
    replays: createMemoryReplays(limits),
    keyReports: createMemoryKeyReports(limits.keptMs),
    challenges: createMemoryChallenges(limits.keptMs),
    quotas: createMemoryQuotas(),
    secret,
    isReady: () => true,
    onReconnect: () => {},
  };
};

export const newSecret = (): string => randomBytes(32).toString('base64url');
