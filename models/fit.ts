/** Fits the figures of the verdict. Pure: replayed drawings in, figures out. */
import { CONVINCED, topGuesses, type Word } from '../shared/verdict.ts';
import { acceptedAt, type Played, type Relations } from './play.ts';

/** What the model answers about a drawing. */
export interface Classified {
  probabilities: Float32Array;
  label: number;
}

/**
 * The threshold that a new drawing of the same kind reaches with a chance of `share` at most, whatever their distribution: an order
 * statistic of the scores of known ones (split conformal prediction). Null if they are too few to say.
 */
export function conformal(scores: readonly number[], share: number): number | null {
  const most = Math.floor(share * (scores.length + 1));
  return most === 0 ? null : [...scores].sort((a, b) => b - a)[most - 1]! + 1e-4;
}

/** How many words count as near. */
const NEAR = 3;

/** For each word, the others whose whole drawings look most like it to the network. Not its look-alikes. */
export function nearestWords(rows: readonly Classified[], words: readonly Pick<Word, 'word' | 'alike'>[]): number[][] {
  const n = words.length;
  const sums = new Float64Array(n * n);
  const counts = new Uint32Array(n);
  for (const { probabilities, label } of rows) {
    counts[label]!++;
    for (let word = 0; word < n; word++) sums[label * n + word]! += probabilities[word]!;
  }
  return words.map(({ alike }, word) => {
    const means = words.map(({ word: name }, other) =>
      other === word || counts[other] === 0 || alike?.includes(name) ? 0 : sums[other * n + word]! / counts[other]!,
    );
    return topGuesses(means, NEAR).flatMap(({ word, p }) => (p > 0 ? [word] : []));
  });
}

export interface Shares {
  /** Of drawings of a random other word that may be accepted for a word. */
  random: number;
  /** Of drawings of its nearest words. */
  near: number;
}

/**
 * For each word, the lowest threshold that keeps both shares; CONVINCED at the least. `bounded` tells whether there were drawings
 * enough to say so.
 */
export function thresholdsFor(
  plays: readonly Played[],
  { accepted, near }: Relations,
  shares: Shares,
): { threshold: number; bounded: boolean }[] {
  return near.map((neighbours, word) => {
    const scoreOf = ({ peaks }: Played) => peaks.get(word)?.at(-1)?.p ?? 0;
    const others = plays.filter(({ label }) => !accepted[word]!.includes(label));
    const nearly = others.filter(({ label }) => neighbours.includes(label));
    const random = conformal(others.map(scoreOf), shares.random);
    const close = conformal(nearly.map(scoreOf), shares.near);
    return {
      threshold: Math.min(1, Math.max(CONVINCED, random ?? 0, close ?? 0)),
      bounded: random !== null && (close !== null || neighbours.length === 0),
    };
  });
}

/** Two words are look-alikes if, of the drawings of either that were taken for either, a smaller share was taken for the right one. */
const TOLD_APART = 0.65;
/** Fewer drawings than this prove nothing. */
const MIN_DRAWINGS = 24;

/** Pairs of words that the network cannot tell apart at full ink. */
export function lookAlikes(rows: readonly Classified[], names: readonly string[]): Map<string, string[]> {
  const counts = new Map<number, { right: number; wrong: number }>();
  const pair = (a: number, b: number) => Math.min(a, b) * names.length + Math.max(a, b);
  const rightOf = new Uint32Array(names.length);
  for (const { probabilities, label } of rows) {
    const best = topGuesses(probabilities, 1)[0]!.word;
    if (best === label) {
      rightOf[label]!++;
      continue;
    }
    const count = counts.get(pair(label, best)) ?? { right: 0, wrong: 0 };
    count.wrong++;
    counts.set(pair(label, best), count);
  }
  const alike = new Map<string, string[]>();
  for (const [key, { wrong }] of counts) {
    const a = Math.floor(key / names.length);
    const b = key % names.length;
    const right = rightOf[a]! + rightOf[b]!;
    if (right + wrong < MIN_DRAWINGS || right / (right + wrong) >= TOLD_APART) continue;
    alike.set(names[a]!, [...(alike.get(names[a]!) ?? []), names[b]!]);
    alike.set(names[b]!, [...(alike.get(names[b]!) ?? []), names[a]!]);
  }
  return alike;
}

/** Each word has few drawings, so its figures are mixed with this many drawings of an average word. */
const AVERAGE = 6;
/** How long a drawing counts that is never recognized. */
const NEVER_SECONDS = 20;
/** The game does not use words that are recognized less often than this. */
const MIN_RECOGNIZED = 0.5;
const FACTORS = { easy: 1, medium: 1.25, hard: 1.5 };

/** How long it takes until a drawing is recognized: its own time if it has one, else that share of the `seconds` people draw the word. */
export function secondsTo(play: Played, threshold: number, seconds: number): number {
  const peak = acceptedAt(play, play.label, threshold);
  if (!peak) return Infinity;
  return peak.ms === null ? peak.ink01 * seconds : peak.ms / 1000;
}

/**
 * Difficulty is how long a word takes to be recognized. Of the words that the game uses, the third that is quickest is easy, the
 * slowest third hard. `threshold` and `seconds` are by word, the latter how long people draw it.
 */
export function wordFigures(
  plays: readonly Played[],
  threshold: readonly number[],
  seconds: readonly number[],
): Pick<Word, 'difficulty' | 'factor' | 'prompt'>[] {
  const times: number[][] = threshold.map(() => []);
  for (const play of plays) times[play.label]!.push(secondsTo(play, threshold[play.label]!, seconds[play.label]!));
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  /** By word, the mean of some figure of its drawings, mixed with the mean of all. */
  const means = (figure: (time: number) => number): number[] => {
    const all = times.flat().map(figure);
    const average = sum(all) / (all.length || 1);
    return times.map((own) => (sum(own.map(figure)) + AVERAGE * average) / (own.length + AVERAGE));
  };
  const prompts = means((time) => (Number.isFinite(time) ? 1 : 0)).map((share) => share >= MIN_RECOGNIZED);
  const needed = means((time) => Math.min(time, NEVER_SECONDS));
  const order = needed.filter((_, word) => prompts[word]).sort((a, b) => a - b);
  const third = (part: number) => order[Math.floor((order.length * part) / 3)] ?? 0;
  return needed.map((own, word) => {
    const difficulty = own < third(1) ? 'easy' : own < third(2) ? 'medium' : 'hard';
    return { difficulty, factor: FACTORS[difficulty], prompt: prompts[word]! };
  });
}
