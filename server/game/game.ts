/**
 * A room's game as plain data. Only `step` (see step.ts) makes the next one; stores keep it as JSON.
 */
import type { Challenger } from '../../shared/challenge.ts';
import type {
  Closing,
  Difficulty,
  GhostView,
  InkMoment,
  Recognition,
  Refusal,
  RoundResult,
  Settings,
} from '../../shared/protocol.ts';

/** How long things take, in ms. Part of the game, so that a test's rooms can be quick. */
export interface Pace {
  countdown: number;
  /** Before the second round and later ones, if that is shorter: a reveal has been a break. */
  recount: number;
  /** After the end of a round, the longest that it waits for verdicts on ink that was drawn in time. */
  settle: number;
  /** After three quarters of the players are recognized, the others have so long. */
  hurry: number;
  /** After the last player is recognized, everybody can finish their drawing. */
  finish: number;
  reveal: number;
  /** In a race, the seat of a player whose connection is lost is kept this long. */
  hold: number;
  /** The same in lobby and podium, and for those who do not draw. */
  lobbyHold: number;
  /** A player who is away for this long holds nobody up: a race starts without them, and their place in a full room is free. */
  away: number;
  /** If the host is away for this long in lobby or podium, anybody may start. */
  hostHold: number;
  /** An empty room is kept this long, if it was ever shared or played in. */
  empty: number;
}

export const PACE: Pace = {
  countdown: 3_000,
  recount: 2_000,
  settle: 2_000,
  hurry: 6_000,
  finish: 3_500,
  reveal: 6_000,
  hold: 60_000,
  lobbyHold: 600_000,
  away: 10_000,
  hostHold: 20_000,
  empty: 600_000,
};

export interface Prompt {
  word: string;
  /** Words that are accepted for it. */
  alike?: string[];
  difficulty: Difficulty;
  /** Difficulty as a factor of the score. */
  factor: number;
  /** The round counts double. */
  double?: boolean;
}

/** A player's place in the room. `token` and `socket` never leave the server. */
export interface Seat {
  id: string;
  token: string;
  nick: string;
  mark: number;
  /** The connection that holds the seat now, `process/socket`; null while it is lost. */
  socket: string | null;
  /** The version of the game that gave the seat to that connection. If two connections claim it, the later term holds it. */
  term: number;
  /** The player's signed session, for the leaderboards; never leaves the server. */
  session: string | null;
  /** A keyed hash of the player's network address; never leaves the server. */
  address?: string | null;
  /** Of the player's page, as in `en`. */
  language?: string;
  /** When the connection was lost. ms */
  lost: number | null;
  /** The first round this player draws in. */
  from: number;
}

/** Somebody who wants to come in. */
export interface Visitor {
  /** Their signed session; null if they have none. */
  session: string | null;
  /** A keyed hash of their network address. */
  address: string | null;
  /** They have no session, or one that is younger than a day. */
  isNew: boolean;
  /** Of their page, as in `en`. */
  language?: string;
  /** The code of the lesson whose teacher they are, or as whose pupil they come into its room. */
  lesson?: string;
}

export interface Match {
  /** Unique. */
  id: string;
  prompts: Prompt[];
  /** The host chose the words, and may know them all. A game of an earlier version lacks it. */
  own?: boolean;
  /** The match's first round. */
  first: number;
  results: RoundResult[];
  /** Everybody who drew in it, leavers too: they stay on the podium. */
  runners: Record<string, Pick<Seat, 'nick' | 'mark' | 'session' | 'language'>>;
  /** Of the newest round that has any. */
  ghosts?: { round: number; ghosts: Required<GhostView>[] };
}

export type Phase =
  | { name: 'lobby' }
  | { name: 'countdown'; ends: number }
  | {
      name: 'drawing';
      started: number;
      /** No ink after this. */
      ends: number;
      /** The round closes at the latest, even if verdicts are missing. */
      close: number;
      recognized: Recognition[];
      /** Why it ends before its time; null if it does not. A game of an earlier version lacks this. */
      closing?: Closing | null;
      /** How many draw. A game of an earlier version lacks this. */
      drawers?: number;
      /** The processes that have judged all ink that was drawn on them in time. */
      judged?: string[];
    }
  /** A game of an earlier version lacks `started`. */
  | { name: 'reveal'; started?: number; ends: number; skips?: string[] }
  | { name: 'podium'; since: number }
  | { name: 'closed' };

