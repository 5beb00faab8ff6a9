/** Real drawings: a sample of the Quick, Draw! data set that lies in the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Drawing } from '../../models/train/dataset.ts';
import { parseDrawing } from '../../models/train/dataset.ts';
import type { Ink } from '../../shared/ink.ts';

/** A folder of the data set's own layout. */
export const SAMPLE = fileURLToPath(new URL('../fixtures/quickdraw', import.meta.url));

export const SAMPLE_WORDS = readdirSync(`${SAMPLE}/simplified`).map((file) => file.replace('.ndjson', ''));

/** The first `n` drawings of a word of the sample, in board steps. */
export function drawingsOf(word: string, n: number): Ink[] {
  const file = `${SAMPLE}/simplified/${word}.ndjson`;
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.slice(0, n).map((line, i) => parseDrawing(line, file, i + 1).ink);
}

/** The words of which there is such a drawing. */
export const SAMPLE_RAW = readdirSync(`${SAMPLE}/raw`).map((file) => file.replace('.ndjson', ''));

/** A drawing of the sample with the times of its points. */
export function rawDrawing(word: string): Drawing {
  const file = `${SAMPLE}/raw/${word}.ndjson`;
  return parseDrawing(readFileSync(file, 'utf8').split('\n')[0]!, file, 1);
}
