/** Links with which others race the drawings of a match, and what they made of them: the port, and the limits that every implementation shares. */
import type { Times } from '../../shared/challenge.ts';
import type { ChallengeRoom } from '../game/game.ts';

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Challenges {
  /** Keeps it as long as a replay that somebody keeps; once more so long, if it is there. Beyond MAX_CHALLENGES the oldest go. */
  save(challenge: ChallengeRoom): Promise<void>;
  read(id: string): Promise<ChallengeRoom | null>;
  /** With its tries. False if it is not there. */
  remove(id: string): Promise<boolean>;
  /** Keeps a player's first try, if the challenge is there. Beyond MAX_TRIES of a challenge the oldest go. */
  record(id: string, attempt: Try): Promise<void>;
  /** The newest first. */
  tries(id: string): Promise<Try[]>;
}

export interface Try {
  /** A keyed hash of the player's session. */
  owner: string;
  nick: string;
  times: Times;
}

/** Of all: they need about 1 kB each, and a try 0.2 kB. */
export const MAX_CHALLENGES = 20_000;
export const MAX_TRIES = 200;
