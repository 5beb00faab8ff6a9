/** Small drawings, many at once: plain lines, which cost a fraction of the game's pen. */
import type { ExploreDrawing } from '../../../shared/explore.ts';

/** Of Quick, Draw!'s simplified drawings. */
const SIDE = 255;
const MARGIN = 0.1;
/** Of a cell's side. */
const LINE = 0.018;

/** In the middle of a square cell; all in pixels of the canvas. */
export function sketch(
  context: CanvasRenderingContext2D,
  { strokes }: Pick<ExploreDrawing, 'strokes'>,
  left: number,
  top: number,
  side: number,
): void {
  const scale = (side * (1 - 2 * MARGIN)) / SIDE;
  let [right, bottom] = [0, 0];
  for (const [xs, ys] of strokes)
    for (let i = 0; i < xs.length; i++) {
      right = Math.max(right, xs[i]!);
      bottom = Math.max(bottom, ys[i]!);
    }
  const x = left + (side - right * scale) / 2;
  const y = top + (side - bottom * scale) / 2;
  context.lineWidth = Math.max(1.25, side * LINE);
  context.lineCap = context.lineJoin = 'round';
  context.beginPath();
  for (const [xs, ys] of strokes) {
    context.moveTo(x + xs[0]! * scale, y + ys[0]! * scale);
    // A dot is a line of no length.
    if (xs.length === 1) context.lineTo(x + xs[0]! * scale, y + ys[0]! * scale);
    for (let i = 1; i < xs.length; i++) context.lineTo(x + xs[i]! * scale, y + ys[i]! * scale);
  }
  context.stroke();
}
