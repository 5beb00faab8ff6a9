/** One picture of a whole match, to be sent to friends: up to six drawings, what the network saw in them, and the way into the room. */
import { encode } from 'uqr';
import type { Stroke } from '../../shared/ink.ts';
import { COLOURS, fileOf, font, paintSheet } from './picture.ts';

export interface MatchCard {
  title: string;
  /** Under the title. */
  line: string;
  drawings: CardDrawing[];
  /** The room's address, and what to say with it; none if it is hidden. */
  invitation: { text: string; link: string; label: string } | undefined;
  isRightToLeft: boolean;
}

export interface CardDrawing {
  strokes: Stroke[];
  word: string;
  /** Who drew it, and how long it took. */
  line: string;
  /** What it was not. */
  wrong: string[];
}

const WIDTH = 1080;
const MARGIN = 48;
const GAP = 28;
const HEAD = 190;
/** Below a drawing: word, line, wrong guesses. */
const TEXT = 128;
const FOOT = 220;
const CODE = 172;
const LARGEST = 470;

/** A name that keeps its own direction inside a line of another. */
export const isolated = (text: string): string => `\u2068${text}\u2069`;

/** A PNG, 1080 pixels wide. */
export async function matchCard(card: MatchCard): Promise<File> {
  // A canvas does not wait for fonts.
  await Promise.all([800, 600, 500].map((weight) => document.fonts.load(font(weight, 40))));
  const count = card.drawings.length;
  const columns = count > 4 ? 3 : Math.min(2, Math.max(1, count));
  const rows = Math.ceil(count / columns);
  const side = Math.min(LARGEST, (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns);

  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEAD + rows * (side + TEXT + GAP) + (card.invitation ? FOOT : MARGIN);
  const context = canvas.getContext('2d')!;
  context.direction = card.isRightToLeft ? 'rtl' : 'ltr';
  context.textBaseline = 'alphabetic';
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  /** The left edge of a box that begins `from` the line's start. */
  const left = (from: number, width: number) => (card.isRightToLeft ? WIDTH - from - width : from);
  const write = (
    text: string,
    from: number,
    y: number,
    width: number,
    weight: number,
    size: number,
    least = size * 0.6,
  ) => {
    const shown = fitted(context, text, width, weight, size, least);
    context.fillText(shown, card.isRightToLeft ? WIDTH - from : from, y);
    return context.measureText(shown).width;
  };

  const inner = WIDTH - 2 * MARGIN;
  context.fillStyle = COLOURS.flag;
  write('Doodle Derby', MARGIN, 66, inner, 800, 34);
  context.fillStyle = COLOURS.ink;
  write(card.title, MARGIN, 124, inner, 800, 58, 34);
  context.fillStyle = COLOURS.faint;
  write(card.line, MARGIN, 166, inner, 500, 30, 20);

  for (const [i, { strokes, word, line, wrong }] of card.drawings.entries()) {
    const row = Math.floor(i / columns);
    // A last row that is not full is centred, as the only one is.
    const inRow = Math.min(columns, count - row * columns);
    const from = (WIDTH - inRow * side - (inRow - 1) * GAP) / 2 + (i % columns) * (side + GAP);
    const y = HEAD + row * (side + TEXT + GAP);
    paintSheet(context, strokes, left(from, side), y, side);
    context.fillStyle = COLOURS.ink;
    write(word, from, y + side + 40, side, 800, 34, 20);
    context.fillStyle = COLOURS.faint;
    write(line, from, y + side + 76, side, 500, 25, 18);
    if (wrong.length === 0) continue;
    const width = write(wrong.join(' · '), from, y + side + 112, side, 500, 25, 18);
    context.fillRect(left(from, width), y + side + 103, width, 2);
  }

  if (card.invitation) {
    const y = canvas.height - FOOT + (FOOT - CODE) / 2 - 8;
    const { text, link, label } = card.invitation;
    paintCode(context, link, left(MARGIN, CODE), y, CODE);
    const from = MARGIN + CODE + GAP;
    context.fillStyle = COLOURS.ink;
    write(text, from, y + 76, WIDTH - from - MARGIN, 800, 44, 26);
    context.fillStyle = COLOURS.flag;
    // An address is written from left to right everywhere.
    write(`\u2066${label}\u2069`, from, y + 128, WIDTH - from - MARGIN, 600, 36, 18);
  }
  return fileOf(canvas, card.title);
}

/** Sets the font: smaller for a long text. One that is still too long is cut. */
function fitted(
  context: CanvasRenderingContext2D,
  text: string,
  width: number,
  weight: number,
  size: number,
  least: number,
) {
  context.font = font(weight, size);
  const wide = context.measureText(text).width;
  if (wide <= width) return text;
  context.font = font(weight, Math.max(least, Math.floor((size * width) / wide)));
  const letters = [...text];
  while (
    letters.length > 1 &&
    context.measureText(`${letters.join('')}…`).width > width &&
    context.measureText(letters.join('')).width > width
  )
    letters.pop();
  return letters.length < [...text].length ? `${letters.slice(0, -1).join('')}…` : text;
}

function paintCode(context: CanvasRenderingContext2D, text: string, x: number, y: number, side: number): void {
  const { data, size } = encode(text, { border: 2 });
  context.fillStyle = COLOURS.sheet;
  context.fillRect(x, y, side, side);
  context.fillStyle = COLOURS.ink;
  // Whole pixels, so that no light line lies between two modules.
  const step = Math.floor(side / size);
  const edge = Math.floor((side - step * size) / 2);
  for (const [row, line] of data.entries())
    for (const [column, isDark] of line.entries())
      if (isDark) context.fillRect(x + edge + column * step, y + edge + row * step, step, step);
}
