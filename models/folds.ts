/** Cross-validation: what is measured of a drawing is fitted to the drawings of the other folds. */
import { createHash } from 'node:crypto';

const COUNT = 5;
export const FOLDS = Array.from({ length: COUNT }, (_, fold) => fold);

export interface Folded {
  fold: number;
}

/** From the key alone, so a raw drawing is in the fold of its simplified twin. */
export const foldOf = (key: string): number => createHash('sha256').update(key).digest()[0]! % COUNT;

/** What may be known when this fold is measured. */
export const knownTo = <T extends Folded>(fold: number, all: readonly T[]): T[] =>
  all.filter((each) => each.fold !== fold);

export const inFold = <T extends Folded>(fold: number, all: readonly T[]): T[] =>
  all.filter((each) => each.fold === fold);
