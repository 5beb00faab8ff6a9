/**
 * The frames of a GIF, as indices into a fixed palette. Pure: the page's worker, the page itself and Node paint the same pixels.
 * A line is painted as the distance to it, so that ink only ever gets darker, and each frame costs no more than its new ink.
 */
import type { Fit, Row } from '../../../shared/card.ts';
import { CARD_PEN, COLOURS, drawnOf, placed, ROWS, rowsOf, steps } from '../../../shared/card.ts';
import type { Stroke } from '../../../shared/ink.ts';
import { paced } from '../../../shared/pace.ts';
import type { Record } from '../../../shared/record.ts';
import type { Labels, Mask } from './labels.ts';
import { BORDER, FOOT, HEAD, HEIGHT, MARGIN, METER, PADDING, ROW, SHEET, WIDTH } from './layout.ts';

/** 10 a second: browsers play a GIF no faster than 50, and chats often no faster than this. */
export const FRAME_MS = 100;
/** How long the last one stays before it begins again. */
export const HOLD_MS = 2_000;

type Colour = [red: number, green: number, blue: number];
const colourOf = (hex: string): Colour => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Colour;

/** At most 32 colours: five bits a pixel. */
export const PALETTE: Colour[] = [];
const indexOf = (colour: Colour): number => {
  const found = PALETTE.findIndex((each) => each.join() === colour.join());
  return found < 0 ? PALETTE.push(colour) - 1 : found;
};
/** What has changed to nothing: the pixels of the frame before stay. */
export const CLEAR = indexOf([0, 0, 0]);
const plain = (hex: string): number => indexOf(colourOf(hex));
/** From the ground to the colour, in steps. */
function ramp(ground: string, colour: string, between: number): Uint8Array {
  const [from, to] = [colourOf(ground), colourOf(colour)];
  return Uint8Array.from({ length: between + 2 }, (_, i) =>
    indexOf(from.map((part, j) => Math.round(part + ((to[j]! - part) * i) / (between + 1))) as Colour),
  );
}
const PAPER = plain(COLOURS.paper);
const SHEET_COLOUR = plain(COLOURS.sheet);
const RULE = plain(COLOURS.rule);
const TRACK = plain(COLOURS.track);
const GO = plain(COLOURS.go);
const BARS = COLOURS.bars.map(plain);
const INK = ramp(COLOURS.sheet, COLOURS.ink, 5);
const TEXT = ramp(COLOURS.paper, COLOURS.ink, 4);
const FAINT = ramp(COLOURS.paper, COLOURS.faint, 3);
const FLAG = ramp(COLOURS.paper, COLOURS.flag, 3);
const RIGHT = ramp(COLOURS.paper, COLOURS.go, 3);

/** A part of the picture. Pixels that stay are CLEAR, except in the first one. */
export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
  pixels: Uint8Array;
  /** How long it is shown. ms */
  delay: number;
}

/** How many there are at most, the first included. */
export const frameCount = (record: Record): number => Math.max(1, Math.ceil(paced(record).length / FRAME_MS)) + 1;

