/** Text on a canvas, which has no layout of its own: it becomes smaller, then wraps, and is never cut. */

export interface Style {
  weight: number;
  /** Pixels: as large as possible between these. */
  size: number;
  least: number;
  /** At the least size there may be more. */
  lines?: number;
  condensed?: boolean;
}

export interface Block {
  lines: string[];
  size: number;
  /** Of the widest line. */
  width: number;
}

/** The height of a line, as a share of its size. */
export const LEADING = 1.16;
/** Smaller letters cannot be read in a chat. */
const SMALLEST = 15;

export const fontOf = ({ weight, condensed }: Style, size: number): string =>
  `${weight} ${condensed ? 'condensed ' : ''}${size}px ${getComputedStyle(document.documentElement).getPropertyValue('--face')}`;

/** A text that keeps its own direction inside a line of another. */
export const isolated = (text: string): string => `\u2068${text}\u2069`;

/** Breaks the text into lines of at most this width, and sets the context's font for them. */
export function typeset(context: CanvasRenderingContext2D, text: string, width: number, style: Style): Block {
  const most = style.lines ?? 1;
  let size = style.size;
  let lines: string[] = [];
  for (; ; size -= 1) {
    context.font = fontOf(style, size);
    lines = wrapped(context, text, width, size <= style.least);
    const isIn = lines.length <= most && lines.every((line) => context.measureText(line).width <= width);
    if (isIn || size <= SMALLEST || (size <= style.least && most > 1)) break;
  }
  return { lines, size, width: Math.max(0, ...lines.map((line) => context.measureText(line).width)) };
}

/** `anywhere`: a word that is too long is broken. */
function wrapped(context: CanvasRenderingContext2D, text: string, width: number, anywhere: boolean): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces(text)) {
    if (line && context.measureText((line + piece).trimEnd()).width > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
    if (!anywhere) continue;
    while (context.measureText(line.trimEnd()).width > width) {
      const letters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
      let count = letters.length - 1;
      while (count > 1 && context.measureText(letters.slice(0, count).join('')).width > width) count--;
      if (count < 1) break;
      lines.push(letters.slice(0, count).join(''));
      line = letters.slice(count).join('');
    }
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}

/** Where a line may break: after blanks, and between the words of scripts that write none. Punctuation stays with its word. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
    const last = found.at(-1);
    const opens = last !== undefined && /[\u2066-\u2068¿¡「(]$/u.test(last);
    const joins =
      !isWordLike ||
      opens ||
      (/[\p{L}\p{N}\p{P}]$/u.test(last ?? '') && /^[\p{Script=Latin}\p{Script=Arabic}\p{N}]/u.test(segment));
    if (last !== undefined && joins && !(/\s$/u.test(last) && !/^\s/u.test(segment)))
      found[found.length - 1] += segment;
    else found.push(segment);
  }
  return found;
}
