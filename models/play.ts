/**
 * Replays finished drawings as a player would have drawn them, one classification after the other, with the verdict that the
 * server uses. So the figures are what a player would have experienced.
 */
import type { Recognizer } from '../server/inference/recognizer.ts';
import type { Ink } from '../shared/ink.ts';
import { inkLength } from '../shared/ink.ts';
import { acceptedFor, judge, topGuesses, type Words } from '../shared/verdict.ts';
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

/** A look and the recognizer's answer to it. */
export interface Answered {
  look: Look;
  probabilities: Float32Array;
}

/** A word that this look can recognize: the best guess, or one that it is accepted for. */
export interface Claim {
  word: number;
  /** Probability of the word and its look-alikes. */
  p: number;
}

export function claims(words: Words, { look, probabilities }: Answered): Claim[] {
  const [best] = topGuesses(probabilities, 1);
  const name = words.words[best!.word]!.word;
  return words.words.flatMap(({ word: target, alike }, word) => {
    if (target !== name && !alike?.includes(name)) return [];
    const { sureness, target: p } = judge(words, target, probabilities, inkLength(look.ink));
    return sureness === 'blank' ? [] : [{ word, p }];
  });
}

/** Each drawing with the recognizer's answer to every look. */
export async function* replay(
  recognizer: Recognizer,
  drawings: readonly Drawing[],
): AsyncGenerator<{ drawing: Drawing; answers: Answered[] }> {
  function* items() {
    for (const drawing of drawings) {
      const looks = looksOf(drawing);
      for (const [at, look] of looks.entries()) yield { ink: look.ink, look, drawing, last: at === looks.length - 1 };
    }
  }
  let answers: Answered[] = [];
  for await (const { item, probabilities } of ask(recognizer, items())) {
    answers.push({ look: item.look, probabilities });
    if (!item.last) continue;
    yield { drawing: item.drawing, answers };
    answers = [];
  }
}

/** Up to `most` of them, evenly spaced: the files are sorted by word, and every word should get its share. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/** A moment at which a word was more probable than before in this drawing. */
export interface Peak {
  p: number;
  ink01: number;
  ms: number | null;
}

/** The result of a replayed drawing: enough to tell for any threshold whether and when it is crossed. */
export interface Played {
  label: number;
  timed: boolean;
  /** By word, rising. Only words that were the best guess, or that accept it. */
  peaks: Map<number, Peak[]>;
}

export function played(words: Words, answers: readonly Answered[], label: number): Played {
  const peaks = new Map<number, Peak[]>();
  for (const each of answers)
    for (const { word, p } of claims(words, each)) {
      const rising = peaks.get(word) ?? [];
      if (p <= (rising.at(-1)?.p ?? 0)) continue;
      rising.push({ p, ink01: each.look.ink01, ms: each.look.ms });
      peaks.set(word, rising);
    }
  return { label, timed: answers[0]?.look.ms !== null, peaks };
}

/** When the drawing is accepted for the word, if ever. */
export const acceptedAt = ({ peaks }: Played, word: number, threshold: number): Peak | undefined =>
  peaks.get(word)?.find(({ p }) => p >= threshold);

/** By word, as labels: whose drawings it accepts (its own and its look-alikes'), and those that it is most easily taken for. */
export interface Relations {
  accepted: number[][];
  near: number[][];
}

export const acceptedOf = (words: Words): number[][] => words.words.map((_, word) => acceptedFor(words, word));

/** What became of a replayed drawing. */
export interface Outcome {
  timed: boolean;
  /** When it was recognized. */
  peak: Peak | undefined;
  /** The number of words that it should not be accepted for, and of those for which it would be. */
  others: number;
  mistaken: number;
  /** The same of those that are near it. */
  near: number;
  nearMistaken: number;
}

/** `thresholds`: by word */
export function outcomeOf(play: Played, thresholds: readonly number[], { accepted, near }: Relations): Outcome {
  const { label, timed } = play;
  const isAccepted = (word: number) => acceptedAt(play, word, thresholds[word]!) !== undefined;
  const others = thresholds.flatMap((_, word) => (accepted[word]!.includes(label) ? [] : [word]));
  const nearly = others.filter((word) => near[word]!.includes(label));
  return {
    timed,
    peak: acceptedAt(play, label, thresholds[label]!),
    others: others.length,
    mistaken: others.filter(isAccepted).length,
    near: nearly.length,
    nearMistaken: nearly.filter(isAccepted).length,
  };
}

export interface Play {
  /** How many drawings were replayed. */
  drawings: number;
  /** Share recognized before the drawing ends. */
  recognized: number;
  /** Medians over all drawings; never counts as infinity. Null if that is the median, or if no drawing has times. */
  ink: number | null;
  /** Since the first point. */
  seconds: number | null;
  /** Mean share of the ink that is needed; all of it for drawings that are never recognized. */
  meanInk: number;
  /** Share of drawings that would be accepted at some moment for a random other word. */
  falseAccepts: number;
  /** Share of drawings of each word's nearest words that would be accepted for it; null if there are none. */
  nearAccepts: number | null;
}

/** What players would have experienced. */
export function playFigures(outcomes: readonly Outcome[]): Play {
  const middle = (values: number[]): number | null => {
    const value = median(values);
    return value !== null && Number.isFinite(value) ? value : null;
  };
  const sum = (value: (outcome: Outcome) => number) => outcomes.reduce((all, each) => all + value(each), 0);
  const n = outcomes.length || 1;
  const near = sum((each) => each.near);
  return {
    drawings: outcomes.length,
    recognized: sum(({ peak }) => (peak ? 1 : 0)) / n,
    ink: middle(outcomes.map(({ peak }) => peak?.ink01 ?? Infinity)),
    seconds: middle(outcomes.flatMap(({ timed, peak }) => (timed ? [(peak?.ms ?? Infinity) / 1000] : []))),
    meanInk: sum(({ peak }) => peak?.ink01 ?? 1) / n,
    falseAccepts: sum((each) => each.mistaken) / (sum((each) => each.others) || 1),
    nearAccepts: near > 0 ? sum((each) => each.nearMistaken) / near : null,
  };
}
