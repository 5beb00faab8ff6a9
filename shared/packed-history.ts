/** A history in a tenth of the memory: its events as bytes. It only grows. */
import type { Place, Writer } from './event-code.ts';
import { reader, readEvent, startOfHistory, writeEvent, writer } from './event-code.ts';
import type { History, InkEvent } from './history.ts';

export interface PackedHistory {
  /** How many events it has. */
  length: number;
  /** Its end. */
  place: Place;
  bytes: Writer;
  /** The words of its guesses, by which the bytes name them. */
  words: string[];
}

/** Probabilities have three decimals. */
export function pack(history: History): PackedHistory {
  const packed: PackedHistory = { length: 0, place: startOfHistory(), bytes: writer(), words: [] };
  for (const event of history) add(packed, event);
  return packed;
}

export function add(packed: PackedHistory, event: InkEvent): void {
  const { bytes, place, words } = packed;
  const placeOf = (word: string) => {
    const at = words.indexOf(word);
    return at < 0 ? words.push(word) - 1 : at;
  };
  writeEvent(bytes, place, event, placeOf, (p) => bytes.number(Math.round(p * 1000)));
  packed.length++;
}

export function unpack({ length, bytes, words }: PackedHistory): History {
  const from = reader(bytes.bytes());
  const place = startOfHistory();
  return Array.from({ length }, () => readEvent(from, place, words, () => from.number() / 1000));
}
