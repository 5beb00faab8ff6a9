/**
 * The messages between client and server, the limits and the refusals. `commands.ts` has the schemas for what comes from outside.
 *
 * Outgoing messages have three guarantees. `room` is the whole small public view and replaces the previous one. Chunks
 * append, and `ink` is their snapshot. Guesses replace, and may be lost. Chunks and guesses share the event `live`, because a
 * small message costs what its sending costs: one frame is half the price of two.
 */
import type { Challenger, Times } from './challenge.ts';
import type { Command, Payload, Settings } from './commands.ts';
import type { Chunk, InkMeasure, Stroke } from './ink.ts';
import { SMALLEST_SIDE } from './ink.ts';
import type { Dismissal, LessonView } from './lesson.ts';
import { PACK_NAMES } from './pack-names.ts';
import type { Sureness } from './verdict.ts';

export { CODE_ALPHABET, CODE_LENGTH } from './code.ts';
export type { Command, Parsed, Payload, Settings } from './commands.ts';

// ---------------------------------------------------------------- limits

/** Characters as a person counts them (graphemes). */
export const NICK_LIMIT = 16;
/** Characters of one chat line. */
export const CHAT_LIMIT = 120;
/** Always allowed, with chat off too, and for spectators. */
export const REACTIONS = ['👏', '😂', '😮', '🔥', '🎨', '👋'] as const;
export type Reaction = (typeof REACTIONS)[number];
/** Most spectators in one room: each gets every frame. */
export const SPECTATOR_LIMIT = 200;
/** The fastest pens report so often; the client keeps no more points than that. */
export const PEN_HZ = 240;
/** Most points in one chunk: one second of the fastest pen. */
export const CHUNK_LIMIT = PEN_HZ;
/** Most points and strokes in one drawing: ten times what people draw in two minutes. */
export const INK_LIMIT = 20_000;
export const STROKE_LIMIT = 500;
/**
 * Longest line of one drawing, in sides of the box around it: the picture that the recognizer sees has that box at full size.
 * Of the 6,810 raw drawings of 20 s that we measured, the longest line is 141 and the 999th of a thousand 43.
 */
export const LINE_LIMIT = 1_000;
/** Most words that a host picks for a match. */
export const OWN_WORDS_LIMIT = 20;
/** The client sends the pen's new points this often. ms */
export const CHUNK_EVERY = 50;
/** The server sends a room its frames this often, and at once after a pause. ms */
export const LIVE_EVERY = 25;
/** The server sends a player's guesses this often at the most, on average. ms */
export const GUESSES_EVERY = 100;

/** The line of the drawing, as LINE_LIMIT counts it. */
export const lineOf = ({ length, side }: InkMeasure): number => length / Math.max(side, SMALLEST_SIDE);

export const isInkFull = (measure: InkMeasure): boolean => measure.points >= INK_LIMIT || lineOf(measure) >= LINE_LIMIT;

// ---------------------------------------------------------------- refusals

