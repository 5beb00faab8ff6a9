/** The picture of a link, 1200 x 630: the drawing, its word, the verdict, and what the network took it for. */
import type { Box, Row } from '../../shared/card.ts';
import { CARD_PEN, COLOURS, mistakesOf, pathOf, placed, short } from '../../shared/card.ts';
import { inkAt } from '../../shared/history.ts';
import type { Stroke } from '../../shared/ink.ts';
import type { Record } from '../../shared/record.ts';
import type { Fonts } from './fonts.ts';
import { cardTexts, isRightToLeft, sawTitle, SITE, tagline } from './texts.ts';

export const WIDTH = 1200;
export const HEIGHT = 630;
const MARGIN = 36;
/** The sheet is a square at the start of the lines. */
const SIDE = HEIGHT - 2 * MARGIN;
const PADDING = 28;
/** Between the sheet and the text. */
const GAP = 44;
const COLUMN = { from: MARGIN + SIDE + GAP, width: WIDTH - 2 * MARGIN - SIDE - GAP };
/** Guesses below the verdict. */
const MOST_ROWS = 3;
const ROW = 64;
/** The title above them. */
const FIRST_ROW = 40;
const METER = 16;

/** A text with its size: as large as possible between two, on `most` lines at the most. */
interface Style {
  size: number;
  least: number;
  most: number;
  bold: boolean;
  colour: string;
}
const BRAND: Style = { size: 34, least: 34, most: 1, bold: true, colour: COLOURS.flag };
const WORD: Style = { size: 84, least: 44, most: 2, bold: true, colour: COLOURS.ink };
const NICK: Style = { size: 34, least: 22, most: 1, bold: false, colour: COLOURS.faint };
const VERDICT: Style = { size: 46, least: 28, most: 2, bold: true, colour: COLOURS.ink };
const SAW: Style = { size: 26, least: 18, most: 1, bold: false, colour: COLOURS.faint };
const GUESS: Style = { size: 28, least: 18, most: 1, bold: false, colour: COLOURS.ink };
const TAGLINE: Style = { size: 52, least: 34, most: 4, bold: true, colour: COLOURS.ink };

export function drawingPicture(record: Record, language: string, fonts: Fonts): string {
  const texts = cardTexts(record, language);
  const page = newPage(language, fonts);
  page.sheet(inkAt(record.history).strokes);
  page.brand();
  let y = page.write(texts.word, WORD, MARGIN + 66);
  // A name with a letter that no font has would be another name.
  if (texts.nick && fonts.missing(texts.nick).length === 0) y = page.write(texts.nick, NICK, y + 2);
  y = page.write(texts.verdict, { ...VERDICT, colour: record.verdict ? COLOURS.go : COLOURS.ink }, y + 22);
  const rows = mistakesOf(record).slice(0, MOST_ROWS);
  const places = Math.min(rows.length, Math.max(0, Math.floor((HEIGHT - MARGIN - y - FIRST_ROW) / ROW)));
  const top = HEIGHT - MARGIN - places * ROW + 8;
  if (places > 0) page.write(sawTitle(language), SAW, top - FIRST_ROW + 6);
  for (const [i, row] of rows.slice(0, places).entries()) page.row(row, texts.name(row.word), top + i * ROW, i);
  return page.svg();
}

/** Of a link to the game itself. */
export function sitePicture(language: string, fonts: Fonts): string {
  const page = newPage(language, fonts);
  page.icon();
  page.brand({ ...BRAND, size: 72 });
  page.write(tagline(language), TAGLINE, MARGIN + 140);
  return page.svg();
}

function newPage(language: string, fonts: Fonts) {
  const isRtl = isRightToLeft(language);
  const left = (from: number, width: number) => (isRtl ? WIDTH - from - width : from);
  const parts: string[] = [];
  const rect = ({ x, y, width, height }: Box, rest: string) =>
    void parts.push(
      `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ${rest}/>`,
    );
  rect({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, `fill="${COLOURS.paper}"`);

  /** Below `y`, at the start of the column. Returns where it ends. */
  function write(text: string, { size, least, most, bold, colour }: Style, y: number, width = COLUMN.width): number {
    let lines: string[];
    for (; ; size -= 2) {
      lines = wrapped(text, size, bold, width);
      const fits = lines.length <= most && lines.every((line) => fonts.line(line, size, bold).width <= width);
      if (fits || size <= least) break;
    }
    const leading = size * 1.14;
    for (const [i, each] of lines.slice(0, most).entries()) {
      const line = fonts.line(each, size, bold);
      parts.push(`<g fill="${colour}">${line.at(left(COLUMN.from, line.width), y + i * leading + size * 0.92)}</g>`);
    }
    return y + Math.min(lines.length, most) * leading;
  }

  /** Lines of at most this width, broken at blanks or, in scripts that write none, between words. */
  function wrapped(text: string, size: number, bold: boolean, width: number): string[] {
    const lines = [''];
    for (const { segment } of new Intl.Segmenter(language, { granularity: 'word' }).segment(text)) {
      const longer = lines.at(-1)! + segment;
      const isPunctuation = /^[\p{P}\s]+$/u.test(segment);
      if (isPunctuation || lines.at(-1) === '' || fonts.line(longer.trimEnd(), size, bold).width <= width)
        lines[lines.length - 1] = longer;
      else lines.push(segment);
    }
    return lines.map((line) => line.trim());
  }

  return {
    write,
    brand(style = BRAND): void {
      write(SITE, style, MARGIN - 4);
    },
    sheet(strokes: readonly Stroke[]): void {
      const box = { x: left(MARGIN, SIDE), y: MARGIN, width: SIDE, height: SIDE };
      rect(box, `rx="14" fill="${COLOURS.sheet}" stroke="${COLOURS.rule}" stroke-width="3"`);
      const place = placed(strokes, box, PADDING);
      const line = `fill="none" stroke="${COLOURS.ink}" stroke-width="${short(CARD_PEN * place.scale)}" stroke-linecap="round" stroke-linejoin="round"`;
      for (const stroke of strokes) parts.push(`<path d="${pathOf(stroke, place)}" ${line}/>`);
    },
    /** The game's own (`client/public/icon.svg`), in the place of a drawing. */
    icon(): void {
      const line = 'fill="none" stroke-width="6" stroke-linecap="round"';
      parts.push(
        `<g transform="translate(${left(MARGIN, SIDE)} ${MARGIN}) scale(${SIDE / 64})"><rect width="64" height="64" rx="14" fill="${COLOURS.flag}"/>` +
          `<path d="M15 46c-3-14 4-29 17-29 11 0 17 8 16 16-1 9-10 14-17 11-6-3-6-11 0-13 5-1 9 3 7 7" ${line} stroke="${COLOURS.sheet}"/></g>`,
      );
    },
    /** A guess and how sure the network was. */
    row({ share }: Row, name: string, y: number, i: number): void {
      write(name, GUESS, y);
      const top = y + 40;
      const shown = Math.max(METER, share * COLUMN.width);
      const bar = (width: number, colour: string) =>
        rect({ x: left(COLUMN.from, width), y: top, width, height: METER }, `rx="5" fill="${colour}"`);
      bar(COLUMN.width, COLOURS.track);
      bar(shown, COLOURS.bars[(i + 1) % COLOURS.bars.length]!);
    },
    svg: () => `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${parts.join('')}</svg>`,
  };
}
