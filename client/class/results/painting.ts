/** A drawing as a small PNG, as the recognizer's data sets have them: black on white. */
import { BOARD, type Stroke } from '../../../shared/ink.ts';
import { outline } from '../../drawing/paint.ts';

const SIDE = 512;

/** Rejects if the browser has no memory for the picture. */
export async function paintPng(strokes: Stroke[]): Promise<Uint8Array> {
  const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  context.scale(SIDE / BOARD, SIDE / BOARD);
  context.fillStyle = '#000';
  for (const stroke of strokes) context.fill(outline(stroke));
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('The browser could not make the picture');
  return new Uint8Array(await blob.arrayBuffer());
}
