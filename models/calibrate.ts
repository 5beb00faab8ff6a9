/**
 * `npm run calibrate`: fits the calibration and the figures of the verdict to the held-out drawings, and writes them into the
 * words.json of the model's folder. Run it after each export.
 *
 *   --data DIR     the folder with simplified/ and raw/ (default: QUICKDRAW_DATA, else ../shared/quickdraw)
 *   --model DIR    another model's folder
 *   --played N     simplified drawings of each word to use (default 40, more than most words have)
 *
 * The written figures are fitted to all held-out drawings. All printed ones are cross-validated in five folds (`folds.ts`), except for
 * two things that need more drawings: the words nearest to each, from training drawings, and how long people draw each, from all raw ones.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SHIPPED } from '../server/inference/model.ts';
import type { Recognizer } from '../server/inference/recognizer.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { type Calibration, calibrate, powerAt, raise, sizeOf, UNCALIBRATED } from '../shared/calibration.ts';
import { seeded } from '../shared/chance.ts';
import { prefix } from '../shared/ink.ts';
import { CONVINCED, topGuesses, type Word, type Words } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { fitCalibration, type Sized } from './calibration.ts';
import { percent, playLine, readFolder, SHARES } from './evaluation.ts';
import { type Classified, lookAlikes, nearestWords, secondsTo, thresholdsFor, wordFigures } from './fit.ts';
import { FOLDS, type Folded, foldOf, inFold, knownTo } from './folds.ts';
import { calibrationError, median, reliability } from './metrics.ts';
import { progressBar, writeWhole } from './output.ts';
import {
  acceptedOf,
  type Answered,
  type Outcome,
  outcomeOf,
  type Played,
  played,
  playFigures,
  replay,
} from './play.ts';
import { DATA, type Drawing } from './train/dataset.ts';

/**
 * What each word may accept at the most. With 7 % of the drawings near to each, all words together accept less than 5 %. With 5 % for
 * each, 54 words are recognized too rarely to be prompts (docs/training.md).
 */
const ACCEPTS = { random: 0.005, near: 0.07 };
/** Training drawings of each word that tell which words are near to it. */
const KNOWN = 60;
/** For comparison: one threshold for all words. */
const FLAT = [CONVINCED, 0.45, 0.5];
/** The data set's drawings fill the board, a player's end at this share of it or more: so they are scaled for the fit. */
const SMALLEST = 0.6;
/** What must be felt of the difficulty: hard words take so many times as long as easy ones, and are recognized so rarely. */
const FELT = { times: 1.6, recognized: 0.75 };

const DIFFICULTIES = ['easy', 'medium', 'hard'] as const;

/** The first `most` drawings of every word. */
function capped(drawings: readonly Drawing[], most: number): Drawing[] {
  const seen = new Map<string, number>();
  return drawings.filter(({ word }) => {
    const n = (seen.get(word) ?? 0) + 1;
    seen.set(word, n);
    return n <= most;
  });
}

/** What the model answers about some share of a drawing. */
interface Cut extends Sized, Folded {
  share: number;
  isRaw: boolean;
  /** Of the board, at which the drawing would have ended. */
  scale: number;
}

/** About ten shares of the ink of each. */
async function askAll(
  recognizer: Recognizer,
  drawings: readonly Drawing[],
  labels: Map<string, number>,
): Promise<Cut[]> {
  const chance = seeded(1);
  const rows: Cut[] = [];
  function* prefixes() {
    for (const drawing of drawings) {
      const scale = SMALLEST + (1 - SMALLEST) * chance();
      for (const share of SHARES) yield { drawing, share, scale, ink: prefix(drawing.ink, share) };
    }
  }
  for await (const { item, probabilities } of ask(recognizer, prefixes())) {
    const { drawing, share, scale, ink } = item;
    const isRaw = drawing.times !== undefined;
    const label = labels.get(drawing.word)!;
    rows.push({ probabilities, label, size: sizeOf(ink) * scale, share, fold: foldOf(drawing.key), isRaw, scale });
  }
  return rows;
}

/** What the model answers about whole drawings. */
async function askWhole(
  recognizer: Recognizer,
  drawings: readonly Drawing[],
  labels: Map<string, number>,
): Promise<Classified[]> {
  const rows: Classified[] = [];
  // A copy, since it is part of a whole batch's buffer.
  for await (const { item, probabilities } of ask(recognizer, drawings))
    rows.push({ probabilities: probabilities.slice(), label: labels.get(item.word)! });
  return rows;
}

