/** Measures a model: at ten shares of the ink, and in replayed drawings judged by the verdict. */
import type { EngineName } from '../server/inference/engine.ts';
import type { Recognizer } from '../server/inference/recognizer.ts';
import { prefix } from '../shared/ink.ts';
import { CONVINCED, topGuesses, thresholdOf, type Word } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { type Accuracy, type Bin, calibrationError, reliability, tally } from './metrics.ts';
import { type Classified, nearestWords } from './fit.ts';
import { acceptedOf, outcomeOf, type Play, type Played, played, playFigures, replay, spread } from './play.ts';
import { type Drawing, drawingFiles, isHeldOut, readDrawings } from './train/dataset.ts';

/** Of the ink, at which a model is measured. */
export const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Roughly how many classifications a drawing takes. Only the progress bar uses it. */
const LOOKS_EACH = 50;
/** The nearest words are known from this many drawings of each word on. */
const MANY = 10;

export interface Evaluation {
  engine: EngineName;
  model: string;
  n: number;
  top1: number;
  top3: number;
  top5: number;
  map3: number;
  /** At each share of the ink; the calibration error over 15 bins. */
  byInk: { ink: number; top1: number; top3: number; ece: number }[];
  play: Play | null;
  /** The same with one threshold for all words. */
  playAt: { threshold: number; play: Play }[];
  /** The same, at full ink, for the drawings that Google's own recognizer recognized. */
  recognized: Accuracy;
}

const THRESHOLDS = [0.2, 0.25, 0.3, 0.35, CONVINCED, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7];

/** What the report shows as well as the figures. */
export interface Details {
  /** At full ink. */
  bins: Bin[];
  words: string[];
  /** `counts[label * words + guess]`, at full ink. */
  confusion: Uint32Array;
  byWord: { word: string; accuracy: Accuracy }[];
  /** Countries with the most drawings first; those with few are merged as `others`. */
  byCountry: { country: string; accuracy: Accuracy }[];
}

export async function evaluate(
  recognizer: Recognizer,
  drawings: readonly Drawing[],
  playDrawings: number,
  progress: (done: number, of: number) => void = () => {},
): Promise<{ evaluation: Evaluation; details: Details }> {
  if (drawings.length === 0) throw new Error('no drawings to evaluate');
  const names = recognizer.words.words.map((word) => word.word);
  const labels = new Map(names.map((name, i) => [name, i]));
  const label = (drawing: Drawing) => labels.get(drawing.word)!;

  // Of a few drawings, the nearest words would be those of which one happened to look like another.
  const isMany = drawings.length >= MANY * names.length;
  const byShare = SHARES.map(() => tally());
  const recognized = tally();
  const byWord = names.map(() => tally());
  const byCountry = countryTallies(drawings);
  const guesses = SHARES.map((): { p: number; right: boolean }[] => []);
  const rows: Classified[] = [];
  const confusion = new Uint32Array(names.length ** 2);
  function* prefixes() {
    for (const drawing of drawings)
      for (const [i, share] of SHARES.entries()) yield { drawing, i, ink: prefix(drawing.ink, share) };
  }
  const replayed = spread(drawings, playDrawings);
  const steps = drawings.length * SHARES.length + replayed.length * LOOKS_EACH;
  let done = 0;
  for await (const { item, probabilities } of ask(recognizer, prefixes())) {
    progress(++done, steps);
    const right = label(item.drawing);
    byShare[item.i]!.add(probabilities, right);
    const best = topGuesses(probabilities, 1)[0]!;
    guesses[item.i]!.push({ p: best.p, right: best.word === right });
    if (SHARES[item.i] !== 1) continue;
    byWord[right]!.add(probabilities, right);
    if (item.drawing.country) (byCountry.get(item.drawing.country) ?? byCountry.get(OTHERS))!.add(probabilities, right);
    if (item.drawing.recognized) recognized.add(probabilities, right);
    // A copy, since it is part of a whole batch's buffer.
    if (isMany) rows.push({ probabilities: probabilities.slice(), label: right });
    if (best.word !== right) confusion[right * names.length + best.word]!++;
  }

  const { words } = recognizer;
  const plays: Played[] = [];
  for await (const { answers, drawing } of replay(recognizer, replayed)) {
    plays.push(played(words, answers, label(drawing)));
    done += LOOKS_EACH;
    progress(done, steps);
  }

  const full = byShare.at(-1)!.result();
  const bins = guesses.map((each) => reliability(each));
  const relations = { accepted: acceptedOf(words), near: nearestWords(rows, words.words) };
  const playAt = (threshold: (word: Word) => number) => {
    const thresholds = words.words.map(threshold);
    return playFigures(plays.map((play) => outcomeOf(play, thresholds, relations)));
  };
  return {
    evaluation: {
      engine: recognizer.engine!,
      model: recognizer.words.model,
      ...full,
      byInk: byShare.map((each, i) => {
        const { top1, top3 } = each.result();
        return { ink: SHARES[i]!, top1, top3, ece: calibrationError(bins[i]!) };
      }),
      play: plays.length > 0 ? playAt(thresholdOf) : null,
      playAt: plays.length > 0 ? THRESHOLDS.map((threshold) => ({ threshold, play: playAt(() => threshold) })) : [],
      recognized: recognized.result(),
    },
    details: {
      bins: bins.at(-1)!,
      words: names,
      confusion,
      byWord: names.map((word, i) => ({ word, accuracy: byWord[i]!.result() })).filter((row) => row.accuracy.n > 0),
      byCountry: [...byCountry].map(([country, each]) => ({ country, accuracy: each.result() })),
    },
  };
}

