/** What the explorer is asked. Plain data: it goes to the child process. */
import * as v from 'valibot';
import { KEY_ID } from '../../shared/donation.ts';
import { ORIGINS, type Origin } from '../../shared/explore.ts';

/** Longer than any word. */
const WORD_LENGTH = 60;
const word = v.pipe(v.string(), v.minLength(1), v.maxLength(WORD_LENGTH), v.regex(/^[^\p{Cc}]*$/u));
const count = (most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,7}$/),
    v.transform(Number),
    v.check((value) => value <= most),
  );
const MAX_PAGE = 1_000_000;
export const MAX_KINDS = 6;

const filter = {
  word,
  from: v.picklist(ORIGINS),
  country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/))),
  language: v.optional(v.pipe(v.string(), v.regex(/^[a-z]{2,3}$/))),
  kind: v.optional(count(MAX_KINDS - 1)),
};

/** Of the query strings of `/api/explore/…`, by what follows. */
export const PAGE_QUERIES = {
  words: v.strictObject({}),
  word: v.strictObject({ word: filter.word, from: filter.from }),
  drawings: v.strictObject({ ...filter, page: v.optional(count(MAX_PAGE), '0') }),
  average: v.strictObject(filter),
  biases: v.strictObject({ from: filter.from }),
};
export const QUERIES = {
  ...PAGE_QUERIES,
  /** Asked by the server itself. */
  shows: v.strictObject({ word: filter.word, from: filter.from, key: v.pipe(v.string(), v.regex(KEY_ID)) }),
};
export type QueryName = keyof typeof QUERIES;

export interface Filter {
  word: string;
  from: Origin;
  country?: string | undefined;
  language?: string | undefined;
  kind?: number | undefined;
}

export type Query = { [Name in QueryName]: { ask: Name } & v.InferOutput<(typeof QUERIES)[Name]> }[QueryName];