/** All reasons for which the server refuses a command. The client has a text for each. */
export const REFUSALS = [
  'no-room',
  'room-full',
  'locked',
  'kicked',
  'no-spectators',
  'seat-taken',
  'nick-empty',
  'nick-long',
  'nick-taken',
  'nick-offensive',
  'bad-token',
  'not-host',
  'not-seated',
  'not-drawing',
  'wrong-phase',
  'unknown-player',
  'player-away',
  'bad-settings',
  'no-challenge',
  'chat-off',
  'malformed',
  'off-board',
  'misplaced',
  'ink-full',
  'too-large',
  'too-often',
  'unknown-event',
  'server-full',
  'unavailable',
  // Of a class (lesson.ts).
  'no-lesson',
  'lesson',
  'wrong-pattern',
  'searched',
  'lesson-full',
  'not-teacher',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Why a socket left its room. */
export type Gone = 'kicked' | 'no-spectators' | 'replaced' | 'room-closed' | 'server-closing';

export type Answer<T = object> = ({ ok: true } & T) | { ok: false; why: Refusal };

// ---------------------------------------------------------------- incoming

export const DIFFICULTIES = ['mixed', 'easy', 'medium', 'hard'] as const;
/** All words, or those of one pack. */
export const PACK_CHOICES = ['all', ...PACK_NAMES] as const;
/** The fastest drawings of a word, those nearest to how fast the players are, or any. */
export const GHOST_KINDS = ['best', 'near', 'random'] as const;

export const DEFAULT_SETTINGS: Settings = {
  rounds: 6,
  seconds: 20,
  seats: 8,
  pack: 'all',
  difficulty: 'mixed',
  finale: true,
  words: [],
  ghosts: 0,
  ghostKind: 'best',
  public: false,
  chat: true,
  locked: false,
  spectators: true,
};

/** The answer of an accepted command, as well as `ok`. */
export interface Answers {
  create: { code: string; player: string; token: string };
  join: { code: string; player: string; token: string };
  watch: { code: string };
  leave: object;
  settings: object;
  kick: object;
  host: object;
  start: object;
  skip: object;
  chunk: object;
  undo: object;
  clear: object;
  resync: object;
  /** `donations`: people in this room are asked whether they give their drawings away. */
  replays: { replays: ReplayName[]; donations: boolean };
  chat: object;
  cheer: object;
  ping: object;
  teach: { code: string; token: string };
  /** The names to choose from, and those of pupils who are away. */
  knock: { names: string[]; away: { id: string; name: string }[] };
  /** `asked`: the teacher is; the event `seat` brings the answer. */
  attend: { pupil: string; token: string } | { asked: true };
  depart: object;
  sit: { code: string; player: string; token: string };
  oversee: object;
  conduct: object;
}

/** Where a drawing of the match can be watched again: `/replay/ID`. Somebody who drew nothing has no replay behind it. */
export interface ReplayName {
  round: number;
  player: string;
  id: string;
}

/** Every command may carry an acknowledgement. Without one, the event `refused` reports a refusal. */
export type ClientEvents = {
  [C in Command]: (payload: Payload<C>, answer?: (answer: Answer<Answers[C]>) => void) => void;
};

// ---------------------------------------------------------------- outgoing

/** As the rooms know them. `WireEvents` is what travels. */
export interface ServerEvents {
  room: (view: RoomView) => void;
  live: (frame: LiveFrame) => void;
  ink: (snapshot: InkSnapshot) => void;
  /** `player` is null for a spectator. */
  chat: (line: { player: string | null; text: string }) => void;
  /** `from` is null for a spectator. */
  cheer: (cheer: { from: string | null; player: string; reaction: Reaction }) => void;
  refused: (why: Refusal) => void;
  gone: (why: Gone) => void;
  lesson: (view: LessonView) => void;
  /** The teacher gave this device the place that it asked for. */
  seat: (seat: { pupil: string; token: string }) => void;
  dismissed: (why: Dismissal) => void;
  /** The game runs on several processes: connections that name a room in their address can be kept on one of them. */
  cluster: () => void;
}

/** What happened in a room since the previous frame. */
export interface LiveFrame {
  round: number;
  /** The new chunks of all players, in order. A drawer's own chunks come back too, which confirms them. */
  chunks: ({ player: string } & Chunk)[];
  /** The newest guesses, for the players who have new ones. */
  guesses: PlayerGuesses[];
}

/** The whole ink of one player. It answers undo, clear, a misplaced chunk and `resync`, and a client that enters gets it too. */
export interface InkSnapshot {
  round: number;
  player: string;
  rev: number;
  strokes: Stroke[];
}

export interface PlayerGuesses {
  player: string;
  sureness: Sureness;
  /** Best first: word, probability 0..1 (three decimals). */
  top: [word: string, probability: number][];
  /** Probability of the prompt and its look-alikes together. */
  target: number;
}

// ---------------------------------------------------------------- the public view of a room

export interface RoomView {
  code: string;
  /** Grows with every change of the game. */
  version: number;
  /** The server's clock when it sent this view. All times below are on that clock. ms since 1970 */
  now: number;
  /** Without the host's own words: `ownWords` says how many there are. */
  settings: Settings;
  ownWords: number;
  /** Player id; null if all seats are empty, and in a room of a class. */
  host: string | null;
  /** In lobby and podium, if the host is away: from then on anybody may start. */
  anybodyStartsAt: number | null;
  /** This many players must want another host. */
  votesNeeded: number;
  players: PlayerView[];
  /** How many people watch without a seat. */
  spectators: number;
  phase: PhaseView;
  /** The room is for one try at the words of that day (UTC days since 1970). `scored`: whether it counts, known once the first word is shown. */
  daily?: { day: number; scored?: boolean };
  /** The room is for one match against the drawings of this challenge. */
  challenge?: Challenger & { id: string; times: Times };
  /** The room is one of a class: its teacher is the host, who has no seat. */
  lesson?: true;
  /** Since when the teacher has stopped it. The times of the phase are later by as much once it goes on. */
  paused?: number;
}

export interface PlayerView {
  id: string;
  nick: string;
  /** 0..11; gives the player a colour and a shape. It stays the same as long as the seat. */
  mark: number;
  connected: boolean;
  /** False for a latecomer, who watches this round and draws in the next. */
  playing: boolean;
  /** Points of this match. */
  score: number;
  /** The player whom this one wants as the host. */
  vote: string | null;
}

export type Difficulty = 'easy' | 'medium' | 'hard';

export interface Recognition {
  player: string;
  /** From the start of the round to the stroke that was recognized, by the server's clock. ms */
  at: number;
  /** The guess that was accepted: the prompt, or a look-alike of it. */
  word: string;
  /** Of the prompt and its look-alikes together. */
  probability: number;
  points: number;
  /** What the points are made of. Processes of an older version do not send it. */
  parts?: PointParts;
  /** The ink that was recognized. Processes of an older version do not send it. */
  ink?: InkMoment;
}

/** From 0, in order of `at`: those who are recognized in the same millisecond share a place. -1 without a recognition. */
export const placeOf = (recognized: Recognition[], own: Pick<Recognition, 'at'> | undefined): number =>
  own ? recognized.findIndex(({ at }) => at === own.at) : -1;

/** They add up to the points. */
export interface PointParts {
  time: number;
  /** More for a difficult word. */
  word: number;
  place: number;
  /** The same again, if the round counts double. */
  double: number;
}

/** A moment of a drawing: so many strokes, the last with so many points. If it was recognized, no undo or clear takes these strokes. */
export interface InkMoment {
  rev: number;
  strokes: number;
  points: number;
}

export interface RoundResult {
  round: number;
  prompt: string;
  difficulty: Difficulty;
  double?: boolean;
  /** In order of `at`. */
  recognized: Recognition[];
}

/** `round` never repeats in a room's life. `number` and `of` are for people: round 2 of 6. */
interface InMatch {
  round: number;
  number: number;
  of: number;
  /** The round counts double. */
  double?: boolean;
  /** Earlier drawings of the word, drawn again at their pace. They are no players. */
  ghosts?: GhostView[];
}

export interface GhostView {
  /** Its replay. Missing in the countdown, since it tells the word. */
  id?: string;
  /**
   * The player whose own fastest drawing it is; the fastest that the server has; another player's; one that ships with the game;
   * the one of the challenge.
   */
  whose: { player: string } | 'server' | 'earlier' | 'sample' | 'challenger';
  /** Of who drew it, if they show it; else empty. */
  nick: string;
  /** When it was recognized. ms of the round */
  at: number;
  /** Its guesses are of another network. */
  old: boolean;
}

/**
 * Why the round ends before its time: most players are recognized, so the others have little time left; or all are, and can finish
 * their drawings.
 */
export type Closing = 'most' | 'all';

export type PhaseView =
  | { name: 'lobby' }
  | ({ name: 'countdown'; ends: number } & InMatch)
  | ({
      name: 'drawing';
      prompt: string;
      /** Words that are accepted for the prompt. Processes of an older version do not send it. */
      alike?: string[];
      difficulty: Difficulty;
      started: number;
      ends: number;
      closing?: Closing;
      recognized: Recognition[];
    } & InMatch)
  | ({
      name: 'reveal';
      /** Processes of an older version do not send it. */
      started?: number;
      ends: number;
      /** The players who want to go on. */
      skips?: string[];
      result: RoundResult;
      /** Words that were accepted for the prompt. Processes of an older version do not send it. */
      alike?: string[];
    } & InMatch)
  | { name: 'podium'; results: RoundResult[]; standing: Standing[] };

/** One line of the podium, best first; with equal scores by recognized drawings, then by time. Players who left before the end keep theirs. */
export interface Standing {
  player: string;
  /** From 1. Equal scores share a place. */
  place: number;
  nick: string;
  mark: number;
  score: number;
  /** How many of the player's drawings were recognized, and the ms they took in total, which breaks ties. */
  recognized: number;
  time: number;
}

/** The periods that have a leaderboard. */
export const SPANS = ['day', 'week', 'all'] as const;
export type Span = (typeof SPANS)[number];

/** A place on a leaderboard. `value` is the points of the best match, or ms for a word. Nicknames repeat; `key` is unique. */
export interface Leader {
  key: string;
  nick: string;
  value: number;
}

/**
 * The answer of `/api/leaderboard` and, for matches of one person, of `/api/leaderboard?solo`. `/api/leaderboard/WORD` has the
 * fastest drawings of one word. Best first.
 */
export type Boards = Record<Span, Leader[]>;

/** A line of the list on the home page. */
export interface PublicRoom {
  code: string;
  host: string;
  players: number;
  seats: number;
  phase: PhaseView['name'];
}