/** A country with fewer drawings is merged into `others`. */
const ENOUGH = 50;
const OTHERS = 'others';

function countryTallies(drawings: readonly Drawing[]): Map<string, ReturnType<typeof tally>> {
  const counts = new Map<string, number>();
  for (const { country } of drawings) if (country) counts.set(country, (counts.get(country) ?? 0) + 1);
  const large = [...counts].filter(([, n]) => n >= ENOUGH).sort((a, b) => b[1] - a[1]);
  return new Map([...large.map(([country]) => country), OTHERS].map((country) => [country, tally()]));
}

/** The drawings of a folder. Throws with file and line if one is broken, or if the model does not know its word. */
export async function readFolder(
  dir: string,
  words: readonly string[],
  which: 'all' | 'held-out' | 'training',
): Promise<Drawing[]> {
  const known = new Set(words);
  const drawings: Drawing[] = [];
  for (const file of await drawingFiles(dir))
    for await (const drawing of readDrawings(file, known))
      if (which === 'all' || isHeldOut(drawing.key) === (which === 'held-out')) drawings.push(drawing);
  return drawings;
}

export const percent = (share: number): string => (share * 100).toFixed(1);

export function summary({ engine, model, n, top1, top3, top5, map3, byInk, play, recognized }: Evaluation): string {
  const lines = [
    `${n} drawings, model ${model}, engine ${engine}`,
    `full ink: top-1 ${percent(top1)} %, top-3 ${percent(top3)} %, top-5 ${percent(top5)} %, MAP@3 ${percent(map3)} %`,
    `of which recognized by Google (${recognized.n}): top-1 ${percent(recognized.top1)} %, top-3 ${percent(recognized.top3)} %, top-5 ${percent(recognized.top5)} %`,
    `by ink:   ${byInk.map((each) => `${Math.round(each.ink * 100)} % `.padStart(7)).join('')}`,
    `  top-1   ${byInk.map((each) => `${percent(each.top1)} `.padStart(7)).join('')}  mean ${percent(byInk.reduce((sum, each) => sum + each.top1, 0) / byInk.length)}`,
    `  top-3   ${byInk.map((each) => `${percent(each.top3)} `.padStart(7)).join('')}`,
    `  ECE     ${byInk.map((each) => `${percent(each.ece)} `.padStart(7)).join('')}  worst ${percent(Math.max(...byInk.map((each) => each.ece)))}`,
  ];
  if (play) lines.push(`play: ${playLine(play)}`);
  return lines.join('\n');
}

export const playLine = ({ drawings, recognized, ink, seconds, meanInk, falseAccepts, nearAccepts }: Play): string =>
  `${drawings} replayed, ${percent(recognized)} % recognized; median of all at ${ink === null ? 'no point' : `${percent(ink)} %`} of the ink` +
  `${seconds === null ? '' : ` and ${seconds.toFixed(1)} s`}, mean ${percent(meanInk)} %; accepted for a random other word ` +
  `${(falseAccepts * 100).toFixed(2)} %${nearAccepts === null ? '' : `, for one that it is near to ${percent(nearAccepts)} %`}`;
