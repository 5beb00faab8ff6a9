/** Looks at a drawing while it grows: at the newest ink, one look at a time. What is drawn meanwhile is looked at next. */
import type { Stroke } from '../../shared/ink.ts';
import type { Sketchpad } from '../ui/sketchpad.ts';

/**
 * Calls `look` with the strokes at each change, and `seen` with its result, until the returned function is called. A look that
 * fails ends it, and calls `failed`. `restMs`: the pause after each look.
 */
export function followInk<T>(
  pad: Sketchpad,
  look: (strokes: Stroke[]) => Promise<T>,
  seen: (result: T, strokes: Stroke[]) => void,
  failed: (reason: unknown) => void,
  restMs = 0,
): () => void {
  let isLooking = false;
  let isStale = false;
  let isOver = false;

  async function next(): Promise<void> {
    isStale = true;
    if (isLooking) return;
    isLooking = true;
    while (isStale && !isOver) {
      isStale = false;
      const strokes = pad.strokes().map((stroke) => stroke.slice());
      try {
        const result = await look(strokes);
        if (!isOver) seen(result, strokes);
        if (restMs > 0) await new Promise((done) => setTimeout(done, restMs));
      } catch (reason) {
        if (!isOver) failed(reason);
        isOver = true;
      }
    }
    isLooking = false;
  }

  const stop = pad.onInk(() => void next());
  void next();
  return () => {
    isOver = true;
    stop();
  };
}
