/** One picture of a whole match, to be sent to friends: up to six drawings, what the network saw in them, and the way into the room. */
import { encode } from 'uqr';
import { COLOURS } from '../../shared/card.ts';
import type { Stroke } from '../../shared/ink.ts';
import { type Block, fontOf, isolated, LEADING, type Style, typeset } from './lettering.ts';
import { fileOf, paintDrawing } from './picture.ts';

export interface MatchCard {
  title: string;
  /** Under the title, in order of their places; or a line, for a match alone. */
  players: CardPlayer[] | string;
  drawings: CardDrawing[];
  /** The room's address, and what to say with it; none if it is hidden. */
  invitation: { text: string; link: string; label: string } | undefined;
  isRightToLeft: boolean;
}

export interface CardPlayer {
  nick: string;
  points: string;
  mark: Mark;
}

export interface CardDrawing {
  strokes: Stroke[];
  word: string;
  /** Who drew it; nobody is named in a match alone. */
  player: { nick: string; mark: Mark } | undefined;
  time: string;
  /** What it was not, the last one last. */
  wrong: string[];
}

/** A player's colour and shape: a path on 24 units. */
interface Mark {
  colour: string;
  shape: string;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** As large as phones show a picture in a chat without cutting it. */
const WIDTH = 1080;
const HEIGHT = 1350;
const MARGIN = 48;
const GAP = 24;
const CODE = 156;
const INNER = WIDTH - 2 * MARGIN;
/** How many drawings are in each row: no place is left empty. */
const ROWS = [[], [1], [1, 1], [1, 1, 1], [2, 2], [3, 2], [3, 3]];

const BRAND: Style = { weight: 800, size: 40, least: 40, condensed: true };
const TITLE: Style = { weight: 800, size: 80, least: 36, lines: 2, condensed: true };
/** A title that would be smaller on one line has two. */
const LEAST_ALONE = 56;
const PLAYERS: Style = { weight: 600, size: 30, least: 18 };
const WORD: Style = { weight: 800, size: 38, least: 22, condensed: true };
const LINE: Style = { weight: 600, size: 25, least: 17 };
const WRONG: Style = { weight: 500, size: 24, least: 19, lines: 2 };
/** Below a drawing: its word, who drew it, and two lines of wrong guesses. */
const TEXT = Math.ceil((WORD.size + LINE.size + 2 * WRONG.size) * LEADING) + 12;

/** A PNG of 1080 × 1350 pixels. */
export async function matchCard(card: MatchCard): Promise<File> {
  const text = JSON.stringify(card, (key, value) => (key === 'strokes' ? undefined : value));
  // A canvas does not wait for fonts.
  await Promise.all([BRAND, PLAYERS, WRONG].map((style) => document.fonts.load(fontOf(style, style.size), text)));
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext('2d')!;
  context.direction = card.isRightToLeft ? 'rtl' : 'ltr';
  context.textBaseline = 'alphabetic';
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, WIDTH, HEIGHT);

  /** The left edge of what begins `from` the start of the lines. */
  const left = (from: number, width: number) => (card.isRightToLeft ? WIDTH - from - width : from);
  /** Writes the block below `y`, and returns where it ends. */
  function write({ lines, size }: Block, from: number, y: number, colour: string): number {
    context.fillStyle = colour;
    for (const [i, line] of lines.entries())
      context.fillText(line, left(from, 0), y + i * size * LEADING + size * 0.92);
    return y + lines.length * size * LEADING;
  }
  function paintMark({ colour, shape }: Mark, from: number, y: number, size: number): void {
    context.save();
    context.translate(left(from, size), y);
    context.scale(size / 24, size / 24);
    const path = new Path2D(shape);
    context.fillStyle = colour;
    context.fill(path);
    context.lineWidth = 2;
    context.lineJoin = 'round';
    context.strokeStyle = COLOURS.ink;
    context.stroke(path);
    context.restore();
  }

  let y = MARGIN - 12;
  // The game's name is written from left to right everywhere.
  const doodle = typeset(context, 'Doodle', INNER, BRAND);
  const derby = typeset(context, 'Derby', INNER, BRAND);
  const name = [doodle.width + 9, derby.width] as const;
  write(doodle, card.isRightToLeft ? MARGIN + name[1] + 9 : MARGIN, y, COLOURS.ink);
  y = write(derby, card.isRightToLeft ? MARGIN : MARGIN + name[0], y, COLOURS.flag) + 6;
  const one = typeset(context, card.title, INNER, { ...TITLE, lines: 1 });
  const title = one.size >= LEAST_ALONE ? one : typeset(context, card.title, INNER, TITLE);
  context.font = fontOf(TITLE, title.size);
  y = write(title, MARGIN, y, COLOURS.ink) + 8;
  y = writePlayers(y) + 22;

