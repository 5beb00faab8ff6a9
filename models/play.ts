/**
 * Replays finished drawings as a player would have drawn them, one classification after the other, with the verdict that the
 * server uses. So the figures are what a player would have experienced.
 */
import type { Recognizer } from '../server/inference/recognizer.ts';
import type { Ink } from '../shared/ink.ts';
import { inkLength } from '../shared/ink.ts';
import { GUESSES, judge, topGuesses, type Words } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { median } from './metrics.ts';
import type { Drawing } from './train/dataset.ts';

/** A pen sends 20 chunks a second. */
const CHUNK_MS = 50;

/** The ink at one moment. */
export interface Look {
  ink: Pick<Ink, 'strokes'>;
  /** Share of the whole path length drawn so far, 0..1. */
  ink01: number;
  /** Milliseconds since the first point; null if the drawing has no times. */
  ms: number | null;
}

/** Raw drawings chunk by chunk, in their own time. Simplified ones have no times, so point by point. */
export function looksOf({ ink, times }: Pick<Drawing, 'ink' | 'times'>): Look[] {
  const whole = inkLength(ink) || 1;
  const looks: Look[] = [];
  const done: Ink['strokes'] = [];
  const look = (strokes: Ink['strokes'], ms: number | null) =>
    looks.push({ ink: { strokes }, ink01: Math.min(1, inkLength({ strokes }) / whole), ms });
  let due = CHUNK_MS;
  ink.strokes.forEach((stroke, s) => {
    const last = s === ink.strokes.length - 1;
    for (let points = 1; points <= stroke.length / 2; points++) {
      const now = () => [...done, stroke.slice(0, points * 2)];
      if (!times) {
        look(now(), null);
        continue;
      }
      // A chunk is sent when its time is up and it has points. The last points of the pen are sent at once.
      const ms = times[s]![points - 1]!;
      const next = times[s]![points];
      const final = last && next === undefined;
      if (!final && (next ?? times[s + 1]![0]!) < due) continue;
      look(now(), final ? ms : Math.max(due, ms));
      due = (Math.floor((next ?? times[s + 1]?.[0] ?? ms) / CHUNK_MS) + 1) * CHUNK_MS;
    }
    done.push(stroke);
  });
  return looks;
}

/** The recognizer's answer to one look. */
export interface Said {
  look: Look;
  probabilities: Float32Array;
}

/** When a drawing would have been recognized. */
export interface Recognition {
  ink01: number;
  ms: number | null;
}

/** For each possible target, the first look at which it would have been recognized. Words never recognized are left out. */
export function recognitions(words: Words, said: readonly Said[]): Map<number, Recognition> {
  const found = new Map<number, Recognition>();
  for (const { look, probabilities } of said) {
    for (const target of candidates(words, probabilities)) {
      if (found.has(target)) continue;
      const { recognized } = judge(words, words.words[target]!.word, probabilities, look.ink);
      if (recognized) found.set(target, { ink01: look.ink01, ms: look.ms });
    }
  }
  return found;
}

/** Each drawing with the recognizer's answer to every look. */
export async function* replay(
  recognizer: Recognizer,
  drawings: readonly Drawing[],
): AsyncGenerator<{ drawing: Drawing; said: Said[] }> {
  function* items() {
    for (const drawing of drawings) {
      const looks = looksOf(drawing);
      for (const [at, look] of looks.entries()) yield { ink: look.ink, look, drawing, last: at === looks.length - 1 };
    }
  }
  let said: Said[] = [];
  for await (const { item, probabilities } of ask(recognizer, items())) {
    said.push({ look: item.look, probabilities });
    if (!item.last) continue;
    yield { drawing: item.drawing, said };
    said = [];
  }
}

/** Up to `most` of them, evenly spaced: the files are sorted by word, and every word should get its share. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/** The only words that this look can recognize: the guesses, and their look-alikes. */
export function candidates(words: Words, probabilities: Float32Array): Set<number> {
  const targets = new Set(topGuesses(probabilities, GUESSES).map((guess) => guess.word));
  const names = new Set([...targets].map((target) => words.words[target]!.word));
  words.words.forEach((word, i) => {
    if (word.alike?.some((name) => names.has(name))) targets.add(i);
  });
  return targets;
}

export interface Play {
  /** How many drawings were replayed. */
  drawings: number;
  /** Share recognized before the drawing ends. */
  recognized: number;
  /** Medians over the recognized drawings: share of the ink, and seconds since the first point (only drawings with times). */
  ink: number | null;
  seconds: number | null;
  /** Share of drawings that would be accepted at some moment for a random other word. */
  falseAccepts: number;
}

/** Adds up replays, one drawing at a time. */
export function playTally(words: Words) {
  let drawings = 0;
  let wrong = 0;
  const right: Recognition[] = [];
  return {
    add(said: readonly Said[], label: number): Recognition | undefined {
      const found = recognitions(words, said);
      drawings++;
      const own = found.get(label);
      if (own) right.push(own);
      wrong += found.size - (own ? 1 : 0);
      return own;
    },
    result(): Play {
      const seconds = median(right.flatMap(({ ms }) => (ms === null ? [] : [ms / 1000])));
      return {
        drawings,
        recognized: right.length / (drawings || 1),
        ink: median(right.map((each) => each.ink01)),
        seconds,
        falseAccepts: wrong / ((drawings || 1) * (words.words.length - 1)),
      };
    },
  };
}
