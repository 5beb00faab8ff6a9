/**
 * `npm run calibrate`: fits the figures of the verdict to the held-out drawings and writes them into the model's folder: the
 * temperature into the weights, the rest into words.json. Run it after each export.
 *
 *   --data DIR     the folder with simplified/ and raw/ (default: QUICKDRAW_DATA, else ../shared/quickdraw)
 *   --model DIR    another model's folder
 *   --played N     simplified drawings of each word to replay (default 20)
 *
 * The written figures are fitted to all held-out drawings. The printed ones are cross-validated: fitted to one half of the
 * drawings (split by key), measured on the other, and vice versa.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SHIPPED } from '../server/inference/model.ts';
import type { Recognizer } from '../server/inference/recognizer.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { topGuesses, type Words } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { percent, readFolder } from './evaluation.ts';
import { lookAlikes, type Peak, type Played, played, thresholds, unsureLevel, wordFigures } from './fit.ts';
import { calibrationError, median, reliability } from './metrics.ts';
import { progressBar, writeWhole } from './output.ts';
import { replay } from './play.ts';
import { fitFactor, type Row, sharpen, sharpened } from './temperature.ts';
import { DATA, type Drawing } from './train/dataset.ts';

/**
 * Share of the drawings of other words that each word may accept in the fit. Lower than the promised 1 %, because new drawings,
 * most of all raw ones, are accepted slightly more often than those in the fit.
 */
const FALSE_ACCEPTS = 0.0085;
/** Most simplified drawings of one word in the fit of the temperature: a few words have many more than the others. */
const PER_WORD = 40;

/** 0 or 1, from the key alone. */
const half = (key: string): number => createHash('sha256').update(key).digest()[0]! % 2;
const HALVES = [0, 1];

/** The first `most` drawings of every word. */
function capped(drawings: readonly Drawing[], most: number): Drawing[] {
  const seen = new Map<string, number>();
  return drawings.filter(({ word }) => {
    const n = (seen.get(word) ?? 0) + 1;
    seen.set(word, n);
    return n <= most;
  });
}

async function fullInk(
  recognizer: Recognizer,
  drawings: readonly Drawing[],
  labels: Map<string, number>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { item, probabilities } of ask(recognizer, drawings))
    rows.push({ probabilities, label: labels.get(item.word)! });
  return rows;
}

/** Calibration error of the best guesses, each half with the factor fitted to the other. */
function crossError(rows: readonly (Row & { half: number })[]): number {
  const guesses = HALVES.flatMap((own) => {
    const factor = fitFactor(rows.filter((row) => row.half !== own));
    return rows
      .filter((row) => row.half === own)
      .map(({ probabilities, label }) => {
        const best = topGuesses(probabilities, 1)[0]!;
        return { p: sharpened(probabilities, factor, best.word), right: best.word === label };
      });
  });
  return calibrationError(reliability(guesses));
}

