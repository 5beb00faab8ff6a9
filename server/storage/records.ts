/** Versioned records by code: games and lessons. The port that both stores have of them. */
import type { Refusal } from '../../shared/protocol.ts';

export interface Versioned {
  code: string;
  /** Grows with every change. */
  version: number;
}

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Records<R extends Versioned> {
  /** Stores a new record. False if its code is taken. */
  create(record: R): Promise<boolean>;
  read(code: string): Promise<R | null>;
  /**
   * Steps the newest record; concurrent steps run one after the other. `step` may run more than once. A step that returns its
   * argument changes nothing. Resolves with the resulting record, the step's refusal, or that of a record that is not there. A
   * record that is over is deleted.
   */
  update(code: string, step: (record: R) => R | Refusal): Promise<R | Refusal>;
  /**
   * Calls `changed` on every later change of a record, whichever process made it, in the order of versions; for a change made
   * by `update` on this store, before that resolves. Of several changes in a quick row only the newest may be reported.
   * Resolves with a function that stops it.
   */
  watch(code: string, changed: (record: R) => void): Promise<() => void>;
}

/** What a store has to know of a kind of record. */
export interface Kind<R extends Versioned> {
  /** The refusal where there is none. */
  missing: Refusal;
  isOver(record: R): boolean;
  /** The record as it is once it is over. */
  ended(record: R): R;
  /** Ids of those in it, who may share networks with each other: see `networks.ts`. */
  membersOf(record: R): string[];
}
