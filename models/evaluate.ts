/**
 * `npm run evaluate -- --data DIR`: measures the shipped model on a folder of <category>.ndjson, in either of Google's formats.
 *
 *   --engine native|wasm   the engine (default: native if it runs here)
 *   --json FILE            writes the figures as JSON
 *   --report DIR           writes report.md (by word, most confused pairs) and plots as SVG
 *   --held-out             only the validation split, which training never saw
 *   --play N               drawings to replay for the figures of play (default 2000, spread evenly; 0: none)
 *   --model DIR            another model's folder
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startRecognizer } from '../server/inference/thread.ts';
import { type Details, type Evaluation, evaluate, percent, readFolder, summary } from './evaluation.ts';
import { mostConfused } from './metrics.ts';
import { progressBar, writeWhole } from './output.ts';
import { accuracyPlot, confusionPlot, reliabilityPlot, thresholdPlot } from './plots.ts';

const PAIRS = 50;
/** How many pairs the confusion plot shows. */
const PLOTTED = 16;

/** What players would experience with one threshold for all words. */
const thresholdTable = ({ playAt }: Evaluation): string[] => [
  '![Verdicts by threshold](threshold.svg)',
  '\n## By threshold, the same for all words\n',
  '| threshold | recognized | median ink of all | median seconds of all | mean ink | accepted for a random other word | for a near one |',
  '|---|---|---|---|---|---|---|',
  ...playAt.map(({ threshold, play: { recognized, ink, seconds, meanInk, falseAccepts, nearAccepts } }) =>
    [
      '',
      threshold,
      percent(recognized),
      ink === null ? '–' : percent(ink),
      seconds?.toFixed(1) ?? '–',
      percent(meanInk),
      (falseAccepts * 100).toFixed(2),
      nearAccepts === null ? '–' : percent(nearAccepts),
      '',
    ]
      .join(' | ')
      .trim(),
  ),
];

function report({ details, evaluation }: { details: Details; evaluation: Evaluation }): string {
  const rows = [...details.byWord].sort((a, b) => a.accuracy.top1 - b.accuracy.top1);
  return [
    '# Evaluation',
    '```',
    summary(evaluation),
    '```',
    '![Accuracy over ink](accuracy.svg) ![Reliability](reliability.svg)',
    ...(evaluation.play ? thresholdTable(evaluation) : []),
    `\n## The ${PAIRS} most confused pairs\n`,
    '| word | other word | confused |',
    '|---|---|---|',
    ...mostConfused(details.confusion, details.words, PAIRS).map(({ a, b, n }) => `| ${a} | ${b} | ${n} |`),
    '\n![The most confused words](confusion.svg)',
    '\n## By country, if the drawings name one\n',
    '| country | drawings | top-1 | plus or minus | top-3 |',
    '|---|---|---|---|---|',
    ...details.byCountry.map(
      ({ country, accuracy: { n, top1, top3 } }) =>
        `| ${country} | ${n} | ${percent(top1)} | ${percent(1.96 * Math.sqrt((top1 * (1 - top1)) / (n || 1)))} | ${percent(top3)} |`,
    ),
    '\n## By word, hardest first\n',
    '| word | drawings | top-1 | top-3 |',
    '|---|---|---|---|',
    ...rows.map(({ word, accuracy: { n, top1, top3 } }) => `| ${word} | ${n} | ${percent(top1)} | ${percent(top3)} |`),
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      engine: { type: 'string' },
      json: { type: 'string' },
      report: { type: 'string' },
      'held-out': { type: 'boolean', default: false },
      play: { type: 'string', default: '2000' },
      model: { type: 'string' },
    },
  });
  const { data, engine } = values;
  const playDrawings = Number(values.play);
  if (!data) throw new Error('Name a folder of drawings: npm run evaluate -- --data DIR');
  if (engine !== undefined && engine !== 'native' && engine !== 'wasm') throw new Error(`unknown engine "${engine}"`);
  if (!Number.isInteger(playDrawings) || playDrawings < 0)
    throw new Error(`--play takes a number, not "${values.play}"`);
  const recognizer = await startRecognizer({ engine, modelDir: values.model });
  try {
    const names = recognizer.words.words.map((word) => word.word);
    const drawings = await readFolder(data, names, values['held-out'] ? 'held-out' : 'all');
    const result = await evaluate(recognizer, drawings, playDrawings, progressBar());
    console.log(summary(result.evaluation));
    if (values.json) await writeWhole(values.json, `${JSON.stringify(result.evaluation, null, 2)}\n`);
    if (values.report) {
      await mkdir(values.report, { recursive: true });
      const plots = {
        'accuracy.svg': accuracyPlot(result.evaluation.byInk),
        'reliability.svg': reliabilityPlot(result.details.bins),
        ...(result.evaluation.play ? { 'threshold.svg': thresholdPlot(result.evaluation.playAt) } : {}),
        'confusion.svg': confusionPlot(result.details.confusion, names, [
          ...new Set(mostConfused(result.details.confusion, names, PLOTTED).flatMap(({ a, b }) => [a, b])),
        ]),
        'report.md': report(result),
      };
      for (const [name, content] of Object.entries(plots)) await writeWhole(join(values.report, name), content);
    }
  } finally {
    await recognizer.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
