/** What every card of a drawing shows (GIF, SVG, the picture of a link): its colours, its guesses, and where its ink lies. */
import type { ShownGuesses } from './history.ts';
import type { Stroke } from './ink.ts';
import { BOARD } from './ink.ts';
import type { Record } from './record.ts';

/** As in the light theme (`client/style/tokens.css`): a picture leaves the page. */
export const COLOURS = {
  paper: '#f5efe0',
  sheet: '#fffdf6',
  rule: '#d9ceb6',
  ink: '#1d1b18',
  faint: '#5f584b',
  flag: '#c02d17',
  go: '#12694a',
  track: '#ece3cd',
  /** Of the prompt, and of what it was taken for. */
  bars: ['#b57200', '#4f74a8', '#93628c'],
} as const;

/** What a card says, in the language of its reader. */
export interface CardTexts {
  /** The prompt. */
  word: string;
  /** The drawer's name; empty if it is not shown. */
  nick: string;
  /** How it ended: recognized after so long, or not. */
  verdict: string;
  /** Any word of the network. */
  name(word: string): string;
  isRightToLeft: boolean;
}

/** Of the line, in board steps: the mean of what the page draws, which is thinner where the pen is fast. */
export const CARD_PEN = 40;
/** A small drawing is enlarged, but its line stays a line. */
const MOST = 1.6;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Puts points of the board into a box: `x · scale + dx`, `y · scale + dy`. */
export interface Fit {
  scale: number;
  dx: number;
  dy: number;
}

/** The ink in the middle of the box and as large as it can be, `padding` away from its edges. */
export function placed(strokes: readonly Stroke[], box: Box, padding: number): Fit {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of strokes)
    for (let i = 0; i < stroke.length; i += 2) {
      minX = Math.min(minX, stroke[i]!);
      maxX = Math.max(maxX, stroke[i]!);
      minY = Math.min(minY, stroke[i + 1]!);
      maxY = Math.max(maxY, stroke[i + 1]!);
    }
  if (minX > maxX) [minX, minY, maxX, maxY] = [0, 0, BOARD, BOARD];
  const [wide, high] = [box.width - 2 * padding, box.height - 2 * padding];
  const scale = Math.min(
    wide / (maxX - minX + CARD_PEN),
    high / (maxY - minY + CARD_PEN),
    (MOST * Math.min(wide, high)) / BOARD,
  );
  return {
    scale,
    dx: box.x + box.width / 2 - ((minX + maxX) / 2) * scale,
    dy: box.y + box.height / 2 - ((minY + maxY) / 2) * scale,
  };
}

/** All points that were ever drawn, so that nothing of a replay lies outside a box that is made for it. */
export const drawnOf = ({ history }: Pick<Record, 'history'>): Stroke[] =>
  history.flatMap((event) => ('points' in event ? [event.points] : []));

/** A stroke as SVG writes it, in the units of the card. */
export function pathOf(stroke: Stroke, { scale, dx, dy }: Fit): string {
  const at = (i: number) => `${short(stroke[i]! * scale + dx)} ${short(stroke[i + 1]! * scale + dy)}`;
  let path = `M${at(0)}`;
  for (let i = 2; i < stroke.length; i += 2) path += `L${at(i)}`;
  // A line of no length has round ends only if it is a line.
  return stroke.length > 2 ? path : `${path}h0`;
}

/** With one digit after the point, which no eye can tell from more. */
export const short = (n: number): string => `${Math.round(n * 10) / 10}`;

export interface Row {
  word: string;
  /** 0..1 */
  share: number;
}

/** The rows of a card: the prompt, and the best two of what it was taken for. */
export const ROWS = 3;

/** The guesses as the race shows them: the prompt first, which has the share of its look-alikes, too. */
export function rowsOf({ word, verdict }: Pick<Record, 'word' | 'verdict'>, guesses?: ShownGuesses): Row[] {
  const others = (guesses?.top ?? []).filter(([each]) => each !== word && each !== verdict?.word);
  return [
    { word, share: guesses?.target ?? 0 },
    ...others.slice(0, ROWS - 1).map(([word, share]) => ({ word, share })),
  ];
}

/** What the network took it for with the most confidence, each word once, best first. */
export function mistakesOf({ word, verdict, history }: Pick<Record, 'word' | 'verdict' | 'history'>): Row[] {
  const best = new Map<string, number>();
  for (const event of history) {
    if (!('guesses' in event) || event.guesses.sureness !== 'guessing') continue;
    const [top] = event.guesses.top;
    if (!top || top[0] === word || top[0] === verdict?.word) continue;
    best.set(top[0], Math.max(top[1], best.get(top[0]) ?? 0));
  }
  return [...best].map(([word, share]) => ({ word, share })).sort((a, b) => b.share - a.share);
}

/** For text and attributes of XML and HTML. What XML forbids is left out: one such character would make the whole picture invalid. */
export const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The share of a row that is shown as a bar in these many steps: at least one, as soon as there is any. */
export const steps = (share: number, of: number): number => Math.ceil(Math.min(1, Math.max(0, share)) * of);
