/**
 * The record of a finished drawing: its history, the verdict, and what they are of. This file is its binary format, which
 * `docs/records.md` describes. A record is written once and read by pages of later versions, so it begins with its version, and
 * what is written never changes its meaning.
 */
import type { Reader } from './event-code.ts';
import { BadRecord, bad, reader, readEvent, startOfHistory, wordAt, writeEvent, writer } from './event-code.ts';
import type { History, InkEvent } from './history.ts';
import { inkAt } from './history.ts';
import type { Ink } from './ink.ts';
import type { InkMoment } from './protocol.ts';

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

const MODEL_BYTES = 8;

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
  const place = startOfHistory();
  const probability = (p: number) => out.byte(toByte(p));
  for (const event of history) writeEvent(out, place, event, (each) => indexOf.get(each)!, probability);
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

function readVerdict(from: Reader, words: string[]): RecordedVerdict {
  const at = from.number();
  const word = wordAt(words, from.number());
  const probability = from.number() / 1000;
  const ink = from.number() ? { rev: from.number(), strokes: from.number(), points: from.number() } : null;
  return { at, word, probability, ink };
}

function readHistory(from: Reader, words: string[]): History {
  const place = startOfHistory();
  const probability = () => from.byte() / 255;
  return Array.from({ length: from.count() }, () => readEvent(from, place, words, probability));
}

const wordsIn = (event: InkEvent): string[] => ('guesses' in event ? event.guesses.top.map(([word]) => word) : []);

const toByte = (p: number): number => Math.round(Math.min(1, Math.max(0, p)) * 255);
