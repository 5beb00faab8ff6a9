/**
 * Reads Quick, Draw! drawings (https://github.com/googlecreativelab/quickdraw-dataset) in both of Google's ndjson formats:
 * simplified, `[[xs],[ys]]` per stroke on 0..255, and raw, `[[xs],[ys],[ts]]` in device pixels and milliseconds.
 */
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ink, Stroke } from '../../shared/ink.ts';
import { BOARD, STEPS } from '../../shared/ink.ts';

export interface Drawing {
  word: string;
  /** Google's key_id: the same drawing has the same key in both formats. */
  key: string;
  /** Whether Google's own recognizer agreed with the word. */
  recognized: boolean;
  ink: Ink;
  /** Two letters: the country of origin, if the line has it. */
  country?: string;
  /** Whether its drawer lets networks learn from it, if it is a player's. */
  training?: boolean;
  /** Milliseconds since the first point, one per point of each stroke. Only raw drawings have them. */
  times?: number[][];
}

/** The default folder of drawings. */
export const DATA = process.env.QUICKDRAW_DATA ?? new URL('../../../shared/quickdraw', import.meta.url).pathname;

/** Folders to train on. */
export interface Folders {
  /** The data set, which has the words. */
  data: string;
  /** Exports of players' drawings (`npm run export`), which add to it. */
  exports: string[];
}

/** What `--data` names, any number of times. Without a data set among the folders, it is the default one. */
export function foldersOf(named: readonly string[]): Folders {
  const isExport = (dir: string) => existsSync(join(dir, 'SHA256SUMS')) && !existsSync(join(dir, 'categories.txt'));
  const [data = DATA, ...others] = named.filter((dir) => !isExport(dir));
  if (others.length > 0) throw new Error(`--data names several data sets: ${[data, ...others].join(', ')}`);
  return { data, exports: named.filter(isExport) };
}

/** An error in the data, with file and line. */
export class DataError extends Error {
  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.name = 'DataError';
  }
}

/** The words in the order of the network's outputs. */
export async function readWords(dir = DATA): Promise<string[]> {
  const file = join(dir, 'categories.txt');
  const words = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const seen = new Set<string>();
  words.forEach((word, i) => {
    if (seen.has(word)) throw new DataError(file, i + 1, `the word "${word}" is there twice`);
    seen.add(word);
  });
  return words;
}

/** The ndjson files of a folder, by name. */
export async function drawingFiles(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.ndjson')).sort();
  if (names.length === 0) throw new Error(`${dir}: no .ndjson files here`);
  return names.map((name) => join(dir, name));
}

/** Every drawing of one file, in order. Throws a DataError at the first line that is no drawing, or whose word is not in `words`. */
export async function* readDrawings(file: string, words?: ReadonlySet<string>): AsyncGenerator<Drawing> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line === '') continue;
    const drawing = parseDrawing(line, file, number);
    if (words && !words.has(drawing.word)) throw new DataError(file, number, `unknown word "${drawing.word}"`);
    yield drawing;
  }
}

/** Parses one line of either format. `file` and `number` are only for errors. */
export function parseDrawing(line: string, file: string, number: number): Drawing {
  const fail = (reason: string) => new DataError(file, number, reason);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw fail('not a line of JSON (a truncated download?)');
  }
  const { word, key_id: key, recognized, drawing, countrycode, training } = (value ?? {}) as Record<string, unknown>;
  if (typeof word !== 'string') throw fail('no word');
  if (typeof key !== 'string') throw fail('no key_id');
  if (typeof recognized !== 'boolean') throw fail('no recognized');
  if (!Array.isArray(drawing)) throw fail('no drawing');
  if (drawing.length === 0) throw fail('an empty drawing');
  const raw = Array.isArray(drawing[0]) && drawing[0].length === 3;
  for (const stroke of drawing)
    if (!isStroke(stroke, raw ? 3 : 2)) throw fail('a stroke that is not lists of numbers of one length');
  const strokes = drawing as number[][][];
  const about = {
    word,
    key,
    recognized,
    ...(typeof countrycode === 'string' && { country: countrycode }),
    ...(typeof training === 'boolean' && { training }),
  };
  if (!raw) return { ...about, ink: { rev: 0, strokes: strokes.map(([xs, ys]) => weave(xs!, ys!, 0, 0, STEPS)) } };
  return { ...about, ink: { rev: 0, strokes: frame(strokes) }, times: strokes.map((stroke) => stroke[2]!) };
}

const isStroke = (stroke: unknown, lists: number): boolean =>
  Array.isArray(stroke) &&
  stroke.length === lists &&
  stroke.every(
    (list) =>
      Array.isArray(list) &&
      list.length > 0 &&
      list.length === stroke[0].length &&
      list.every((n) => Number.isFinite(n)),
  );

/** Fits a drawing of any scale to the board, as Google's simplified format does: from the top left corner, the longer side filled. */
function frame(strokes: number[][][]): Stroke[] {
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (const [xs, ys] of strokes) {
    for (const x of xs!) {
      minX = Math.min(minX, x);
      maxX = Math.max(maxX, x);
    }
    for (const y of ys!) {
      minY = Math.min(minY, y);
      maxY = Math.max(maxY, y);
    }
  }
  const side = Math.max(maxX - minX, maxY - minY);
  return strokes.map(([xs, ys]) => weave(xs!, ys!, minX, minY, side > 0 ? BOARD / side : 1));
}

function weave(xs: number[], ys: number[], left: number, top: number, scale: number): Stroke {
  const stroke: Stroke = [];
  for (let i = 0; i < xs.length; i++)
    stroke.push(Math.round((xs[i]! - left) * scale), Math.round((ys[i]! - top) * scale));
  return stroke;
}

/** Share of the drawings that is for validation. percent */
const HELD_OUT = 7;

/**
 * Whether the drawing belongs to the validation split. Only its key decides, so a drawing is on the same side in both formats,
 * with all its prefixes and augmentations, for ever.
 */
export function isHeldOut(key: string): boolean {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % 100 < HELD_OUT;
}
