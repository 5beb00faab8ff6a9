/** The texts of a GIF as masks: only a canvas has a font for every script, and the rest of a GIF needs none. */
import type { Record } from '../../../shared/record.ts';
import type { CardTexts } from '../../../shared/card.ts';
import { rowsOf } from '../../../shared/card.ts';

/** How much of each pixel a text covers, 0..255. */
export interface Mask {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A text to be painted: as large as fits into `width`, on `most` lines at the most. Pixels */
export interface Label {
  text: string;
  size: number;
  least: number;
  width: number;
  /** Lines */
  most: number;
  weight: 600 | 800;
  condensed: boolean;
}

/** A label that fits: its lines, and the size at which they do. */
export interface Lines {
  lines: string[];
  size: number;
}

export interface Labels<T> {
  word: T;
  /** Undefined if the name is not shown. */
  nick: T | undefined;
  brand: T;
  verdict: T;
  /** By the network's word. */
  rows: Map<string, T>;
}

export const BRAND = 'Doodle Derby';

const TITLE = { size: 36, least: 20, most: 1, weight: 800, condensed: true } as const;
const LINE = { size: 20, least: 13, most: 1, weight: 600, condensed: false } as const;
const VERDICT = { size: 34, least: 18, most: 2, weight: 800, condensed: true } as const;

/** Each text that the GIF of this record shows at some time. */
export function labelsOf(record: Record, texts: CardTexts): Labels<Label> {
  const shown = record.history.flatMap((event) => ('guesses' in event ? rowsOf(record, event.guesses) : []));
  const words = [...new Set([record.word, ...shown.map(({ word }) => word)])];
  return {
    word: { ...TITLE, text: texts.word, width: 250 },
    nick: texts.nick ? { ...LINE, text: texts.nick, size: 18, width: 190 } : undefined,
    brand: { ...TITLE, text: BRAND, size: 22, width: 190 },
    verdict: { ...VERDICT, text: texts.verdict, width: 448 },
    rows: new Map(
      words.map((word) => [
        word,
        { ...LINE, text: texts.name(word), width: 164, weight: word === record.word ? 800 : 600 } as const,
      ]),
    ),
  };
}

/** The same labels, each made into something else. */
export function mapped<T, To>({ word, nick, brand, verdict, rows }: Labels<T>, make: (label: T) => To): Labels<To> {
  return {
    word: make(word),
    nick: nick && make(nick),
    brand: make(brand),
    verdict: make(verdict),
    rows: new Map([...rows].map(([key, label]) => [key, make(label)])),
  };
}
