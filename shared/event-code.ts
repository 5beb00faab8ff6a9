/**
 * The events of a history as bytes: in records (`record.ts`), and while somebody draws (`packed-history.ts`). Each is written as what it
 * adds to those before. Records are written so, and `docs/records.md` describes it: what is written never changes its meaning.
 */
import type { InkEvent, ShownGuesses } from './history.ts';
import type { Sureness } from './verdict.ts';

/** What the lowest two bits of an event's first number say. */
const MORE = 0;
const STROKE = 1;
const ERASED = 2;
const GUESSES = 3;

const SURENESS: readonly Sureness[] = ['blank', 'unsure', 'guessing'];

/** What is not a record, is cut off, or is of a later version. */
export class BadRecord extends Error {
  override name = 'BadRecord';
}

export const bad = (what: string): never => {
  throw new BadRecord(`this is no record: its ${what} cannot be read`);
};

/** What a history has come to: the next event is written as what it adds. */
export interface Place {
  at: number;
  strokes: number;
  /** The newest. */
  guesses: ShownGuesses | null;
  /** The newest point, and the step to it. A stroke goes on as it went, and a new one begins where the pen was. */
  x: number;
  y: number;
  dx: number;
  dy: number;
  isDown: boolean;
}

export const startOfHistory = (): Place => ({
  at: 0,
  strokes: 0,
  guesses: null,
  x: 0,
  y: 0,
  dx: 0,
  dy: 0,
  isDown: false,
});

/** Writes the event and moves the place behind it. `indexOf` names words by numbers. */
export function writeEvent(
  out: Writer,
  place: Place,
  event: InkEvent,
  indexOf: (word: string) => number,
  probability: (p: number) => void,
): void {
  const begin = (kind: number) => out.number(Math.max(0, event.at - place.at) * 4 + kind);
  if ('points' in event) {
    const { points } = event;
    const isNew = event.stroke === place.strokes;
    begin(isNew ? STROKE : MORE);
    if (isNew) {
      place.strokes++;
      liftPen(place);
    }
    out.number(points.length / 2);
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i]!;
      const y = points[i + 1]!;
      out.signed(x - place.x - place.dx);
      out.signed(y - place.y - place.dy);
      movePen(place, x, y);
    }
  } else if ('erased' in event) {
    begin(ERASED);
    out.number(event.strokes * 2 + (event.erased === 'clear' ? 1 : 0));
    out.number(event.rev);
    place.strokes = event.strokes;
    liftPen(place);
  } else {
    begin(GUESSES);
    const { sureness, top, target } = event.guesses;
    const before = place.guesses?.top ?? [];
    const isSame = top.length === before.length && top.every(([word], i) => word === before[i]![0]);
    out.number(SURENESS.indexOf(sureness) * 2 + (isSame ? 0 : 1));
    if (!isSame) {
      out.number(top.length);
      for (const [word] of top) out.number(indexOf(word));
    }
    for (const [, p] of top) probability(p);
    probability(target);
    place.guesses = event.guesses;
  }
  place.at = Math.max(place.at, event.at);
}

/** Throws `BadRecord`. */
export function readEvent(from: Reader, place: Place, words: string[], probability: () => number): InkEvent {
  const head = from.number();
  const kind = head % 4;
  place.at += (head - kind) / 4;
  const { at } = place;
  if (kind === ERASED) {
    const what = from.number();
    place.strokes = Math.min(place.strokes, what >> 1);
    liftPen(place);
    return { at, erased: what & 1 ? 'clear' : 'undo', strokes: place.strokes, rev: from.number() };
  }
  if (kind === GUESSES) {
    const look = from.number();
    const shown =
      look & 1
        ? Array.from({ length: from.count() }, () => wordAt(words, from.number()))
        : (place.guesses?.top ?? []).map(([word]) => word);
    const top = shown.map((word): [string, number] => [word, probability()]);
    place.guesses = { sureness: SURENESS[look >> 1] ?? bad('sureness'), top, target: probability() };
    return { at, guesses: place.guesses };
  }
  if (kind === STROKE) {
    place.strokes++;
    liftPen(place);
  } else if (place.strokes === 0) bad('stroke');
  const points: number[] = [];
  for (let left = from.count(); left > 0; left--) {
    const x = place.x + place.dx + from.signed();
    const y = place.y + place.dy + from.signed();
    movePen(place, x, y);
    points.push(x, y);
  }
  return { at, stroke: place.strokes - 1, points };
}

export const wordAt = (words: string[], i: number): string => words[i] ?? bad('word');

function movePen(place: Place, x: number, y: number): void {
  place.dx = place.isDown ? x - place.x : 0;
  place.dy = place.isDown ? y - place.y : 0;
  place.x = x;
  place.y = y;
  place.isDown = true;
}

function liftPen(place: Place): void {
  place.dx = 0;
  place.dy = 0;
  place.isDown = false;
}

export type Writer = ReturnType<typeof writer>;

/** Numbers are varints: seven bits a byte, the lowest first. Signed ones alternate: 0, -1, 1, -2, … A text is its UTF-16 units. */
export function writer() {
  let all = new Uint8Array(64);
  let length = 0;
  const byte = (n: number) => {
    if (length === all.length) {
      const before = all;
      all = new Uint8Array(length * 1.5);
      all.set(before);
    }
    all[length++] = n;
  };
  const number = (n: number) => {
    let rest = n;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) byte((rest % 0x80) | 0x80);
    byte(rest);
  };
  return {
    byte,
    number,
    signed: (n: number): void => number(n < 0 ? -2 * n - 1 : 2 * n),
    text(text: string): void {
      number(text.length);
      for (let i = 0; i < text.length; i++) number(text.charCodeAt(i));
    },
    /** What is written by now. */
    bytes: (): Uint8Array => all.slice(0, length),
  };
}

export type Reader = ReturnType<typeof reader>;

export function reader(bytes: Uint8Array) {
  let i = 0;
  const byte = (): number => bytes[i++] ?? bad('end');
  const number = (): number => {
    let n = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 0x80) {
      const next = byte();
      n += (next & 0x7f) * scale;
      if (next < 0x80) return n;
    }
    return bad('number');
  };
  /** Of things that take a byte or more each, so a wrong one cannot ask for more memory than the record has. */
  const count = (): number => {
    const n = number();
    return n <= bytes.length - i ? n : bad('length');
  };
  return {
    byte,
    number,
    count,
    signed(): number {
      const n = number();
      return n % 2 ? -(n + 1) / 2 : n / 2;
    },
    text: (): string => String.fromCharCode(...Array.from({ length: count() }, number)),
  };
}
