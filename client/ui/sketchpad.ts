/** A drawing that no server sees: local ink, and listeners to its changes. */
import type { Stroke } from '../../shared/ink.ts';
import * as local from '../drawing/local-drawing.ts';
import type { PenEvents } from '../drawing/pen.ts';

export interface Sketchpad {
  pen: PenEvents;
  undo(): void;
  clear(): void;
  strokes(): Stroke[];
  /** Calls `listener` whenever the ink changes, until the returned function is called. */
  onInk(listener: () => void): () => void;
}

export function createSketchpad(): Sketchpad {
  let drawing = local.newLocalDrawing(0);
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  return {
    pen: {
      down: (x, y) => local.penDown(drawing, x, y),
      move: (x, y) => local.penMove(drawing, x, y),
      up: () => local.penUp(drawing),
      cancel: () => local.penCancel(drawing),
      drawn: changed,
    },
    undo() {
      local.undo(drawing);
      changed();
    },
    clear() {
      drawing = local.newLocalDrawing(0);
      changed();
    },
    strokes: () => local.visibleStrokes(drawing),
    onInk(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
