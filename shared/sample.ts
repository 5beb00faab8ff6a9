/**
 * The sample of Google's drawings that ships: a line for each word, with the word and its drawings, separated by tabs. A drawing is its
 * strokes, separated by blanks; a point of it is three characters of base64, which are x · 256 + y on Google's 0..255. Lines that
 * begin with # are comments.
 */
import type { Stroke } from './ink.ts';
import { STEPS } from './ink.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CHARACTERS = 3;

export type Sample = ReadonlyMap<string, Stroke[][]>;

/** A stroke on the board; its points lie on Google's units. */
export function encodeStroke(stroke: Stroke): string {
  let text = '';
  for (let i = 0; i < stroke.length; i += 2) {
    const n = (stroke[i]! / STEPS) * 256 + stroke[i + 1]! / STEPS;
    text += DIGITS[n >> 12]! + DIGITS[(n >> 6) % 64]! + DIGITS[n % 64]!;
  }
  return text;
}

function decodeStroke(text: string): Stroke {
  const stroke: Stroke = [];
  for (let i = 0; i < text.length; i += CHARACTERS) {
    const n = [...text.slice(i, i + CHARACTERS)].reduce((sum, each) => sum * 64 + DIGITS.indexOf(each), 0);
    stroke.push((n >> 8) * STEPS, (n % 256) * STEPS);
  }
  return stroke;
}

export const readSample = (text: string): Sample =>
  new Map(
    text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => {
        const [word, ...drawings] = line.split('\t');
        return [word!, drawings.map((drawing) => drawing.split(' ').map(decodeStroke))];
      }),
  );