export interface Game {
  code: string;
  version: number;
  settings: Settings;
  pace: Pace;
  host: string | null;
  seats: Seat[];
  /** Grows with every round and never restarts, so a message from an earlier match cannot pass for one of this match. */
  round: number;
  match: Match | null;
  phase: Phase;
  /** When the last seat was left. ms */
  empty: number | null;
  /** How many watch, by the process that they are on. */
  spectators: Record<string, number>;
  // A game of an earlier version has none of the following.
  /** Somebody besides its creator was in it, or a match was started. */
  used?: boolean;
  /** Who was kicked, for the room's life; the newest last. */
  kicked?: Pick<Visitor, 'session' | 'address'>[];
  /** Lost seats that were given to somebody else, whose owners may be back; the newest last. */
  displaced?: Seat[];
  /** Whom each player wants as the host. */
  votes?: Record<string, string>;
  /** The words of earlier matches, the newest last. */
  past?: string[];
  /** The room is for one try at the words of a day. */
  daily?: DailyRoom;
  /** The room is for one match against the drawings of a challenge. */
  challenge?: ChallengeRoom;
  /** The code of the lesson that the room is of: its teacher is the host, who has no seat. */
  lesson?: string;
  /** Of the room in its lesson. */
  number?: number;
  /** Since when the lesson is stopped: no time of the phase passes. ms */
  paused?: number;
}

/** The room is one person's, for one match: nobody else may see its words. */
export const isLone = ({ daily, challenge }: Game): boolean => (daily ?? challenge) !== undefined;

export interface DailyRoom {
  /** UTC days since 1970: when the match was started. */
  day: number;
  /** Whose try it is; never leaves the server. */
  session: string | null;
  /** Whether it counts; unknown until the first word is shown. */
  scored?: boolean;
}

/** What the link stands for. Before the end of the match only `nick`, `mark` and the times leave the server. */
export interface ChallengeRoom extends Challenger {
  id: string;
  /** A keyed hash of the session that made it. */
  owner: string;
  /** Of each round. */
  seconds: number;
  /** In their order. `at`: when the drawing was recognized, null if it was not. ms of its round */
  rounds: { word: string; replay: string; at: number | null }[];
}

export type Action =
  | ({ type: 'join'; id: string; token: string; nick: string; socket: string } & Partial<Visitor>)
  | ({ type: 'return'; token: string; socket: string } & Partial<Visitor>)
  | { type: 'drop'; id: string; socket: string }
  /** `socket`: the connection that leaves; without it, whichever has the seat. */
  | { type: 'leave'; id: string; socket?: string }
  | { type: 'kick'; by: string; id: string }
  // `by` is null for the teacher of a lesson.
  /** The host hands the role over; a player votes for another host, or takes the vote back. */
  | { type: 'host'; by: string; id: string | null }
  | { type: 'settings'; by: string | null; settings: Partial<Settings> }
  /** `day`: the words are those of that day. */
  | { type: 'start'; by: string | null; match: string; prompts: Prompt[]; day?: number }
  /** Whether the match is the one try of its session on its day. */
  | { type: 'claimed'; match: string; scored: boolean }
  | { type: 'recognized'; id: string; round: number; at: number; word: string; probability: number; ink?: InkMoment }
  /** Earlier drawings of the word that were picked for the round that is counted down. */
  | { type: 'ghosts'; round: number; ghosts: Required<GhostView>[] }
  /** In a lesson, by its teacher: all time stops, or goes on. */
  | { type: 'pause'; on: boolean }
  /** The same: no room draws any more, or all go on to their next word. */
  | { type: 'next'; to: 'reveal' | 'word' }
  /** The match ends. */
  | { type: 'finish' }
  /** The lesson is over. */
  | { type: 'close' }
  /** The player wants to go on from the reveal. */
  | { type: 'skip'; id: string; round: number }
  /** Everything drawn on the process in the round is judged. */
  | { type: 'judged'; process: string; round: number }
  | { type: 'spectators'; process: string; count: number }
  /** The process that has it is full. Closes a deserted room. */
  | { type: 'evict' }
  /** A process died, and with it all its connections. */
  | { type: 'vanished'; process: string }
  | { type: 'tick' };

export function newGame(code: string, settings: Settings, pace: Pace, now: number): Game {
  return {
    code,
    version: 0,
    settings,
    pace,
    host: null,
    seats: [],
    round: 0,
    match: null,
    phase: { name: 'lobby' },
    empty: now,
    spectators: {},
  };
}

export const isRefusal = (result: unknown): result is Refusal => typeof result === 'string';

/** A game of an earlier version lacks some. */
export const paceOf = (game: Game): Pace => ({ ...PACE, ...game.pace });

/** On the clock of the game, which stands still while it is paused. ms */
export const timeOf = ({ paused }: Game, now: number): number => paused ?? now;

export const inMatch = (game: Game): boolean => !['lobby', 'podium'].includes(game.phase.name);
