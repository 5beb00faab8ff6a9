/** A drawing as a PNG with its word and its player's name. */
import type { Stroke } from '../../shared/ink.ts';
import { BOARD } from '../../shared/ink.ts';
import { outline } from './paint.ts';

const SIDE = 1024;
const MARGIN = 48;
const FOOT = 150;
const FACE = '"Bricolage Grotesque Variable", system-ui, sans-serif';
/** As in the light theme: a picture leaves the page. */
export const COLOURS = { paper: '#f5efe0', sheet: '#fffdf6', ink: '#1d1b18', faint: '#5f584b', flag: '#c02d17' };

export const font = (weight: number, size: number): string => `${weight} ${size}px ${FACE}`;

export async function pictureOf(strokes: Stroke[], title: string, line: string): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE + FOOT;
  const context = canvas.getContext('2d')!;
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  paintSheet(context, strokes, MARGIN, MARGIN, SIDE - 2 * MARGIN);
  context.fillStyle = COLOURS.ink;
  context.font = font(800, 64);
  context.fillText(title, MARGIN, SIDE + 40, SIDE * 0.55);
  context.font = font(500, 34);
  context.fillText(line, MARGIN, SIDE + 98, SIDE - 2 * MARGIN);
  context.textAlign = 'right';
  context.fillStyle = COLOURS.flag;
  context.font = font(800, 40);
  context.fillText('Doodle Derby', SIDE - MARGIN, SIDE + 40);
  return fileOf(canvas, title);
}

/** A square sheet with a drawing; all in pixels. */
export function paintSheet(
  context: CanvasRenderingContext2D,
  strokes: Stroke[],
  x: number,
  y: number,
  side: number,
): void {
  context.fillStyle = COLOURS.sheet;
  context.fillRect(x, y, side, side);
  context.fillStyle = COLOURS.ink;
  const scale = side / BOARD;
  context.save();
  context.translate(x, y);
  context.scale(scale, scale);
  for (const stroke of strokes) context.fill(outline(stroke));
  context.restore();
}

/** `title` becomes the file's name. Rejects if the browser has no memory for the picture. */
export async function fileOf(canvas: HTMLCanvasElement, title: string): Promise<File> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('The browser could not make the picture');
  return new File([blob], `${title.replace(/[^\p{L}\p{N}]+/gu, '-')}.png`, { type: 'image/png' });
}

export function download(file: File): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