/** Calibration, look-alikes and nearest words, before any threshold. The nearest words are those to which `known` look most alike. */
function fitWords(
  rows: readonly Cut[],
  known: readonly Classified[],
  { model, hash, words: named }: Words,
): { words: Words; near: number[][] } {
  const alike = lookAlikes(
    rows.filter(({ share }) => share === 1),
    named.map(({ word }) => word),
  );
  const unfitted = { threshold: 0, difficulty: 'medium', factor: 1, prompt: true } satisfies Omit<Word, 'word'>;
  const words = named.map(({ word }) => ({ word, ...unfitted, ...(alike.has(word) && { alike: alike.get(word)! }) }));
  return { words: { model, hash, calibration: fitCalibration(rows), words }, near: nearestWords(known, words) };
}

function calibrated(answers: readonly Answered[], calibration: Calibration): Answered[] {
  return answers.map(({ look, probabilities }) => {
    const own = probabilities.slice();
    calibrate(own, [look.ink], calibration);
    return { look, probabilities: own };
  });
}

/** By share of the ink: top-1 and calibration error, each fold calibrated by the others. `filling`: as if all filled the board. */
function crossLine(rows: readonly Cut[], byFold: readonly Calibration[], filling: boolean): string {
  const shares = SHARES.map((share) => {
    const guesses = rows
      .filter((row) => row.share === share)
      .map(({ probabilities, label, size, scale, fold }) => {
        const own = probabilities.slice();
        raise(own, powerAt(byFold[fold]!, filling ? size / scale : size));
        const [best] = topGuesses(own, 1);
        return { p: best!.p, right: best!.word === label };
      });
    const right = guesses.filter((guess) => guess.right).length / (guesses.length || 1);
    return { right, error: calibrationError(reliability(guesses)) };
  });
  const mean = shares.reduce((sum, { right }) => sum + right, 0) / shares.length;
  return (
    `${rows.length / SHARES.length} drawings, ${filling ? 'filling the board' : 'ending at random sizes'}: ` +
    `top-1 by ink ${shares.map(({ right }) => percent(right)).join(' ')}, mean ${percent(mean)}; ` +
    `ECE ${shares.map(({ error }) => percent(error)).join(' ')}, worst ${percent(Math.max(...shares.map(({ error }) => error)))} %`
  );
}