/** Moments at which nothing changes make no frame of their own. */
export function* framesOf(record: Record, labels: Labels<Mask>, isRightToLeft: boolean): Generator<Frame> {
  const { ink, guesses, recognizedAt, length } = paced(record);
  const picture = newPicture();
  const sheet = newSheet(picture, placed(drawnOf(record), SHEET, PADDING));
  /** The left edge of what begins `from` the start of a line. */
  const left = (from: number, width: number) => (isRightToLeft ? WIDTH - MARGIN - from - width : MARGIN + from);
  const write = (mask: Mask, from: number, y: number, height: number, colours: Uint8Array) =>
    picture.stamp(mask, left(from, mask.width), Math.round(y + (height - mask.height) / 2), colours);

  picture.fill(0, 0, WIDTH, HEIGHT, PAPER);
  picture.fill(SHEET.x, SHEET.y, SHEET.width, SHEET.height, RULE);
  picture.fill(...sheet.inside, SHEET_COLOUR);
  write(labels.word, 0, 0, HEAD, TEXT);
  const end = WIDTH - 2 * MARGIN;
  const { brand, nick } = labels;
  write(brand, end - brand.width, nick ? 4 : 0, nick ? 28 : HEAD, FLAG);
  if (nick) write(nick, end - nick.width, 30, 24, FAINT);

  /** What each row shows. */
  const painted: string[] = [];
  function paintRow(i: number, row: Row | undefined, colour: number): void {
    const filled = row ? steps(row.share, METER.width) : 0;
    const shows = row ? `${row.word} ${filled} ${colour}` : '';
    if (painted[i] === shows) return;
    const [before] = (painted[i] ?? '').split(/ \d+ \d+$/);
    painted[i] = shows;
    const y = FOOT + i * ROW;
    if (before !== row?.word) {
      picture.fill(left(0, METER.from), y, METER.from, ROW, PAPER);
      const mask = row && labels.rows.get(row.word);
      if (mask) write(mask, 0, y, ROW, TEXT);
    }
    const top = y + (ROW - METER.height) / 2;
    picture.fill(left(METER.from, METER.width), top, METER.width, METER.height, row ? TRACK : PAPER);
    picture.fill(left(METER.from, filled), top, filled, METER.height, colour);
  }
  let isOver = false;
  function paintFoot(rows: Row[], at: number, isLast: boolean): void {
    const isWon = recognizedAt !== null && at >= recognizedAt;
    if (isOver) return;
    for (let i = 0; i < ROWS; i++) {
      const isShown = i === 0 || !(isWon || isLast);
      const row = isWon && i === 0 ? { word: record.word, share: 1 } : rows[i];
      paintRow(i, isShown ? row : undefined, isWon ? GO : BARS[i]!);
    }
    isOver = isWon || isLast;
    if (isOver) write(labels.verdict, 0, FOOT + ROW, 2 * ROW, isWon ? RIGHT : TEXT);
  }

  paintFoot(rowsOf(record), -1, false);
  let frame = picture.take()!;
  let drawn = 0;
  let looked = 0;
  for (let at = FRAME_MS, isLast = false; !isLast; at += FRAME_MS) {
    isLast = at >= length;
    for (; drawn < ink.length && ink[drawn]!.at <= at; drawn++) sheet.apply(ink[drawn]!);
    while (looked < guesses.length && guesses[looked]!.at <= at) looked++;
    paintFoot(rowsOf(record, guesses[looked - 1]?.guesses), at, isLast);
    const next = picture.take();
    if (next) {
      yield frame;
      frame = next;
    } else frame.delay += FRAME_MS;
  }
  yield { ...frame, delay: HOLD_MS };
}

type Picture = ReturnType<typeof newPicture>;

function newPicture() {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  /** As the frames so far show it. */
  const shown = new Uint8Array(WIDTH * HEIGHT).fill(CLEAR);
  let [fromX, fromY, toX, toY] = [WIDTH, HEIGHT, 0, 0];

  function touch(x: number, y: number, endX: number, endY: number): void {
    fromX = Math.min(fromX, x);
    fromY = Math.min(fromY, y);
    toX = Math.max(toX, endX);
    toY = Math.max(toY, endY);
  }

  return {
    pixels,
    touch,
    fill(x: number, y: number, width: number, height: number, colour: number): void {
      for (let row = y; row < y + height; row++) pixels.fill(colour, row * WIDTH + x, row * WIDTH + x + width);
      if (width > 0) touch(x, y, x + width, y + height);
    },
    /** What the mask does not cover stays. */
    stamp({ width, height, data }: Mask, x: number, y: number, colours: Uint8Array): void {
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const step = Math.round((data[row * width + column]! / 255) * (colours.length - 1));
          if (step > 0) pixels[(y + row) * WIDTH + x + column] = colours[step]!;
        }
      touch(x, y, x + width, y + height);
    },
    /** What has changed since the last one; undefined if nothing has. */
    take(): Frame | undefined {
      let [minX, minY, maxX, maxY] = [WIDTH, HEIGHT, -1, -1];
      for (let y = fromY; y < toY; y++)
        for (let x = fromX; x < toX; x++)
          if (pixels[y * WIDTH + x] !== shown[y * WIDTH + x]) {
            minX = Math.min(minX, x);
            maxX = Math.max(maxX, x);
            minY = Math.min(minY, y);
            maxY = y;
          }
      [fromX, fromY, toX, toY] = [WIDTH, HEIGHT, 0, 0];
      if (maxY < 0) return undefined;
      const [width, height] = [maxX - minX + 1, maxY - minY + 1];
      const changed = new Uint8Array(width * height);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const at = (minY + y) * WIDTH + minX + x;
          changed[y * width + x] = pixels[at] === shown[at] ? CLEAR : pixels[at]!;
          shown[at] = pixels[at]!;
        }
      return { x: minX, y: minY, width, height, pixels: changed, delay: FRAME_MS };
    },
  };
}

