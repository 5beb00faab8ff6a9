/**
 * `npm run sample:ghosts -- [--data DIR] [--out FILE]`: the drawings that ship as ghosts, one of each word, out of Quick, Draw!'s raw
 * drawings. Run it again when the network changes: the records say what it guessed.
 *
 * Of the drawings whose finished picture the network takes as the word, those of middling length are drawn at the pace of their hand.
 * The one whose time of recognition is the median of these is taken. All that were taken have been looked at, and `EXCLUDED` has those
 * that are wrong, ugly, or nothing for children: with another network, look at the new ones (`--list` prints their keys and words).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { startRecognizer } from '../server/inference/thread.ts';
import { GHOSTS_FILE } from '../server/paths.ts';
import { packSamples } from '../server/storage/samples.ts';
import { BOARD, inkLength } from '../shared/ink.ts';
import type { Record } from '../shared/record.ts';
import { encode } from '../shared/record.ts';
import { judge } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { median } from './metrics.ts';
import { progressBar, writeWhole } from './output.ts';
import { recordOf, SECONDS } from './recording.ts';
import type { Drawing } from './train/dataset.ts';
import { DATA, drawingFiles, parseDrawing } from './train/dataset.ts';

/** Google's key_id. */
const EXCLUDED = new Set<string>([
  '4564934555860992',
  '4592507906162688',
  '4665489886281728',
  '4873232756768768',
  '4903368965226496',
  '4949198648639488',
  '5003797245984768',
  '5133485347962880',
  '5145959707181056',
  '5219818116481024',
  '5238015859359744',
  '5265947386445824',
  '5320849403936768',
  '5345353970745344',
  '5426494522261504',
  '5519736320294912',
  '5536221658873856',
  '5734549172518912',
  '5749742468333568',
  '5795934136958976',
  '5808125015752704',
  '5852520930869248',
  '5911861377630208',
  '5934199250878464',
  '5943952282746880',
  '5954195616169984',
  '6034410304438272',
  '6155243047878656',
  '6272269078757376',
  '6283278694744064',
  '6346859276664832',
  '6716567238737920',
  '6736336419553280',
]);

/** A player reads the word first. ms */
const READING_MS = 1000;
/** The hand is done within these times. ms */
const SHORTEST_MS = 1500;
const LONGEST_MS = 15_000;
/** So much of the board is left free on each side. */
const MARGIN = 0.12;
/** So many drawings of a word are drawn. */
const TRIED = 5;
/** The finished picture is taken as the word with this probability, if there are such. */
const CLEAR = 0.7;
const DAY_MS = 24 * 60 * 60_000;

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(DATA, 'raw') },
    out: { type: 'string', default: GHOSTS_FILE },
    list: { type: 'boolean', default: false },
  },
});

interface Candidate {
  drawing: Drawing;
  /** Days since 1970. */
  day: number;
  ink: Drawing['ink'];
  lasts: number;
  target: number;
}

async function candidatesIn(file: string): Promise<Candidate[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines
    .map((line, i) => {
      const drawing = onBoard(parseDrawing(line, file, i + 1));
      const { timestamp } = JSON.parse(line) as { timestamp: string };
      const day = Math.floor(Date.parse(timestamp.slice(0, 10)) / DAY_MS);
      return { drawing, day, ink: drawing.ink, lasts: Math.max(...drawing.times!.flat()), target: 0 };
    })
    .filter(({ drawing, lasts }) => drawing.recognized && lasts >= SHORTEST_MS && lasts <= LONGEST_MS)
    .filter(({ drawing }) => !EXCLUDED.has(drawing.key));
}

/** In the middle of the board, and begun when the word has been read. */
function onBoard(drawing: Drawing): Drawing {
  const all = drawing.ink.strokes.flat();
  const [width, height] = [0, 1].map((axis) => Math.max(...all.filter((_, i) => i % 2 === axis)));
  const scale = 1 - 2 * MARGIN;
  const moved = (n: number, i: number) => Math.round((BOARD - scale * (i % 2 ? height! : width!)) / 2 + scale * n);
  return {
    ...drawing,
    ink: { rev: 0, strokes: drawing.ink.strokes.map((stroke) => stroke.map(moved)) },
    times: drawing.times!.map((times) => times.map((ms) => ms + READING_MS)),
  };
}

const recognizer = await startRecognizer();
const { words } = recognizer;
const progress = progressBar();
const files = await drawingFiles(values.data);
const records: Record[] = [];
const missing: string[] = [];
for (const [n, file] of files.entries()) {
  const clear: Candidate[] = [];
  for await (const { item, probabilities } of ask(recognizer, await candidatesIn(file))) {
    const { target, recognized } = judge(words, item.drawing.word, probabilities, inkLength(item.ink));
    if (recognized) clear.push({ ...item, target });
  }
  const clearest = clear.filter(({ target }) => target >= CLEAR);
  const rest = clearest.length > 0 ? clearest : clear;
  const middle = median(rest.map(({ lasts }) => lasts)) ?? 0;
  const tried: { record: Record; key: string }[] = [];
  for (const { drawing, day } of rest.sort((a, b) => Math.abs(a.lasts - middle) - Math.abs(b.lasts - middle))) {
    if (tried.length === TRIED) break;
    const record = await recordOf(recognizer, drawing, day);
    if (record.verdict && record.verdict.at < SECONDS * 1000) tried.push({ record, key: drawing.key });
  }
  const [taken] = tried
    .sort((a, b) => a.record.verdict!.at - b.record.verdict!.at)
    .slice(Math.floor((tried.length - 1) / 2));
  if (taken) records.push(taken.record);
  else missing.push(file);
  if (taken && values.list) console.log(`${taken.key} ${taken.record.word}`);
  progress(n + 1, files.length);
}
await recognizer.close();

const packed = packSamples(records.map((record) => deflateSync(encode(record))));
await writeWhole(values.out, packed);
console.error(`${records.length} drawings, ${Math.round(packed.length / 1024)} kB, in ${values.out}`);
for (const file of missing) console.error(`none of ${file}`);
