/** Many drawings as one picture, each in a cell of its own: as grey pixels, or as lines. */
import type { Stroke } from '../../shared/ink.ts';
import { drawPicture, PICTURE_SIDE, PICTURE_SIZE, placementOf } from '../../shared/lab/picture.ts';
import type { Frames } from '../drawing/frames.ts';

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

/** What one turn of a painter may take: they all share the thread. */
const TURN_MS = 2;

/** Calls `step` a few times at each paint, until it returns false; other canvases have their turns in between. */
export function inTurns(frames: Frames, step: () => boolean): () => void {
  const painter = {
    paint() {
      const began = performance.now();
      let goesOn = true;
      while (goesOn && performance.now() - began < TURN_MS) goesOn = step();
      if (goesOn) frames.later(painter);
    },
  };
  frames.later(painter);
  return () => frames.cancel(painter);
}

/** Paints one picture after the other: returns a step that returns false after the last. */
export function pictureSteps(
  context: CanvasRenderingContext2D,
  drawings: readonly { strokes: readonly Stroke[] }[],
  place: (at: number) => [left: number, top: number],
): () => boolean {
  const picture = new Float32Array(PICTURE_SIZE);
  const image = context.createImageData(PICTURE_SIDE, PICTURE_SIDE);
  const { data } = image;
  data.fill(255);
  let next = 0;
  return () => {
    if (next === drawings.length) return false;
    drawPicture(drawings[next]!.strokes, picture);
    for (let i = 0; i < PICTURE_SIZE; i++) data[4 * i] = data[4 * i + 1] = data[4 * i + 2] = 255 * (1 - picture[i]!);
    context.putImageData(image, ...place(next));
    next++;
    return true;
  };
}
