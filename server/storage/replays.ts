/** Where the records of finished drawings are kept, for a while: the port, and the rules that every implementation shares. */

import type { Choices } from '../../shared/choices.ts';
import type { GallerySort, ReportReason } from '../../shared/gallery.ts';

export interface NewReplay {
  /** Nobody can guess it: whoever has it may watch. */
  id: string;
  /** The room in which it was drawn. */
  code: string;
  /** A keyed hash of the drawer's session; null if there was none. */
  owner: string | null;
  /** What was to be drawn. */
  word: string;
  /** When it was recognized, in ms of the round; null if it was not. */
  ms: number | null;
  /** A record (`shared/record.ts`), compressed as zlib does. */
  record: Uint8Array;
}

export type Replay = Pick<NewReplay, 'owner' | 'record'>;

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Replays {
  /** Keeps it until its room has been closed for a day, unless one with its id is there. */
  save(replay: NewReplay): Promise<void>;
  /** Null if it is not there, or hidden. */
  read(id: string): Promise<Replay | null>;
  /** Also one that is hidden, with its case: for its drawer, and for the operator. */
  inspect(id: string): Promise<InspectedReplay | null>;
  /** Keeps it for as long as KEEP_DAYS says, counted from when it was saved; with another record, if one is given. False if it is not there. */
  keep(id: string, record?: Uint8Array): Promise<boolean>;
  /** False if it is not there. */
  remove(id: string): Promise<boolean>;
  /** What its drawer gave it for; null if it is not there, or was not given away. */
  gift(id: string): Promise<Gift | null>;
  /**
   * Changes that, if it is still as it was read. What the gate does not take becomes a case, and is kept as others are that somebody
   * keeps, so that the operator can look at it. False if it is not as read, or not there.
   */
  setGift(id: string, before: Gift | null, gift: Gift | null): Promise<boolean>;
  /** The id of the replay of what was donated under this key; null if that has gone. */
  ofKey(key: string): Promise<string | null>;
  /** The owner's fastest drawing of a word, of those that are not hidden. */
  best(owner: string, word: string): Promise<ListedReplay | null>;
  /** These rooms are open. Called more often than once in REFRESH_MARGIN_MS */
  refresh(codes: string[]): Promise<void>;

  /**
   * Puts it into the gallery of a word, which keeps it for GALLERY_DAYS, counted from when it was saved. Beyond the share of the
   * galleries the oldest of them go. False if it is not there.
   */
  list(id: string, listing: Listing): Promise<boolean>;
  /** Takes it out of the gallery; it is kept as others are that somebody keeps. False if it is not in one. */
  unlist(id: string): Promise<boolean>;
  /** A page of a word's gallery. */
  listed(word: string, page: PageOfGallery): Promise<{ replays: ListedReplay[]; next: number | null }>;
  /** The words with drawings in their galleries, and how many. */
  words(): Promise<Map<string, number>>;

  /** Hides it after so many reporters. Reports of what the operator approved change nothing. False if it is not there, or hidden. */
  report(id: string, reporter: string, reason: ReportReason): Promise<boolean>;
  /** What the operator decides. `unhide` and `approve` forget the reports. False if it is not there. */
  moderate(id: string, decision: Decision): Promise<boolean>;
  /** Those that were reported or hidden, and those that the gate does not take: newest first. */
  cases(from: number, limit: number): Promise<({ id: string } & Case)[]>;
}

/** For as long as there is a replay, it is known which donated drawing is the same. */
export interface Gift {
  /** Of the donated drawing; null if it is only in the gallery. */
  key: string | null;
  word: string;
  /** As in `2026-11-28`. */
  date: string;
  choices: Choices;
  /** Whether the gate takes it. */
  passes: boolean;
  /** Whether all of it is done: until then it may have been interrupted. */
  isWritten: boolean;
}

/** As it is kept: JSON. */
export const giftIn = (text: string | null | undefined): Gift | null => JSON.parse(text || 'null');

export interface Listing {
  word: string;
  /** When it was recognized, in ms of the round; null if it was not. */
  ms: number | null;
  /** Whether the gate takes the final picture as the word. If not, it stays out of the gallery until the operator approves it. */
  passes: boolean;
}

export type Decision = 'hide' | 'unhide' | 'approve';

/** What the operator has to know of a replay. */
export interface Case {
  /** Its gallery; null if it is in none. */
  word: string | null;
  /** Under which it was donated. */
  key: string | null;
  passes: boolean;
  /** A reason for each reporter. */
  reports: ReportReason[];
  /** By whom. */
  hidden: 'reports' | 'operator' | null;
  approved: boolean;
}

export type InspectedReplay = Replay & Case;

export interface PageOfGallery {
  sort: GallerySort;
  /** Where the page before ended. */
  after?: number | undefined;
  limit: number;
}

export type ListedReplay = Pick<NewReplay, 'id' | 'owner' | 'record'>;

/** A place in a gallery says nothing about the time of day: drawings are counted as they are listed. */
const NUMBERS = 2 ** 32;
/** Longer than any round. */
const SLOWEST_MS = 2 ** 20 - 1;
/** Of the drawing that was listed as number `n`. */
export const speedOf = ({ ms }: Pick<Listing, 'ms'>, n: number): number =>
  Math.min(ms ?? SLOWEST_MS, SLOWEST_MS) * NUMBERS + n;

/** Of an owner's drawings of a word, so many of the fastest are remembered. */
export const OWN_KEPT = 10;

/** Galleries may take this share of the bytes, so that there is always place for what was just drawn. */
export const GALLERY_SHARE = 0.5;

export interface ReplayLimits {
  /** Of all records together. Those that would go first go earlier. Bytes */
  bytes: number;
  /** How long one is kept that somebody keeps or shares. ms */
  keptMs: number;
  /** How long one is kept that is in a gallery. ms */
  listedMs: number;
  /** So many reporters hide one. */
  reportsToHide: number;
}

/** Rooms are known to be open at this pace. */
export const REFRESH_MARGIN_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Without Keep or Share, from the last time that its room was known to be open. */
export const REPLAY_LIFE_MS = DAY_MS + REFRESH_MARGIN_MS;
