/** A drawing that a player gave away, as a line of a donated segment has it. `docs/records.md` describes the fields. */
import type { Choices } from './choices.ts';
import type { Reading } from './gate.ts';
import type { TimedStroke } from './history.ts';
import { timedStrokes } from './history.ts';
import type { Engine, Record } from './record.ts';

export interface Donation extends Choices, Reading {
  word: string;
  countrycode: string;
  timestamp: string;
  recognized: boolean;
  key_id: string;
  drawing: TimedStroke[];
  guesses: [at: number, top: [word: string, probability: number][]][];
  recognizedAt: number | null;
  seconds: number;
  model: string;
  engine: Engine;
  language: string;
}

/** A random number of 64 bits, in decimal. */
export const KEY_ID = /^\d{1,20}$/;

/** Adds the keys of a list as DATA_DIR has it. A line of `-` and a key takes that key back. */
export function keysIn(list: string, keys = new Set<string>()): Set<string> {
  for (const line of list.split('\n').map((each) => each.trim()))
    if (line.startsWith('-')) keys.delete(line.slice(1));
    else if (line) keys.add(line);
  return keys;
}

const rounded = (p: number): number => Math.round(p * 1000) / 1000;

interface Given {
  key: string;
  /** When it was drawn, as in `2026-11-28`. */
  date: string;
  countrycode: string;
  reading: Reading;
  choices: Choices;
}

/** Neither the drawer's name and colour nor the time of day. */
export function donationOf(record: Record, { key, date, countrycode, reading, choices }: Given): Donation {
  const { word, verdict, history, seconds, model, engine, language } = record;
  const { gallery, data, training } = choices;
  return {
    word,
    countrycode,
    timestamp: `${date} 00:00:00.00000 UTC`,
    recognized: verdict !== null,
    key_id: key,
    drawing: timedStrokes(history),
    guesses: history.flatMap((event): Donation['guesses'] =>
      'guesses' in event ? [[event.at, event.guesses.top.map(([each, p]) => [each, rounded(p)])]] : [],
    ),
    recognizedAt: verdict?.at ?? null,
    ...{ seconds, model, engine, language },
    reads: rounded(reading.reads),
    passes: reading.passes,
    ...{ gallery, data, training },
  };
}