/** The figures of play, each half with the thresholds fitted to the other. */
function crossPlay(all: readonly (Played & { half: number })[], timed: boolean, words: number): string {
  const threshold = HALVES.map((own) =>
    thresholds(
      all.filter((play) => play.half !== own),
      words,
      FALSE_ACCEPTS,
    ),
  );
  const plays = all.filter((play) => play.timed === timed);
  const right: Peak[] = [];
  let wrong = 0;
  for (const { peaks, label, half } of plays)
    for (const [word, rising] of peaks) {
      const peak = rising.find(({ p }) => p >= threshold[half]![word]!);
      if (peak && word === label) right.push(peak);
      else if (peak) wrong++;
    }
  const seconds = median(right.flatMap(({ ms }) => (ms === null ? [] : [ms / 1000])));
  return (
    `${timed ? 'raw' : 'simplified'}: ${plays.length} replayed, ${percent(right.length / plays.length)} % recognized, median at ` +
    `${percent(median(right.map((peak) => peak.ink01)) ?? 0)} % of the ink${seconds === null ? '' : ` and ${seconds.toFixed(1)} s`}; ` +
    `false accepts ${((wrong / plays.length / (words - 1)) * 100).toFixed(2)} %`
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: DATA },
      model: { type: 'string', default: SHIPPED },
      played: { type: 'string', default: '20' },
    },
  });
  const modelDir = values.model;
  let recognizer = await startRecognizer({ modelDir });
  const names = recognizer.words.words.map((word) => word.word);
  const labels = new Map(names.map((name, i) => [name, i]));
  const simplified = await readFolder(join(values.data, 'simplified'), names, true);
  const raw = await readFolder(join(values.data, 'raw'), names, true);

  // Temperature, at full ink.
  const some = capped(simplified, PER_WORD);
  const rows = await fullInk(recognizer, some, labels);
  await recognizer.close();
  const inverse = await sharpen(modelDir, fitFactor(rows));
  const error = crossError(rows.map((row, i) => ({ ...row, half: half(some[i]!.key) })));
  console.log(`inverse temperature ${inverse.toFixed(3)}; ECE ${percent(error)} % (${rows.length} drawings)`);
  recognizer = await startRecognizer({ modelDir });
  const fitted = await fullInk(recognizer, [...some, ...raw], labels);

  // Look-alikes come first, because they change which drawings are accepted.
  const alike = lookAlikes(fitted, names);
  const open: Words = {
    ...recognizer.words,
    words: recognizer.words.words.map(({ word, difficulty, factor }) => ({
      word,
      threshold: 0,
      difficulty,
      factor,
      prompt: true,
      ...(alike.has(word) ? { alike: alike.get(word)! } : {}),
    })),
  };
  const drawings = [...capped(simplified, Number(values.played)), ...raw];
  const plays: (Played & { half: number })[] = [];
  const progress = progressBar();
  for await (const { drawing, said } of replay(recognizer, drawings)) {
    plays.push({ ...played(open, said, labels.get(drawing.word)!), half: half(drawing.key) });
    progress(plays.length, drawings.length);
  }
  await recognizer.close();

  const threshold = thresholds(plays, names.length, FALSE_ACCEPTS);
  const level = unsureLevel(plays);
  const figures = wordFigures(plays, threshold);
  const words: Words = {
    ...open,
    unsure: round(level),
    words: open.words.map((word, i) => ({ ...word, threshold: round(threshold[i]!), ...figures[i]! })),
  };
  const file = join(modelDir, 'words.json');
  const { hash } = JSON.parse(await readFile(file, 'utf8')) as Words;
  await writeWhole(file, `${JSON.stringify({ ...words, hash }, null, 1)}\n`);

  const looks = plays.flatMap((play) => play.best);
  const [unsure, sure] = [true, false].map((below) => looks.filter(({ p }) => p < level === below));
  const rightShare = (best: Played['best'] = []) => percent(best.filter(({ right }) => right).length / best.length);
  console.log(
    `not sure below ${level.toFixed(3)}: ${percent(unsure!.length / looks.length)} % of the classifications; the best guess is right in ` +
      `${rightShare(unsure)} % of them, and in ${rightShare(sure)} % of the others`,
  );
  for (const timed of [false, true]) console.log(crossPlay(plays, timed, names.length));
  const count = (difficulty: string) => words.words.filter((word) => word.difficulty === difficulty).length;
  const list = (some: string[]) => some.join(', ') || 'none';
  const never = words.words.filter((word) => !word.prompt).map((word) => word.word);
  const pairs = words.words.flatMap((word) => (word.alike ? [`${word.word} (${word.alike.join(', ')})`] : []));
  console.log(
    `${count('easy')} easy, ${count('medium')} medium, ${count('hard')} hard words; never prompted: ${list(never)}; look-alikes: ${list(pairs)}`,
  );
}

const round = (p: number) => Math.round(p * 1e4) / 1e4;

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
