/** Real drawings of the Quick, Draw! data set, which lies beside the checkout. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Ink } from '../../shared/ink.ts';
import { STEPS } from '../../shared/ink.ts';
import { requires } from './requires.ts';

export const DATA = resolve(process.env.QUICKDRAW_DATA ?? '../shared/quickdraw');

export const hasData = requires(existsSync(`${DATA}/simplified`), `the drawings in ${DATA}`);

/** The first `n` recognized drawings of `word`, in board steps. */
export function drawingsOf(word: string, n: number): Ink[] {
  const lines = readFileSync(`${DATA}/simplified/${word}.ndjson`, 'utf8').split('\n', n * 2);
  return lines
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { recognized: boolean; drawing: [number[], number[]][] })
    .filter(({ recognized }) => recognized)
    .slice(0, n)
    .map(({ drawing }) => ({
      rev: 0,
      strokes: drawing.map(([xs, ys]) => xs.flatMap((x, i) => [x * STEPS, ys[i]! * STEPS])),
    }));
}
