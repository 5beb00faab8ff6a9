/**
 * `npm run calibrate`: fits the figures of the verdict to the held-out drawings, and writes them into the model's folder:
 * the temperature into the weights, the rest into words.json. Run after each export.
 *
 *   --data DIR     the folder with simplified/ and raw/ (default: QUICKDRAW_DATA, else ../shared/quickdraw)
 *   --model DIR    another model's folder
 *   --played N     simplified drawings of each word that are drawn anew (default 20)
 *
 * One half of the drawings (by their keys) is fitted to; what is printed is measured on the other.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SHIPPED } from '../server/model.ts';
import { type Recognizer, startRecognizer } from '../server/recognizer.ts';
import { topGuesses, type Words } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { percent, readFolder } from './evaluation.ts';
import { lookAlikes, type Played, played, thresholds, unsureLevel, wordFigures } from './fit.ts';
import { calibrationError, median, reliability } from './metrics.ts';
import { progressBar, writeWhole } from './output.ts';
import { replay } from './play.ts';
import { fitFactor, type Row, sharpen } from './temperature.ts';
import { DATA, type Drawing } from './train/dataset.ts';

/** Share of the drawings of other words that each word may at most accept in the half that is fitted to; 1 % is promised. */
const FALSE_ACCEPTS = 0.009;
/** Most simplified drawings of one word that the temperature is fitted to: a few words have many more than the others. */
const PER_WORD = 40;

const half = (key: string): 'fit' | 'report' => (createHash('sha256').update(key).digest()[0]! % 2 ? 'report' : 'fit');

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

const errorOf = (rows: readonly Row[]) =>
  calibrationError(
    reliability(
      rows.map(({ probabilities, label }) => {
        const best = topGuesses(probabilities, 1)[0]!;
        return { p: best.p, right: best.word === label };
      }),
    ),
  );

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
  const rows = await fullInk(
    recognizer,
    some.filter(({ key }) => half(key) === 'fit'),
    labels,
  );
  await recognizer.close();
  const inverse = await sharpen(modelDir, fitFactor(rows));
  recognizer = await startRecognizer({ modelDir });
  const fitted = await fullInk(
    recognizer,
    [...some, ...raw].filter(({ key }) => half(key) === 'fit'),
    labels,
  );
  const reported = await fullInk(
    recognizer,
    some.filter(({ key }) => half(key) === 'report'),
    labels,
  );
  console.log(
    `inverse temperature ${inverse.toFixed(3)}; ECE ${percent(errorOf(reported))} % (${reported.length} drawings)`,
  );

  // Look-alikes first: the words that count for each other change what is accepted.
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
  const plays: (Played & { half: 'fit' | 'report' })[] = [];
  const progress = progressBar();
  for await (const { drawing, said } of replay(recognizer, drawings)) {
    plays.push({ ...played(open, said, labels.get(drawing.word)!), half: half(drawing.key) });
    progress(plays.length, drawings.length);
  }
  await recognizer.close();
  const [fit, report] = (['fit', 'report'] as const).map((name) => plays.filter((play) => play.half === name));

  const threshold = thresholds(fit!, names.length, FALSE_ACCEPTS);
  const { level, below, above, share } = unsureLevel(fit!, report!);
  console.log(
    `not sure below ${level.toFixed(3)}: ${percent(share)} % of the looks; the best guess is right in ${percent(below)} % of them, and in ${percent(above)} % of the others`,
  );
  const figures = wordFigures(plays, threshold);
  const words: Words = {
    ...open,
    unsure: round(level),
    words: open.words.map((word, i) => ({ ...word, threshold: round(threshold[i]!), ...figures[i]! })),
  };
  const file = join(modelDir, 'words.json');
  const { hash } = JSON.parse(await readFile(file, 'utf8')) as Words;
  await writeWhole(file, `${JSON.stringify({ ...words, hash }, null, 1)}\n`);

  for (const kind of ['simplified', 'raw'] as const) {
    const own = report!.filter((play) => play.timed === (kind === 'raw'));
    const right = own.flatMap(
      (play) => play.peaks.get(play.label)?.find((peak) => peak.p >= threshold[play.label]!) ?? [],
    );
    const wrong = own.map(
      (play) =>
        [...play.peaks].filter(([word, peaks]) => word !== play.label && peaks.at(-1)!.p >= threshold[word]!).length,
    );
    const seconds = median(right.flatMap(({ ms }) => (ms === null ? [] : [ms / 1000])));
    console.log(
      `${kind}: ${own.length} drawn anew, ${percent(right.length / own.length)} % recognized, in the median at ` +
        `${percent(median(right.map((peak) => peak.ink01)) ?? 0)} % of the ink${seconds === null ? '' : ` and ${seconds.toFixed(1)} s`}; false accepts ` +
        `${((wrong.reduce((a, b) => a + b, 0) / own.length / (names.length - 1)) * 100).toFixed(2)} %`,
    );
  }
  const count = (difficulty: string) => words.words.filter((word) => word.difficulty === difficulty).length;
  console.log(
    `${count('easy')} easy, ${count('medium')} medium, ${count('hard')} hard words; never asked for: ` +
      `${
        words.words
          .filter((word) => !word.prompt)
          .map((word) => word.word)
          .join(', ') || 'none'
      }; alike: ` +
      `${
        words.words
          .filter((word) => word.alike)
          .map((word) => `${word.word} (${word.alike!.join(', ')})`)
          .join(', ') || 'none'
      }`,
  );
}

const round = (p: number) => Math.round(p * 1e4) / 1e4;

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
