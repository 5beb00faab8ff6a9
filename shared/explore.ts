/** What `/api/explore/…` answers: drawings by word, and what the index knows of them. docs/explore.md describes it. */

/** Where drawings are from: a folder of the Quick, Draw! data set, or players of this server who gave them away. */
export const ORIGINS = ['quickdraw', 'here'] as const;
export type Origin = (typeof ORIGINS)[number];

/** Drawings on a page of a wall. */
export const PAGE_SIZE = 60;
/** Pixels of an average picture's side. */
export const AVERAGE_SIDE = 64;

/** `api/explore/words` */
export interface ExploreWords {
  origins: Origin[];
  /** Whether there is an index of Quick, Draw!'s drawings: without it there are walls and averages only. */
  indexed: boolean;
  /** The numbers of drawings are not known without an index. */
  words: { word: string; origins: Partial<Record<Origin, number | null>> }[];
}

/** What the server itself asks before it takes a report. */
export interface ExploreShows {
  shows: boolean;
}

export interface Facet {
  name: string;
  drawings: number;
}

/** So many of so many. */
export interface Share {
  hits: number;
  of: number;
}

/** `api/explore/word?word=` */
export interface ExploreWord {
  word: string;
  /** Of the drawings that are shown. */
  drawings: number;
  countries: Facet[];
  languages: Facet[];
  /** What the index knows; null without one. */
  findings: Findings | null;
}

/** What the network makes of the drawings of a word. */
export interface Findings {
  /** All drawings of the word that the index has read, and those that pass the gate. */
  drawings: number;
  passing: number;
  /** Of held-out drawings only: those that no network of ours has learnt from. */
  recognized: Share;
  /** What held-out drawings are taken for instead, most often first. */
  takenFor: { word: string; drawings: number }[];
  kinds: Kind[];
  /** Of drawings with times; null if there are none. */
  speed: Speed | null;
}

/** Drawings that look alike to the network. */
export interface Kind {
  /** All drawings of this kind. */
  drawings: number;
  /** Of held-out drawings only. */
  recognized: Share;
  /** Those nearest to the middle of the kind. */
  typical: ExploreDrawing[];
}

export interface Speed {
  /** Drawings with times that were replayed. */
  drawings: number;
  recognized: number;
  /** Medians of those that were recognized. */
  seconds: number | null;
  strokes: number | null;
  /** Share of the ink, 0..1. */
  ink: number | null;
  /** How many were recognized in each second; the last element counts all later ones. */
  bySecond: number[];
}

/** `strokes`: `[[xs], [ys]]` of each, 0..255. */
export interface ExploreDrawing {
  key: string;
  country?: string;
  language?: string;
  strokes: [xs: number[], ys: number[]][];
}

/** `api/explore/drawings?word=&page=` */
export interface ExplorePage {
  /** On all pages. 0 on a page after the last. */
  total: number;
  drawings: ExploreDrawing[];
}

/** `api/explore/average?word=` */
export interface ExploreAverage {
  /** Drawings that were laid on top of each other. */
  drawings: number;
  /** AVERAGE_SIDE² bytes of ink, in base64. */
  picture: string;
}

/** `api/explore/biases` */
export interface ExploreBiases {
  /** Held-out drawings, and those of them that are recognized. */
  all: Share;
  words: Bias[];
  countries: Bias[];
  languages: Bias[];
}

/** How a group's recognition differs from that of all. */
export interface Bias {
  name: string;
  recognized: Share;
  /** What would be expected of a mean group: by word for a country, since countries draw different words. 0..1 */
  expected: number;
  /** How far chance alone reaches: 95 % of it. 0..1 */
  low: number;
  high: number;
}

/** Why there is no answer. `off`: there is nothing to explore. `missing`: DuckDB is not installed. */
export type ExploreRefusal =
  | 'off'
  | 'missing'
  | 'no-word'
  | 'no-index'
  | 'busy'
  | 'slow'
  | 'unavailable'
  | 'too-often'
  | 'malformed';
