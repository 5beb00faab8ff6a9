/** Where the records of finished drawings are kept, for a while: the port, and the rules that every implementation shares. */

import type { Choices } from '../../shared/choices.ts';

export interface NewReplay {
  /** Nobody can guess it: whoever has it may watch. */
  id: string;
  /** The room in which it was drawn. */
  code: string;
  /** A keyed hash of the drawer's session; null if there was none. */
  owner: string | null;
  /** A record (`shared/record.ts`), compressed as zlib does. */
  record: Uint8Array;
}

export type Replay = Pick<NewReplay, 'owner' | 'record'>;

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Replays {
  /** Keeps it until its room has been closed for a day, unless one with its id is there. */
  save(replay: NewReplay): Promise<void>;
  read(id: string): Promise<Replay | null>;
  /** Keeps it for as long as KEEP_DAYS says, counted from when it was saved; with another record, if one is given. False if it is not there. */
  keep(id: string, record?: Uint8Array): Promise<boolean>;
  /** False if it is not there. */
  remove(id: string): Promise<boolean>;
  /** What its drawer gave it for; null if it is not there, or was not given away. */
  gift(id: string): Promise<Gift | null>;
  /** Changes that, if it is still as it was read. False if it is not, or if the replay is not there. */
  setGift(id: string, before: Gift | null, gift: Gift | null): Promise<boolean>;
  /** These rooms are open. Called more often than once in REFRESH_MARGIN_MS */
  refresh(codes: string[]): Promise<void>;
}

/** For as long as there is a replay, it is known which donated drawing is the same. */
export interface Gift {
  /** Of the donated drawing; null if it is only in the gallery. */
  key: string | null;
  choices: Choices;
  /** Whether the gate takes it. */
  passes: boolean;
  /** Whether all of it is done: until then it may have been interrupted. */
  isWritten: boolean;
}

export interface ReplayLimits {
  /** Of all records together. Those that would go first go earlier. Bytes */
  bytes: number;
  /** How long one is kept that somebody keeps or shares. ms */
  keptMs: number;
}

/** Rooms are known to be open at this pace. */
export const REFRESH_MARGIN_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Without Keep or Share, from the last time that its room was known to be open. */
export const REPLAY_LIFE_MS = DAY_MS + REFRESH_MARGIN_MS;
