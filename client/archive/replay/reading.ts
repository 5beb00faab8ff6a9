/** What the network makes of a recorded drawing: which strokes carried the verdict, and which words were near, over time. */
import type { Stroke } from '../../../shared/ink.ts';
import { inkLength } from '../../../shared/ink.ts';
import type { Record } from '../../../shared/record.ts';
import { judgedInk } from '../../../shared/record.ts';
import { acceptedFor } from '../../../shared/verdict.ts';
import type { Look, Network } from '../../practice/network.ts';
import { createPlayback } from './playback.ts';

export interface Reading {
  /** Another model judged it at that time. */
  isOlder: boolean;
  /** What was recognized or, if it was not, all that was drawn. */
  strokes: Stroke[];
  /** How probable the word is with all strokes, 0..1. */
  whole: number;
  /** Those first that the verdict hangs on most. */
  weights: Weight[];
  /** The words that came nearest, the nearest first. */
  rivals: string[];
  moments: Moment[];
}

export interface Weight {
  /** Its place in `strokes`. */
  stroke: number;
  /** How probable the word is without it, 0..1. */
  without: number;
}

export interface Moment {
  /** ms of the round */
  at: number;
  /** Probability of the word and its look-alikes, 0..1. */
  target: number;
  /** Of each of the rivals. */
  rivals: number[];
}

/** Of more strokes, only the longest are tried without. */
const MAX_TRIED = 24;
const MAX_MOMENTS = 32;
const RIVALS = 3;

/** `progress`: 0..1 */
export async function read(
  record: Pick<Record, 'history' | 'verdict' | 'word' | 'model'>,
  { words, look }: Network,
  progress: (share: number) => void = () => {},
): Promise<Reading> {
  const { word } = record;
  const { strokes } = judgedInk(record);
  const playback = createPlayback(record.history);
  const longest = strokes
    .map((stroke, i) => ({ i, length: inkLength({ strokes: [stroke] }) }))
    .sort((a, b) => b.length - a.length)
    .slice(0, MAX_TRIED)
    .map(({ i }) => i);
  const times = Array.from({ length: MAX_MOMENTS }, (_, i) => Math.round((playback.end * (i + 1)) / MAX_MOMENTS));

  let done = 0;
  const ask = async (ink: Stroke[]): Promise<Look> => {
    const seen = await look(ink, word);
    progress(++done / (1 + longest.length + times.length));
    return seen;
  };
  const whole = (await ask(strokes)).verdict.target;
  const weights: Weight[] = [];
  for (const stroke of longest) {
    const { verdict } = await ask(strokes.filter((_, i) => i !== stroke));
    weights.push({ stroke, without: verdict.target });
  }
  const looks: { at: number; seen: Look }[] = [];
  for (const at of times) looks.push({ at, seen: await ask(playback.strokesAt(at)) });

  const index = words.words.findIndex((each) => each.word === word);
  const accepted = index < 0 ? [] : acceptedFor(words, index);
  const shown = looks.map(({ at, seen }) => ({ at, seen, isBlank: seen.verdict.sureness === 'blank' }));
  const nearest = words.words
    .map((_, i) => ({
      i,
      most: Math.max(0, ...shown.map(({ seen, isBlank }) => (isBlank ? 0 : seen.probabilities[i]!))),
    }))
    .filter(({ i }) => !accepted.includes(i))
    .sort((a, b) => b.most - a.most)
    .slice(0, RIVALS)
    .map(({ i }) => i);
  return {
    isOlder: record.model !== words.hash.slice(0, record.model.length),
    strokes,
    whole,
    weights: weights.sort((a, b) => a.without - b.without),
    rivals: nearest.map((i) => words.words[i]!.word),
    moments: shown.map(({ at, seen, isBlank }) => ({
      at,
      target: seen.verdict.target,
      rivals: nearest.map((i) => (isBlank ? 0 : seen.probabilities[i]!)),
    })),
  };
}