/** The sheet with its ink. */
function newSheet(picture: Picture, { scale, dx, dy }: Fit) {
  const inside = [SHEET.x + BORDER, SHEET.y + BORDER, SHEET.width - 2 * BORDER, SHEET.height - 2 * BORDER] as const;
  const [left, top, width, height] = inside;
  const [right, bottom] = [left + width, top + height];
  /** How much of each pixel is ink, 0..255. */
  const covered = new Uint8Array(WIDTH * HEIGHT);
  const radius = (CARD_PEN * scale) / 2;
  let strokes: Stroke[] = [];

  /** From one point of the board to another. */
  function line(fromX: number, fromY: number, toX: number, toY: number): void {
    const [x0, y0, x1, y1] = [fromX * scale + dx, fromY * scale + dy, toX * scale + dx, toY * scale + dy];
    const [alongX, alongY] = [x1 - x0, y1 - y0];
    const squared = alongX * alongX + alongY * alongY;
    const reach = radius + 1;
    const minX = Math.max(left, Math.floor(Math.min(x0, x1) - reach));
    const maxX = Math.min(right, Math.ceil(Math.max(x0, x1) + reach));
    const minY = Math.max(top, Math.floor(Math.min(y0, y1) - reach));
    const maxY = Math.min(bottom, Math.ceil(Math.max(y0, y1) + reach));
    for (let y = minY; y < maxY; y++)
      for (let x = minX; x < maxX; x++) {
        const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
        const share = squared > 0 ? Math.min(1, Math.max(0, (px * alongX + py * alongY) / squared)) : 0;
        const [offX, offY] = [px - share * alongX, py - share * alongY];
        const cover = radius + 0.5 - Math.sqrt(offX * offX + offY * offY);
        if (cover <= 0) continue;
        const at = y * WIDTH + x;
        const ink = cover >= 1 ? 255 : cover * 255;
        if (ink <= covered[at]!) continue;
        covered[at] = ink;
        picture.pixels[at] = INK[Math.round((ink / 255) * (INK.length - 1))]!;
      }
    if (minX < maxX && minY < maxY) picture.touch(minX, minY, maxX, maxY);
  }

  function extend(stroke: Stroke, points: Stroke): void {
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]!, points[i + 1]!];
      stroke.push(x, y);
      const before = stroke.length >= 4 ? stroke.length - 4 : 0;
      line(stroke[before]!, stroke[before + 1]!, x, y);
    }
  }

  return {
    inside,
    apply(event: ReturnType<typeof paced>['ink'][number]): void {
      if ('points' in event) {
        strokes[event.stroke] ??= [];
        extend(strokes[event.stroke]!, event.points);
        return;
      }
      const kept = strokes.slice(0, event.strokes);
      if (kept.length === strokes.length) return;
      strokes = [];
      covered.fill(0);
      picture.fill(...inside, SHEET_COLOUR);
      for (const stroke of kept) {
        strokes.push([]);
        extend(strokes.at(-1)!, stroke);
      }
    },
  };
}
