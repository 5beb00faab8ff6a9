/** Small drawings, many at once, as one path: what scrolls by then needs no canvas, and costs the page's thread nothing. */
import type { ExploreDrawing } from '../../../shared/explore.ts';

/** Of Quick, Draw!'s simplified drawings. */
const SIDE = 255;
/** The side of a drawing's cell, in units of the drawing. */
export const CELL = 320;

type Sketch = Pick<ExploreDrawing, 'strokes'>;

/** Each drawing in the middle of its cell, from the right to the left if `mirrored`. Undefined ones have not come yet. */
export const pathOfSketches = (drawings: readonly (Sketch | undefined)[], columns: number, mirrored: boolean): string =>
  drawings
    .map((drawing, i) => {
      const column = mirrored ? columns - 1 - (i % columns) : i % columns;
      return drawing ? pathIn(drawing, column * CELL, Math.floor(i / columns) * CELL) : '';
    })
    .join('');

function pathIn({ strokes }: Sketch, left: number, top: number): string {
  const most = (which: 0 | 1) => strokes.reduce((most, stroke) => Math.max(most, ...stroke[which]), 0);
  const x = left + (CELL - Math.min(SIDE, most(0))) / 2;
  const y = top + (CELL - Math.min(SIDE, most(1))) / 2;
  // A dot is a line of no length.
  return strokes
    .map(([xs, ys]) => `M${xs.map((each, i) => `${x + each} ${y + ys[i]!}`).join('L')}${xs.length === 1 ? 'h0' : ''}`)
    .join('');
}
