/**
 * The record of a finished drawing: its history, the verdict, and what they are of. This file is its binary format, which
 * `docs/records.md` describes. A record is written once and read by pages of later versions, so it begins with its version, and
 * what is written never changes its meaning.
 */
import type { History, InkEvent, ShownGuesses } from './history.ts';
import { inkAt } from './history.ts';
import type { Ink } from './ink.ts';
import type { InkMoment } from './protocol.ts';
import type { Sureness } from './verdict.ts';

export interface Record {
  /** Who judged: the first 8 bytes of the model's hash, in hex, and the engine that ran it. */
  model: string;
  engine: Engine;
  word: string;
  /** Of the page on which it was drawn, as in `en`; empty if unknown. */
  language: string;
  /** The drawer's name; empty unless the drawer agreed to show it. */
  nick: string;
  /** The drawer's colour and shape, 0..11. */
  mark: number;
  /** UTC, days since 1970. */
  day: number;
  /** The time limit of its round. */
  seconds: number;
  /** Null if the drawing was not recognized. */
  verdict: RecordedVerdict | null;
  history: History;
}

export interface RecordedVerdict {
  /** ms of the round */
  at: number;
  /** The prompt, or a look-alike of it. */
  word: string;
  /** Of the prompt and its look-alikes together: 0..1, three decimals. */
  probability: number;
  /** The ink that was recognized; null if an older process did not say. */
  ink: InkMoment | null;
}

const ENGINES = ['native', 'wasm'] as const;
export type Engine = (typeof ENGINES)[number];

/** The version that is written. Every version up to it is read. */
export const RECORD_VERSION = 1;

/** Longer records are refused, before and after compression. Bytes */
export const RECORD_LIMIT = 256 * 1024;

const SURENESS: readonly Sureness[] = ['blank', 'unsure', 'guessing'];
const MODEL_BYTES = 8;

/** What the lowest two bits of an event's first number say. */
const MORE = 0;
const STROKE = 1;
const ERASED = 2;
const GUESSES = 3;

/** What is not a record, is cut off, or is of a later version. */
export class BadRecord extends Error {
  override name = 'BadRecord';
}

/** What was recognized, or all that was drawn: recognized strokes are never erased, so they are the first ones of the final ink. */
export function judgedInk({ history, verdict }: Pick<Record, 'history' | 'verdict'>): Ink {
  const { rev, strokes } = inkAt(history);
  const moment = verdict?.ink;
  if (!moment) return { rev, strokes };
  const judged = strokes.slice(0, moment.strokes);
  return { rev, strokes: judged.map((s, i) => (i === moment.strokes - 1 ? s.slice(0, 2 * moment.points) : s)) };
}

/** The record as bytes, not compressed yet. */
export function encode({
  model,
  engine,
  word,
  language,
  nick,
  mark,
  day,
  seconds,
  verdict,
  history,
}: Record): Uint8Array {
  const words = [...new Set([word, ...(verdict ? [verdict.word] : []), ...history.flatMap(wordsIn)])];
  const indexOf = new Map(words.map((each, i) => [each, i]));
  const out = writer();
  out.number(RECORD_VERSION);
  for (let i = 0; i < MODEL_BYTES; i++) out.byte(Number.parseInt(model.slice(2 * i, 2 * i + 2), 16) || 0);
  out.number(ENGINES.indexOf(engine));
  out.text(language);
  out.text(nick);
  out.number(mark);
  out.number(day);
  out.number(seconds);
  out.number(words.length);
  for (const each of words) out.text(each);
  out.number(verdict ? 1 : 0);
  if (verdict) {
    out.number(verdict.at);
    out.number(indexOf.get(verdict.word)!);
    out.number(Math.round(verdict.probability * 1000));
    out.number(verdict.ink ? 1 : 0);
    if (verdict.ink) for (const n of [verdict.ink.rev, verdict.ink.strokes, verdict.ink.points]) out.number(n);
  }
  out.number(history.length);
  let at = 0;
  let strokes = 0;
  const pen = newPen();
  let before: ShownGuesses = NOTHING;
  for (const event of history) {
    const begin = (kind: number) => out.number(Math.max(0, event.at - at) * 4 + kind);
    if ('points' in event) {
      const isNew = event.stroke === strokes;
      begin(isNew ? STROKE : MORE);
      if (isNew) {
        strokes++;
        pen.lift();
      }
      out.number(event.points.length / 2);
      for (let i = 0; i < event.points.length; i += 2) {
        const x = event.points[i]!;
        const y = event.points[i + 1]!;
        const [guessX, guessY] = pen.next();
        out.signed(x - guessX);
        out.signed(y - guessY);
        pen.move(x, y);
      }
    } else if ('erased' in event) {
      begin(ERASED);
      out.number(event.strokes * 2 + (event.erased === 'clear' ? 1 : 0));
      out.number(event.rev);
      strokes = event.strokes;
      pen.lift();
    } else {
      begin(GUESSES);
      const { guesses } = event;
      const isSame =
        guesses.top.length === before.top.length && guesses.top.every(([each], i) => each === before.top[i]![0]);
      out.number(SURENESS.indexOf(guesses.sureness) * 2 + (isSame ? 0 : 1));
      if (!isSame) {
        out.number(guesses.top.length);
        for (const [each] of guesses.top) out.number(indexOf.get(each)!);
      }
      for (const [, p] of guesses.top) out.byte(toByte(p));
      out.byte(toByte(guesses.target));
      before = guesses;
    }
    at = Math.max(at, event.at);
  }
  return out.bytes();
}

