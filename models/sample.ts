/**
 * `npm run sample`: chooses the drawings of Google's that ship with the gallery, and writes client/archive/gallery/sample.txt.
 *
 *   --data DIR     Quick, Draw! drawings, simplified (default: ../shared/quickdraw/simplified)
 *   --sheets DIR   also writes contact sheets, for somebody to look at all of them
 *   --again        sheets only of words of which some were thrown out
 *
 * Those that a person looked at and threw out are in models/sample-refused.txt, a key_id a line.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Resvg } from '@resvg/resvg-js';
import { startRecognizer } from '../server/inference/thread.ts';
import type { Ink } from '../shared/ink.ts';
import { BOARD, inkLength, pointsIn } from '../shared/ink.ts';
import { encodeStroke } from '../shared/sample.ts';
import { judge } from '../shared/verdict.ts';
import { progressBar, writeWhole } from './output.ts';
import { DATA, type Drawing, readDrawings } from './train/dataset.ts';

const DRAWINGS_A_WORD = 6;
/** How sure the network has to be of the final picture. */
const SURE = 0.9;
/** So many drawings of a word are looked at. */
const CANDIDATES = 80;
const BATCH = 40;
/** Drawings of few points say little, and long ones make the file large. */
const FEWEST_POINTS = 8;
const MOST_POINTS = 70;

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(DATA, 'simplified') },
    sheets: { type: 'string' },
    again: { type: 'boolean', default: false },
  },
});
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const refused = new Set((await readFile(here('sample-refused.txt'), 'utf8')).split('\n').filter(Boolean));
/** Keys that no drawing has: somebody misread them. */
const unseen = new Set(refused);
const recognizer = await startRecognizer({});
const { words } = recognizer;

const sizeOf = ({ strokes }: Ink): number => strokes.reduce((sum, stroke) => sum + pointsIn(stroke), 0);

/** Of which some were thrown out, so that others took their place. */
const replaced = new Set<string>();

/** Only Google's own: drawings of other sources have keys that are no numbers. Small ones come last. */
async function candidatesOf(word: string): Promise<Drawing[]> {
  const found: Drawing[] = [];
  const small: Drawing[] = [];
  for await (const drawing of readDrawings(join(values.data, `${word}.ndjson`))) {
    unseen.delete(drawing.key);
    const size = sizeOf(drawing.ink);
    if (refused.has(drawing.key)) replaced.add(word);
    else if (/^\d+$/.test(drawing.key) && drawing.recognized && size <= MOST_POINTS)
      (size >= FEWEST_POINTS ? found : small).push(drawing);
  }
  return [...found.slice(0, CANDIDATES), ...small.slice(0, CANDIDATES)];
}

/** In the order of the data, which is random; of words that the network is seldom sure of, the surest. */
async function chosenOf(word: string): Promise<Drawing[]> {
  const candidates = await candidatesOf(word);
  const known: { drawing: Drawing; target: number }[] = [];
  for (let from = 0; from < candidates.length; from += BATCH) {
    const batch = candidates.slice(from, from + BATCH);
    const inks = batch.map(({ ink }) => ink);
    // On a busy machine the worker may miss its time; another takes its place.
    const looks = await recognizer.recognize(inks).catch(() => recognizer.recognize(inks));
    batch.forEach((drawing, i) => {
      const { recognized, target, guesses } = judge(words, word, looks[i]!, inkLength(drawing.ink));
      const isFirst = words.words[guesses[0]!.word]!.word === word;
      if (recognized && isFirst) known.push({ drawing, target });
    });
    if (known.filter(({ target }) => target >= SURE).length >= DRAWINGS_A_WORD) break;
  }
  const sure = known.filter(({ target }) => target >= SURE);
  const rest = known.filter(({ target }) => target < SURE).sort((a, b) => b.target - a.target);
  return [...sure, ...rest].slice(0, DRAWINGS_A_WORD).map(({ drawing }) => drawing);
}

const progress = progressBar();
const all: { word: string; drawings: Drawing[] }[] = [];
for (const { word } of words.words) {
  const drawings = await chosenOf(word);
  if (drawings.length < DRAWINGS_A_WORD) console.log(`${word}: only ${drawings.length}`);
  all.push({ word, drawings });
  progress(all.length, words.words.length);
}
await recognizer.close();
if (unseen.size > 0) console.log(`No drawing has these keys: ${[...unseen].join(', ')}`);

const lines = all.map(({ word, drawings }) =>
  [word, ...drawings.map(({ ink }) => ink.strokes.map(encodeStroke).join(' '))].join('\t'),
);
const text = [
  '# Drawings of the Quick, Draw! data set, Google, CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)',
  '# https://github.com/googlecreativelab/quickdraw-dataset. Chosen by `npm run sample`; shared/sample.ts has the format.',
  ...lines,
  '',
].join('\n');
await writeWhole(here('../client/archive/gallery/sample.txt'), text);
console.log(`\n${all.length} words, ${Math.round(text.length / 1024)} kB`);

const ROWS = 12;
const CELL = 130;
const LABEL = 190;
const escaped = (text: string) => text.replace(/[<>&]/g, (each) => `&#${each.charCodeAt(0)};`);

function rowOf({ word, drawings }: (typeof all)[number], row: number): string {
  const scale = (CELL - 14) / BOARD;
  const cells = drawings.map(({ ink, key }, i) => {
    const lines = ink.strokes.map((stroke) => `<polyline points="${stroke.join(' ')}"/>`).join('');
    const at = `translate(${LABEL + i * CELL + 7} ${row * (CELL + 14) + 3})`;
    return `<g transform="${at}"><g transform="scale(${scale})" fill="none" stroke="#000" stroke-width="28">${lines}</g><text y="${CELL + 4}" font-size="10">${key}</text></g>`;
  });
  return `<text x="4" y="${row * (CELL + 14) + 60}" font-size="17">${escaped(word)}</text>${cells.join('')}`;
}

if (values.sheets) {
  await mkdir(values.sheets, { recursive: true });
  const shown = values.again ? all.filter(({ word }) => replaced.has(word)) : all;
  for (let from = 0; from < shown.length; from += ROWS) {
    const rows = shown.slice(from, from + ROWS).map(rowOf);
    const size = `width="${LABEL + DRAWINGS_A_WORD * CELL}" height="${ROWS * (CELL + 14)}"`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif"><rect width="100%" height="100%" fill="#fff"/>${rows.join('')}</svg>`;
    const name = `${String(from / ROWS + 1).padStart(2, '0')}.png`;
    await writeFile(join(values.sheets, name), new Resvg(svg).render().asPng());
  }
}
