/**
 * `npm run sample:lab`: chooses the drawings of Google's that ship with the lab, and writes client/lab/sample/WORD.json.
 *
 *   --data DIR     Quick, Draw! drawings (default: ../shared/quickdraw)
 *   --sheets DIR   also writes contact sheets, for somebody to look at all of them
 *
 * Those that a person looked at and threw out are in models/sample-refused.txt and models/lab-refused.txt, a key_id a line.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Resvg } from '@resvg/resvg-js';
import { seeded } from '../shared/chance.ts';
import { BOARD, inkSize } from '../shared/ink.ts';
import { shuffled } from '../shared/lab/examples.ts';
import {
  packDrawing,
  type Sample,
  simplified,
  TRAINING_DRAWINGS,
  unpackDrawing,
  VALIDATION_DRAWINGS,
} from '../shared/lab/sample.ts';
import { LAB_WORDS, SOMETHING_ELSE } from '../shared/lab/words.ts';
import { writeWhole } from './output.ts';
import { DATA, type Drawing, isHeldOut, readDrawings, readWords } from './train/dataset.ts';

/** Long drawings make the file large. */
const MOST_POINTS = 70;

const { values } = parseArgs({ options: { data: { type: 'string', default: DATA }, sheets: { type: 'string' } } });
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const lists = ['sample-refused.txt', 'lab-refused.txt'].map((file) => readFile(here(file), 'utf8'));
const refused = new Set((await Promise.all(lists)).flatMap((list) => list.split('\n').filter(Boolean)));

/** In the order of the data, which is random. */
async function drawingsOf(word: string): Promise<Drawing[]> {
  const found: Drawing[] = [];
  for (const folder of ['simplified', 'more']) {
    const file = join(values.data, folder, `${word}.ndjson`);
    if (!existsSync(file)) continue;
    for await (const drawing of readDrawings(file))
      if (drawing.recognized && inkSize(drawing.ink) <= MOST_POINTS && !refused.has(drawing.key)) found.push(drawing);
  }
  return found;
}

const packed = ({ ink }: Drawing): string => packDrawing(ink.strokes.map(simplified));

function sampleOf(word: string, drawings: readonly Drawing[]): Sample {
  const heldOut = drawings.filter(({ key }) => isHeldOut(key));
  const known = drawings.filter(({ key }) => !isHeldOut(key));
  const validation = [...heldOut, ...known.slice(TRAINING_DRAWINGS)].slice(0, VALIDATION_DRAWINGS);
  return {
    word,
    training: known.slice(0, TRAINING_DRAWINGS).map(packed),
    validation: validation.map(packed),
    heldOut: Math.min(heldOut.length, VALIDATION_DRAWINGS),
  };
}

/** One drawing of each of as many words, so that a network meets as many other things as possible. */
async function somethingElse(): Promise<Sample> {
  const words = (await readWords(values.data)).filter((word) => !(LAB_WORDS as readonly string[]).includes(word));
  const chosen: Drawing[] = [];
  for (const i of shuffled(words.length, seeded(1)).slice(0, TRAINING_DRAWINGS + VALIDATION_DRAWINGS)) {
    const drawings = await drawingsOf(words[i]!);
    const wanted = chosen.length < VALIDATION_DRAWINGS;
    chosen.push(drawings.find(({ key }) => isHeldOut(key) === wanted) ?? drawings[0]!);
  }
  return sampleOf(SOMETHING_ELSE, chosen);
}

await mkdir(here('../client/lab/sample'), { recursive: true });
const samples: Sample[] = [];
for (const word of LAB_WORDS) samples.push(sampleOf(word, await drawingsOf(word)));
samples.push(await somethingElse());
for (const sample of samples) {
  const file = `../client/lab/sample/${sample.word.replaceAll(' ', '-')}.json`;
  await writeWhole(here(file), `${JSON.stringify(sample, null, 1)}\n`);
  console.log(`${sample.word}: ${sample.training.length} + ${sample.validation.length}, ${sample.heldOut} held out`);
}

const COLUMNS = 20;
const CELL = 60;

if (values.sheets) {
  await mkdir(values.sheets, { recursive: true });
  const scale = (CELL - 8) / BOARD;
  for (const { word, training, validation } of samples) {
    const cells = [...training, ...validation].map((text, i) => {
      const lines = unpackDrawing(text).map((stroke) => `<polyline points="${stroke.join(' ')}"/>`);
      const at = `translate(${(i % COLUMNS) * CELL + 4} ${Math.floor(i / COLUMNS) * CELL + 4}) scale(${scale})`;
      return `<g transform="${at}" fill="none" stroke="#000" stroke-width="40">${lines.join('')}</g>`;
    });
    const rows = Math.ceil(cells.length / COLUMNS);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${COLUMNS * CELL}" height="${rows * CELL}"><rect width="100%" height="100%" fill="#fff"/>${cells.join('')}</svg>`;
    await writeFile(join(values.sheets, `${word}.png`), new Resvg(svg).render().asPng());
  }
}