  const foot = card.invitation ? HEIGHT - MARGIN - CODE : HEIGHT - MARGIN + GAP;
  const rows = ROWS[card.drawings.length]!;
  const height = (foot - GAP - y - (rows.length - 1) * GAP) / rows.length;
  let next = 0;
  for (const [i, columns] of rows.entries())
    for (let column = 0; column < columns; column++) {
      const width = (INNER - (columns - 1) * GAP) / columns;
      const x = MARGIN + column * (width + GAP);
      paintCell(card.drawings[next++]!, { x, y: y + i * (height + GAP), width, height });
    }
  if (card.invitation) paintInvitation(card.invitation, foot);
  return fileOf(canvas, card.title);

  function writePlayers(top: number): number {
    if (typeof card.players === 'string')
      return write(typeset(context, card.players, INNER, PLAYERS), MARGIN, top, COLOURS.faint);
    for (let { size } = PLAYERS; ; size -= 1) {
      context.font = fontOf(PLAYERS, size);
      let row = 0;
      let from = MARGIN;
      const places = card.players.map(({ nick, points, mark }) => {
        const line = `${isolated(nick)} ${points}`;
        const width = size * 1.15 + context.measureText(line).width;
        if (from > MARGIN && from + width > WIDTH - MARGIN) {
          row++;
          from = MARGIN;
        }
        const place = { mark, line, from, row };
        from += width + size;
        return place;
      });
      if (row > 1 && size > PLAYERS.least) continue;
      for (const { mark, line, from, row } of places) {
        const at = top + row * size * 1.4;
        paintMark(mark, from, at + size * 0.16, size * 0.9);
        write({ lines: [line], size, width: 0 }, from + size * 1.15, at, COLOURS.ink);
      }
      return top + (row + 1) * size * 1.4;
    }
  }

  /** The text is below the drawing; beside it if the place is much wider than high. */
  function paintCell(drawing: CardDrawing, { x, y, width, height }: Box): void {
    const isWide = width > 1.6 * height;
    const sheet = isWide ? { width: Math.min(width * 0.56, height * 1.3), height } : { width, height: height - TEXT };
    paintDrawing(context, drawing.strokes, { x: left(x, sheet.width), y, ...sheet });
    const from = isWide ? x + sheet.width + GAP * 1.5 : x;
    const space = x + width - from;
    const scale = isWide ? 1.35 : 1;
    const scaled = (style: Style): Style => ({ ...style, size: Math.round(style.size * scale) });
    let at = isWide ? y + height / 2 - (TEXT * scale) / 2 : y + sheet.height + 6;
    at = write(
      typeset(context, drawing.word, space, { ...scaled(WORD), lines: isWide ? 2 : 1 }),
      from,
      at,
      COLOURS.ink,
    );
    const { player, time } = drawing;
    const mark = player ? LINE.size * scale : 0;
    const line = player ? `${isolated(player.nick)} · ${time}` : time;
    const block = typeset(context, line, space - mark * 1.2, scaled(LINE));
    if (player) paintMark(player.mark, from, at + block.size * 0.16, block.size * 0.9);
    at = write(block, from + (player ? block.size * 1.2 : 0), at, COLOURS.ink);
    // The last guesses, as many as there is space for.
    for (let wrong = drawing.wrong; wrong.length > 0; wrong = wrong.slice(1)) {
      const style = scaled(WRONG);
      const guesses = typeset(context, wrong.join(' '), space, style);
      if (guesses.lines.length > style.lines! && wrong.length > 1) continue;
      write(guesses, from, at + 2, COLOURS.faint);
      break;
    }
  }

  function paintInvitation({ text, link, label }: { text: string; link: string; label: string }, y: number): void {
    paintCode(context, link, { x: left(MARGIN, CODE), y, width: CODE, height: CODE });
    const from = MARGIN + CODE + GAP;
    const space = WIDTH - MARGIN - from;
    const call = typeset(context, text, space, { weight: 800, size: 46, least: 28, lines: 2, condensed: true });
    const height = call.lines.length * call.size * LEADING + 44;
    const at = write(call, from, y + (CODE - height) / 2, COLOURS.ink);
    // So is an address.
    write(
      typeset(context, `\u2066${label}\u2069`, space, { weight: 600, size: 36, least: 18 }),
      from,
      at,
      COLOURS.flag,
    );
  }
}

function paintCode(context: CanvasRenderingContext2D, text: string, { x, y, width: side }: Box): void {
  const { data, size } = encode(text, { border: 2 });
  context.fillStyle = COLOURS.sheet;
  context.fillRect(x, y, side, side);
  context.fillStyle = COLOURS.ink;
  // Whole pixels, so that no light line lies between two modules.
  const step = Math.floor(side / size);
  const edge = Math.floor((side - step * size) / 2);
  for (const [row, line] of data.entries())
    for (const [column, isDark] of line.entries())
      if (isDark) context.fillRect(Math.round(x) + edge + column * step, Math.round(y) + edge + row * step, step, step);
}
