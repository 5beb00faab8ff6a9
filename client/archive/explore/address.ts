/** The addresses below /explore. Every view has one, so Back, reload and a link lead to what was seen. */
import { ORIGINS, type Origin } from '../../../shared/explore.ts';
import type { Params } from './asking.ts';

export const VIEWS = ['wall', 'kinds', 'seen', 'compare'] as const;
export type View = (typeof VIEWS)[number];

/** Of a word's page. `who` and `against`: a country as in DE, or a language as in ja; undefined is everybody. */
export interface Place {
  word: string;
  view: View;
  from: Origin;
  who?: string | undefined;
  against?: string | undefined;
  kind?: number | undefined;
  /** The drawing that is shown large: its place on the wall, from 0. */
  show?: number | undefined;
}

const oneOf = <T extends string>(all: readonly T[], text: string | null): T =>
  all.find((each) => each === text) ?? all[0]!;
const wholeNumber = (text: string | null): number | undefined =>
  text && /^\d{1,7}$/.test(text) ? Number(text) : undefined;
const group = (text: string | null): string | undefined =>
  text && /^([A-Z]{2}|[a-z]{2,3})$/.test(text) ? text : undefined;

export const placeOf = (word: string, query: URLSearchParams): Place => ({
  word,
  view: oneOf(VIEWS, query.get('view')),
  from: oneOf(ORIGINS, query.get('from')),
  who: group(query.get('who')),
  against: group(query.get('against')),
  kind: wholeNumber(query.get('kind')),
  show: wholeNumber(query.get('show')),
});

export function pathOf({ word, view, from, ...rest }: Place): string {
  const query = new URLSearchParams();
  if (view !== VIEWS[0]) query.set('view', view);
  if (from !== ORIGINS[0]) query.set('from', from);
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, `${value}`);
  const path = `explore/${encodeURIComponent(word)}`;
  return query.size > 0 ? `${path}?${query}` : path;
}

export const whose = (who: string | undefined): Params => {
  if (!who) return {};
  return who === who.toUpperCase() ? { country: who } : { language: who };
};
