/** A drawing as a PNG with its word and its player's name. */
import { COLOURS } from '../../shared/card.ts';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD } from '../../shared/ink.ts';
import { isolated, type Style, typeset } from './lettering.ts';
import { outline, PEN } from './paint.ts';

const SIDE = 1024;
const MARGIN = 48;
const FOOT = 150;
const TITLE: Style = { weight: 800, size: 64, least: 30, condensed: true };
const LINE: Style = { weight: 500, size: 34, least: 20 };

export async function pictureOf(strokes: Stroke[], title: string, player: string, time?: string): Promise<File> {
  const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE + FOOT });
  const context = canvas.getContext('2d')!;
  context.direction = document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr';
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  paintSheet(context, strokes, MARGIN, MARGIN, SIDE - 2 * MARGIN);
  const [start, end] = context.direction === 'rtl' ? [SIDE - MARGIN, MARGIN] : [MARGIN, SIDE - MARGIN];
  context.fillStyle = COLOURS.ink;
  context.fillText(typeset(context, title, SIDE * 0.62, TITLE).lines[0]!, start, SIDE + 40);
  const line = time ? `${isolated(player)} · ${time}` : isolated(player);
  context.fillText(typeset(context, line, SIDE - 2 * MARGIN, LINE).lines[0]!, start, SIDE + 98);
  context.textAlign = 'end';
  context.fillStyle = COLOURS.flag;
  context.fillText(typeset(context, 'Doodle Derby', SIDE, { ...TITLE, size: 40 }).lines[0]!, end, SIDE + 40);
  return fileOf(canvas, title);
}

/** A square sheet with a drawing as it lay on the board; all in pixels. */
function paintSheet(context: CanvasRenderingContext2D, strokes: Stroke[], x: number, y: number, side: number): void {
  context.fillStyle = COLOURS.sheet;
  context.fillRect(x, y, side, side);
  context.beginPath();
  context.rect(x, y, side, side);
  paintInk(context, strokes, x, y, side / BOARD);
}

const PADDING = 22;
/** A small drawing is enlarged, but its line stays a line. */
const MOST = 1.6;

/** A sheet of any shape, with the drawing in its middle and as large as it can be. */
export function paintDrawing(
  context: CanvasRenderingContext2D,
  strokes: Stroke[],
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, 12);
  context.fillStyle = COLOURS.sheet;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = COLOURS.rule;
  context.stroke();
  const xs = strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === 0));
  const ys = strokes.flatMap((stroke) => stroke.filter((_, i) => i % 2 === 1));
  if (xs.length === 0) return;
  const range = (values: number[]) => {
    const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    return { middle: (least + most) / 2, size: most - least + PEN };
  };
  const [across, down] = [range(xs), range(ys)];
  const [wide, high] = [width - 2 * PADDING, height - 2 * PADDING];
  const scale = Math.min(wide / across.size, high / down.size, (MOST * Math.min(wide, high)) / BOARD);
  paintInk(context, strokes, x + width / 2 - across.middle * scale, y + height / 2 - down.middle * scale, scale);
}

/** Within the present path. */
function paintInk(context: CanvasRenderingContext2D, strokes: Stroke[], x: number, y: number, scale: number): void {
  context.save();
  context.clip();
  context.translate(x, y);
  context.scale(scale, scale);
  context.fillStyle = COLOURS.ink;
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