/** Throws `BadRecord`. */
export function decode(bytes: Uint8Array): Record {
  const from = reader(bytes);
  const { words, ...head } = readHead(from);
  return { ...head, history: readHistory(from, words) };
}

export type RecordHead = Omit<Record, 'history'>;

/** All but the history, for those who look at many. Throws `BadRecord`. */
export function decodeHead(bytes: Uint8Array): RecordHead {
  const { words: _, ...head } = readHead(reader(bytes));
  return head;
}

/** `words` of the whole record, by which the history names them. */
function readHead(from: Reader): RecordHead & { words: string[] } {
  const version = from.number();
  if (version !== RECORD_VERSION) throw new BadRecord(`version ${version} of a record cannot be read`);
  const model = Array.from({ length: MODEL_BYTES }, () => from.byte().toString(16).padStart(2, '0')).join('');
  const engine = ENGINES[from.number()] ?? bad('engine');
  const language = from.text();
  const nick = from.text();
  const mark = from.number();
  const day = from.number();
  const seconds = from.number();
  const words = Array.from({ length: from.count() }, from.text);
  const word = wordAt(words, 0);
  const verdict = from.number() ? readVerdict(from, words) : null;
  return { model, engine, word, language, nick, mark, day, seconds, verdict, words };
}

const wordAt = (words: string[], i: number): string => words[i] ?? bad('word');

function readVerdict(from: Reader, words: string[]): RecordedVerdict {
  const at = from.number();
  const word = wordAt(words, from.number());
  const probability = from.number() / 1000;
  const ink = from.number() ? { rev: from.number(), strokes: from.number(), points: from.number() } : null;
  return { at, word, probability, ink };
}

function readHistory(from: Reader, words: string[]): History {
  const pen = newPen();
  let at = 0;
  let strokes = 0;
  let before: ShownGuesses = NOTHING;
  return Array.from({ length: from.count() }, (): InkEvent => {
    const head = from.number();
    const kind = head % 4;
    at += (head - kind) / 4;
    if (kind === ERASED) {
      const what = from.number();
      strokes = Math.min(strokes, what >> 1);
      pen.lift();
      return { at, erased: what & 1 ? 'clear' : 'undo', strokes, rev: from.number() };
    }
    if (kind === GUESSES) {
      const head = from.number();
      const same = before.top.map(([each]) => each);
      const shown = head & 1 ? Array.from({ length: from.count() }, () => wordAt(words, from.number())) : same;
      const top = shown.map((each): [string, number] => [each, from.byte() / 255]);
      before = { sureness: SURENESS[head >> 1] ?? bad('sureness'), top, target: from.byte() / 255 };
      return { at, guesses: before };
    }
    if (kind === STROKE) {
      strokes++;
      pen.lift();
    } else if (strokes === 0) bad('stroke');
    const points: number[] = [];
    for (let left = from.count(); left > 0; left--) {
      const [guessX, guessY] = pen.next();
      const x = guessX + from.signed();
      const y = guessY + from.signed();
      pen.move(x, y);
      points.push(x, y);
    }
    return { at, stroke: strokes - 1, points };
  });
}

const bad = (what: string): never => {
  throw new BadRecord(`this is no record: its ${what} cannot be read`);
};

const NOTHING: ShownGuesses = { sureness: 'blank', top: [], target: 0 };

const wordsIn = (event: InkEvent): string[] => ('guesses' in event ? event.guesses.top.map(([word]) => word) : []);

const toByte = (p: number): number => Math.round(Math.min(1, Math.max(0, p)) * 255);

/** Foretells the next point: a stroke goes on as it went, and a new one begins where the pen was. */
function newPen() {
  let x = 0;
  let y = 0;
  let dx = 0;
  let dy = 0;
  let isDown = false;
  return {
    next: (): [x: number, y: number] => [x + dx, y + dy],
    move(toX: number, toY: number): void {
      dx = isDown ? toX - x : 0;
      dy = isDown ? toY - y : 0;
      x = toX;
      y = toY;
      isDown = true;
    },
    lift(): void {
      dx = 0;
      dy = 0;
      isDown = false;
    },
  };
}

/** Numbers are varints: seven bits a byte, the lowest first. Signed ones alternate: 0, -1, 1, -2, … A text is its UTF-16 units. */
function writer() {
  const all: number[] = [];
  const number = (n: number) => {
    let rest = n;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) all.push((rest % 0x80) | 0x80);
    all.push(rest);
  };
  return {
    byte: (n: number): void => void all.push(n),
    number,
    signed: (n: number): void => number(n < 0 ? -2 * n - 1 : 2 * n),
    text(text: string): void {
      number(text.length);
      for (let i = 0; i < text.length; i++) number(text.charCodeAt(i));
    },
    bytes: (): Uint8Array => Uint8Array.from(all),
  };
}

type Reader = ReturnType<typeof reader>;

function reader(bytes: Uint8Array) {
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
