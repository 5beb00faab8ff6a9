/** Saves a drawing as a PNG with its word and its player's name. */
import type { Stroke } from '../../shared/ink.ts';
import { BOARD } from '../../shared/ink.ts';
import { outline } from './paint.ts';

const SIDE = 1024;
const MARGIN = 48;
const FOOT = 150;
const FACE = '"Bricolage Grotesque Variable", system-ui, sans-serif';

export async function keepPicture(strokes: Stroke[], title: string, line: string): Promise<void> {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE + FOOT;
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#f5efe0';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#fffdf6';
  context.fillRect(MARGIN, MARGIN, SIDE - 2 * MARGIN, SIDE - 2 * MARGIN);
  context.fillStyle = '#1d1b18';
  const scale = (SIDE - 2 * MARGIN) / BOARD;
  context.setTransform(scale, 0, 0, scale, MARGIN, MARGIN);
  for (const stroke of strokes) context.fill(outline(stroke));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.font = `800 64px ${FACE}`;
  context.fillText(title, MARGIN, SIDE + 40, SIDE * 0.55);
  context.font = `500 34px ${FACE}`;
  context.fillText(line, MARGIN, SIDE + 98, SIDE - 2 * MARGIN);
  context.textAlign = 'right';
  context.fillStyle = '#c02d17';
  context.font = `800 40px ${FACE}`;
  context.fillText('Doodle Derby', SIDE - MARGIN, SIDE + 40);

  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${title.replace(/[^\p{L}\p{N}]+/gu, '-')}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
