/** The names of the store's keys. The keys of one room share a hash tag, so a cluster keeps them on one node. */
import { dateOf } from '../../date.ts';

export interface RoomKeys {
  /** A hash: `version`, and `game` as JSON. */
  game: string;
  /** A hash: `round`, and each player's term. Beside it `…:PLAYER`, a list of what was drawn. */
  ink: string;
  /** Where commits are published. */
  channel: string;
}

export const keysOf = (code: string): RoomKeys => ({
  game: `dd:{${code}}:game`,
  ink: `dd:{${code}}:ink`,
  channel: `dd:{${code}}`,
});

/** A lesson, and where its commits are published. */
export const lessonKeyOf = (code: string): string => `dd:{${code}}:lesson`;

/** What the list says of the networks that are shared in a room or lesson, and the networks; see `networks.ts`. */
export const networkKeysOf = (code: string) => ({
  list: `dd:{${code}}:networks`,
  bytes: `dd:{${code}}:networks:bytes`,
});

/** Rows by code, codes by number of players, codes by the time of their last update. */
export const PUBLIC_LIST = {
  rows: 'dd:{rooms}:rows',
  byPlayers: 'dd:{rooms}:players',
  byTime: 'dd:{rooms}:time',
};

/** Begins the keys of all replays; see `replays.ts`. */
export const REPLAYS = 'dd:{replays}:';

/** Begins the keys of all challenges; see `challenges.ts`. */
export const CHALLENGES = 'dd:{challenges}:';

/** Begins the keys of all leaderboards; see `leaderboard.ts`. */
export const LEADERS = 'dd:{leaders}:';

/** Begins the keys of all reports by `key_id`; see `key-reports.ts`. */
export const REPORTS = 'dd:{reports}:';

/** The tries of a day; see `dailies.ts`. */
export function dailyKeysOf(day: number) {
  const date = dateOf(day);
  return {
    tries: `dd:{daily}:${date}:tries`,
    results: `dd:{daily}:${date}:results`,
    scores: `dd:{daily}:${date}:scores`,
  };
}

/** Holds a random value; see `connection.ts`. Those of different `n` lie on different nodes of a cluster. */
export const probeKey = (n: number): string => `dd:{rooms${n || ''}}:probe`;
