/**
 * The drawings that ship for the lab, a file for each word. They are from the Quick, Draw! data set, Google, CC BY 4.0
 * (https://github.com/googlecreativelab/quickdraw-dataset), on a coarse grid of GRID steps each way.
 *
 * A drawing is one string: its strokes, separated by blanks. A point is two characters of DIGITS, x and y, each as the
 * distance from the point before (of the whole drawing; the first from 0), modulo GRID: no distance needs more than one character.
 */
import { BOARD, type Stroke, STEPS } from '../ink.ts';
import { douglasPeucker } from '../simplify.ts';

/** A word's file. */
export interface Sample {
  word: string;
  /** Drawings to learn from. */
  training: string[];
  /** Drawings to check with. Those of `heldOut`, which come first, were never shown to the game's own network. */
  validation: string[];
  heldOut: number;
}

export const TRAINING_DRAWINGS = 160;
export const VALIDATION_DRAWINGS = 40;

export const GRID = 64;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Board steps between two lines of the grid. */
const SPACING = BOARD / (GRID - 1);

/** About half a pixel of the pictures that the lab's networks see. Board steps */
const EPSILON = 5 * STEPS;

/** The stroke without points that its line does not need. */
export function simplified(stroke: Stroke): Stroke {
  const points = Array.from({ length: stroke.length / 2 }, (_, i): [number, number] => [
    stroke[2 * i]!,
    stroke[2 * i + 1]!,
  ]);
  return douglasPeucker(points, EPSILON).flat();
}

/** Points nearer to each other than the grid's lines become one. */
export function packDrawing(strokes: readonly Stroke[]): string {
  let x = 0;
  let y = 0;
  return strokes
    .map((stroke) => {
      let text = '';
      for (let i = 0; i < stroke.length; i += 2) {
        const toX = Math.round(stroke[i]! / SPACING);
        const toY = Math.round(stroke[i + 1]! / SPACING);
        if (i > 0 && toX === x && toY === y) continue;
        text += DIGITS[(toX - x + GRID) % GRID]! + DIGITS[(toY - y + GRID) % GRID]!;
        x = toX;
        y = toY;
      }
      return text;
    })
    .join(' ');
}

/** Strokes in board steps. Throws an Error at a text that `packDrawing` does not write. */
export function unpackDrawing(text: string): Stroke[] {
  let x = 0;
  let y = 0;
  return text.split(' ').map((packed) => {
    if (packed.length === 0 || packed.length % 2 === 1) throw new Error('a stroke of half a point');
    const stroke: Stroke = [];
    for (let i = 0; i < packed.length; i += 2) {
      const dx = DIGITS.indexOf(packed[i]!);
      const dy = DIGITS.indexOf(packed[i + 1]!);
      if (dx < 0 || dy < 0) throw new Error('a character that no point has');
      x = (x + dx) % GRID;
      y = (y + dy) % GRID;
      stroke.push(Math.round(x * SPACING), Math.round(y * SPACING));
    }
    return stroke;
  });
}
