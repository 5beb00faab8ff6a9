/** The fonts of cards: which letters they have, how wide a text is, and a text as SVG with the right font for each of its letters. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { escaped, short } from '../../shared/card.ts';

export interface Fonts {
  /** Of the text, the letters that no font has. */
  missing(text: string): string[];
  /** A text on one line. What no font has is left out. */
  line(text: string, size: number, bold: boolean): Line;
  /** The picture as PNG. */
  draw(svg: string): Buffer;
}

export interface Line {
  width: number;
  /** As SVG: `x` is its left edge, and it stands on `y`. */
  at(x: number, y: number): string;
}

interface Font {
  name: string;
  /** 0 if it has none. */
  glyphOf(codePoint: number): number;
  /** Of a glyph, as a share of the size. */
  advanceOf(glyph: number): number;
}

/** Signs without a shape: they direct the text, or join what is around them. */
const SHAPELESS = /\p{Cf}|\p{Variation_Selector}/gu;
const BOLD = 'bold-';
/** Its letters change where they join, so their widths do not add up. */
const JOINED = 'ar';
const BLANK = 32;

interface Run {
  font: Font;
  text: string;
}

/** Where letters go from right to left, each word or number of the others is read by itself, and so is what stands between them. */
const wordsOf = ({ font, text }: Run): Run[] => {
  const pieces =
    font.name === JOINED ? /^\s+|\s+$|\S(?:.*\S)?/gu : /[\p{L}\p{M}\p{N}]+(?:[.,’'][\p{L}\p{M}\p{N}]+)*|./gu;
  return [...text.matchAll(pieces)].map(([text]) => ({ font, text }));
};

/** `language`: where two fonts have a letter, its own comes first. Chinese and Japanese write some of them differently. */
export function readFonts(folder: string, language: string): Fonts {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.ttf'))
    .map((file) => file.slice(0, -'.ttf'.length));
  const pathOf = (name: string) => join(folder, `${name}.ttf`);
  const fontFiles = names.map(pathOf);
  const isLatin = (name: string) => /latin|vietnamese/.test(name);
  const rank = (name: string) => (isLatin(name) ? name.length : name === language ? 100 : 101);
  const all = names.sort((a, b) => rank(a) - rank(b)).map((name) => readFont(pathOf(name), name));
  const fonts = (bold: boolean) => all.filter(({ name }) => !isLatin(name) || name.startsWith(BOLD) === bold);

  const open = (svg: string) =>
    new Resvg(svg, { font: { loadSystemFonts: false, fontFiles, defaultFontFamily: names[0]! } });

  /** Neighbours in one font together: resvg draws nothing at all of some texts that need two. */
  function runsOf(text: string, bold: boolean): Run[] {
    const runs: Run[] = [];
    for (const letter of text.replace(SHAPELESS, '')) {
      const last = runs.at(-1);
      const stays = letter === ' ' && last?.font.glyphOf(BLANK);
      const font = stays ? last!.font : fonts(bold).find(({ glyphOf }) => glyphOf(letter.codePointAt(0)!));
      if (!font) continue;
      if (last?.font === font) last.text += letter;
      else runs.push({ font, text: letter });
    }
    return runs;
  }

  const elementOf = ({ font, text }: Run, size: number, x: number, y: number) =>
    `<text font-family="${font.name}" font-size="${short(size)}" x="${short(x)}" y="${short(y)}" xml:space="preserve">${escaped(text)}</text>`;

  function widthOf(run: Run, size: number): number {
    const { font, text } = run;
    const advance = (letter: string) => font.advanceOf(font.glyphOf(letter.codePointAt(0)!)) * size;
    if (font.name !== JOINED || !text.trim()) return [...text].reduce((width, letter) => width + advance(letter), 0);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg">${elementOf(run, size, 0, 0)}</svg>`;
    return open(svg).getBBox()?.width ?? 0;
  }

  return {
    missing: (text) =>
      [...text.replace(SHAPELESS, '')].filter(
        (letter) => !fonts(false).some(({ glyphOf }) => glyphOf(letter.codePointAt(0)!)),
      ),
    line(text, size, bold) {
      // The first letter tells the direction, as browsers do it for a name.
      const isRightToLeft = /^\P{L}*\p{Script=Arabic}/u.test(text);
      const pieces = isRightToLeft ? runsOf(text, bold).flatMap(wordsOf).reverse() : runsOf(text, bold);
      const runs = pieces.map((run) => ({ ...run, width: widthOf(run, size) }));
      return {
        width: runs.reduce((sum, { width }) => sum + width, 0),
        at(x, y) {
          let left = x;
          return runs
            .map((run) => {
              left += run.width;
              return elementOf(run, size, left - run.width, y);
            })
            .join('');
        },
      };
    },
    draw: (svg) => open(svg).render().asPng(),
  };
}

/** What is needed of a TrueType font: its tables `cmap` (formats 4 and 12), `hmtx`, `hhea` and `head`. */
function readFont(path: string, name: string): Font {
  const file = readFileSync(path);
  const tables = new Map<string, number>();
  for (let entry = 12; entry < 12 + 16 * file.readUInt16BE(4); entry += 16)
    tables.set(file.toString('latin1', entry, entry + 4), file.readUInt32BE(entry + 8));
  const perEm = file.readUInt16BE(tables.get('head')! + 18);
  const metrics = file.readUInt16BE(tables.get('hhea')! + 34);
  const glyphs = glyphsOf(file, tables.get('cmap')!);
  return {
    name,
    glyphOf: (codePoint) => glyphs.get(codePoint) ?? 0,
    advanceOf: (glyph) => file.readUInt16BE(tables.get('hmtx')! + 4 * Math.min(glyph, metrics - 1)) / perEm,
  };
}

/** By code point. Of all subtables together. */
function glyphsOf(file: Buffer, cmap: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  const set = (codePoint: number, glyph: number) => void (glyph > 0 && glyphs.set(codePoint, glyph));
  for (let i = 0; i < file.readUInt16BE(cmap + 2); i++) {
    const table = cmap + file.readUInt32BE(cmap + 4 + 8 * i + 4);
    const format = file.readUInt16BE(table);
    if (format === 12) {
      for (let group = 0; group < file.readUInt32BE(table + 12); group++) {
        const at = table + 16 + 12 * group;
        const [first, last, glyph] = [0, 4, 8].map((offset) => file.readUInt32BE(at + offset)) as [
          number,
          number,
          number,
        ];
        for (let code = first; code <= last; code++) set(code, glyph + code - first);
      }
    } else if (format === 4) {
      const segments = file.readUInt16BE(table + 6) / 2;
      for (let segment = 0; segment < segments; segment++) {
        // Four lists, and two bytes between the first two.
        const at = (list: number) => table + 14 + 2 * (list * segments + segment) + (list > 0 ? 2 : 0);
        const [last, first, delta, offset] = [0, 1, 2, 3].map((list) => file.readUInt16BE(at(list))) as [
          number,
          number,
          number,
          number,
        ];
        for (let code = first; code <= last && code < 0xffff; code++) {
          const glyph = offset === 0 ? code : file.readUInt16BE(at(3) + offset + 2 * (code - first));
          if (glyph > 0) set(code, (glyph + delta) & 0xffff);
        }
      }
    }
  }
  return glyphs;
}