/** How long people draw each word, in seconds; of a word without raw drawings, as of all. */
async function secondsOf(dir: string, names: readonly string[]): Promise<number[]> {
  const raw = await readFolder(dir, names, 'all');
  const took = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const { word, times } of raw) took.get(word)!.push(times!.at(-1)!.at(-1)! / 1000);
  const all = median([...took.values()].flat())!;
  return names.map((name) => median(took.get(name)!) ?? all);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: DATA },
      model: { type: 'string', default: SHIPPED },
      played: { type: 'string', default: '40' },
    },
  });
  const modelDir = values.model;
  const recognizer = await startRecognizer({ modelDir, calibration: UNCALIBRATED });
  const names = recognizer.words.words.map(({ word }) => word);
  const labels = new Map(names.map((name, i) => [name, i]));
  const simplified = await readFolder(join(values.data, 'simplified'), names, 'held-out');
  const raw = await readFolder(join(values.data, 'raw'), names, 'held-out');
  const seconds = await secondsOf(join(values.data, 'raw'), names);
  const drawings = [...capped(simplified, Number(values.played)), ...raw];

  const training = capped(await readFolder(join(values.data, 'simplified'), names, 'training'), KNOWN);
  const known = await askWhole(recognizer, training, labels);
  const rows = await askAll(recognizer, drawings, labels);
  const all = fitWords(rows, known, recognizer.words);
  const folds = FOLDS.map((fold) => fitWords(knownTo(fold, rows), known, recognizer.words));
  const powers = all.words.calibration.powers.map((power, i) => `${power} at ${all.words.calibration.sizes[i]}`);
  console.log(`powers: ${powers.join(', ')} of the board`);
  for (const isRaw of [false, true]) {
    const some = rows.filter((row) => row.isRaw === isRaw);
    const calibrations = folds.map(({ words }) => words.calibration);
    console.log(
      `${isRaw ? 'raw' : 'simplified'}, not calibrated: ${crossLine(
        some,
        folds.map(() => UNCALIBRATED),
        true,
      )}`,
    );
    for (const filling of [false, true])
      console.log(`${isRaw ? 'raw' : 'simplified'}: ${crossLine(some, calibrations, filling)}`);
  }

  const plays: Played[] = [];
  /** By fold: all drawings as they are judged with what is fitted to the other folds. */
  const crossed: (Played & Folded)[][] = FOLDS.map(() => []);
  const progress = progressBar();
  for await (const { drawing, answers } of replay(recognizer, drawings)) {
    const label = labels.get(drawing.word)!;
    const as = ({ words }: typeof all) => played(words, calibrated(answers, words.calibration), label);
    plays.push(as(all));
    for (const fold of FOLDS) crossed[fold]!.push({ ...as(folds[fold]!), fold: foldOf(drawing.key) });
    progress(plays.length, drawings.length);
  }
  await recognizer.close();

  const relationsOf = ({ words, near }: typeof all) => ({ accepted: acceptedOf(words), near });
  const bounds = thresholdsFor(plays, relationsOf(all), ACCEPTS);
  const thresholds = bounds.map(({ threshold }) => threshold);
  const figures = wordFigures(plays, thresholds, seconds);
  const fitted = all.words.words.map((word, i) => ({
    ...word,
    threshold: Math.round(thresholds[i]! * 1e4) / 1e4,
    ...figures[i]!,
  }));
  await writeWhole(join(modelDir, 'words.json'), `${JSON.stringify({ ...all.words, words: fitted }, null, 1)}\n`);

  const outcomes = FOLDS.flatMap((fold) => {
    const others = knownTo(fold, crossed[fold]!);
    const relations = relationsOf(folds[fold]!);
    const byWord = thresholdsFor(others, relations, ACCEPTS).map(({ threshold }) => threshold);
    const classes = wordFigures(others, byWord, seconds);
    return inFold(fold, crossed[fold]!).map((play) => ({
      ...outcomeOf(play, byWord, relations),
      ...classes[play.label]!,
      seconds: secondsTo(play, byWord[play.label]!, seconds[play.label]!),
    }));
  });
  const flat = (threshold: number): Outcome[] =>
    FOLDS.flatMap((fold) => {
      const same = names.map(() => threshold);
      const relations = relationsOf(folds[fold]!);
      return inFold(fold, crossed[fold]!).map((play) => outcomeOf(play, same, relations));
    });
  for (const timed of [true, false]) {
    const own = outcomes.filter((outcome) => outcome.timed === timed);
    const print = (name: string, some: Outcome[]) =>
      console.log(`${timed ? 'raw' : 'simplified'}${name}: ${playLine(playFigures(some))}`);
    print('', own);
    for (const difficulty of DIFFICULTIES)
      print(
        `, ${difficulty}`,
        own.filter((outcome) => outcome.prompt && outcome.difficulty === difficulty),
      );
    for (const threshold of FLAT)
      print(
        `, all words at ${threshold}`,
        flat(threshold).filter((outcome) => outcome.timed === timed),
      );
  }
  const ofClass = (difficulty: Word['difficulty']) =>
    outcomes.filter((outcome) => outcome.prompt && outcome.difficulty === difficulty);
  const middle = (difficulty: Word['difficulty']) => median(ofClass(difficulty).map((each) => each.seconds)) ?? 0;
  const times = middle('hard') / middle('easy');
  const { recognized } = playFigures(ofClass('hard'));
  console.log(
    `hard words take ${times.toFixed(2)} times as long as easy ones (${middle('hard').toFixed(1)} s, ${middle('easy').toFixed(1)} s), ` +
      `and ${percent(recognized)} % are recognized` +
      (times >= FELT.times && recognized <= FELT.recognized ? '' : '; players will hardly feel it'),
  );
  const raised = thresholds.filter((each) => each > CONVINCED).length;
  const never = fitted.filter(({ prompt }) => !prompt).map(({ word }) => word);
  const pairs = fitted.flatMap(({ word, alike }) => (alike ? [`${word} (${alike.join(', ')})`] : []));
  const list = (some: string[]) => some.join(', ') || 'none';
  console.log(
    `${raised} thresholds above ${CONVINCED}, ${bounds.filter(({ bounded }) => !bounded).length} without enough drawings to say; ` +
      `never prompted: ${list(never)}; look-alikes: ${list(pairs)}`,
  );
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
