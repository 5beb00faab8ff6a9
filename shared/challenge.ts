/** A link with which others race the drawings of somebody's match: what page and server must agree on. */

export const CHALLENGE_ID = /^[\w-]{22}$/;

/** Who made the link: their name, as they want it on the link, and their mark (0..11). */
export interface Challenger {
  nick: string;
  mark: number;
}

/** When each word was recognized, in their order; null if it was not. ms of its round */
export type Times = (number | null)[];

/** The body of `POST /api/challenges`; each replay is a drawing of whoever sends it, in the order in which they were drawn. */
export interface NewChallenge {
  nick: string;
  replays: string[];
}

/** The answer to it. The same drawings and name have the same link. */
export interface MadeChallenge {
  id: string;
  /** How long the link and its drawings are kept. */
  days: number;
}

/** The answer of `/api/challenges/ID`. It names no word and no replay to a visitor who has not played. */
export interface Challenge extends Challenger {
  words: number;
  /** Of each round. */
  seconds: number;
  times: Times;
  /** Whether it is this visitor's own. */
  mine: boolean;
  /** For who made it, and for who has played it to its end. */
  drawings: { word: string; replay: string }[] | null;
  /** This visitor's first try; null until its end. */
  result: Times | null;
  /** The first tries of all who played, the newest first: at most TRIES_SHOWN. */
  tries: { nick: string; times: Times }[];
}

export const TRIES_SHOWN = 50;

/** How many words each of two won: whoever was recognized earlier. Nobody wins a word at the same time, or one that neither got. */
export function duel(mine: Times, theirs: Times): { won: number; lost: number } {
  const earlier = (a: Times, b: Times) => a.filter((at, i) => at !== null && at < (b[i] ?? Infinity)).length;
  return { won: earlier(mine, theirs), lost: earlier(theirs, mine) };
}
