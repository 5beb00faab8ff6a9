/** Many drawings as one picture, each in a cell of its own: as grey pixels, or as lines. */
import type { Stroke } from '../../shared/ink.ts';
import { drawPicture, PICTURE_SIDE, PICTURE_SIZE, placementOf } from '../../shared/lab/picture.ts';

/** From one cell to the next: a picture, and a gap. pixels of a picture */
export const CELL = PICTURE_SIDE + 2;

/** Where the drawing's cell begins. */
export const placeIn = (at: number, columns: number, isMirrored: boolean): [left: number, top: number] => [
  (isMirrored ? columns - 1 - (at % columns) : at % columns) * CELL + 1,
  Math.floor(at / columns) * CELL + 1,
];

/** The line of a drawing as a path, as large as its picture. A dot is a line of no length. */
export function lineOf(strokes: readonly Stroke[], left = 0, top = 0): string {
  const ink = placementOf(strokes);
  const x = (value: number) => (value * ink.scale + ink.left + left).toFixed(1);
  const y = (value: number) => (value * ink.scale + ink.top + top).toFixed(1);
  return strokes
    .map((stroke) => {
      let line = `M${x(stroke[0]!)} ${y(stroke[1]!)}`;
      for (let i = 2; i < stroke.length; i += 2) line += `L${x(stroke[i]!)} ${y(stroke[i + 1]!)}`;
      return stroke.length === 2 ? `${line}h0` : line;
    })
    .join('');
}

/** A part of a frame, on a slow computer as well. */
const SLICE_MS = 8;

/** Paints the pictures in slices, a frame each, until the returned function is called. */
export function paintPictures(
  context: CanvasRenderingContext2D,
  drawings: readonly { strokes: readonly Stroke[] }[],
  place: (at: number) => [left: number, top: number],
): () => void {
  const picture = new Float32Array(PICTURE_SIZE);
  const image = context.createImageData(PICTURE_SIDE, PICTURE_SIDE);
  let next = 0;
  let frame = 0;
  function slice() {
    const began = performance.now();
    while (next < drawings.length && performance.now() - began < SLICE_MS) {
      drawPicture(drawings[next]!.strokes, picture);
      for (let i = 0; i < PICTURE_SIZE; i++) image.data.fill(255 * (1 - picture[i]!), 4 * i, 4 * i + 3);
      for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
      context.putImageData(image, ...place(next));
      next++;
    }
    if (next < drawings.length) frame = requestAnimationFrame(slice);
  }
  frame = requestAnimationFrame(slice);
  return () => cancelAnimationFrame(frame);
}
