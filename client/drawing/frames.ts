/** One animation loop for all canvases. It runs only while something is dirty, and paints each canvas at most once a frame. */

export interface Painted {
  paint(): void;
}

export interface Frames {
  /** In the next frame: what is under the pen. */
  soon(canvas: Painted): void;
  /** In the next frame that has time for it, in the order of the requests: what others draw. */
  later(canvas: Painted): void;
  cancel(canvas: Painted): void;
}

/** For all canvases that can wait together, in each frame. */
const FRAME_BUDGET_MS = 2;

export function createFrames(): Frames {
  const dirty = new Set<Painted>();
  const waiting = new Set<Painted>();
  let requested = false;

  function request(): void {
    if (requested) return;
    requested = true;
    requestAnimationFrame(frame);
  }

  function frame(): void {
    requested = false;
    for (const canvas of dirty) paint(dirty, canvas);
    const start = performance.now();
    for (const canvas of waiting) {
      paint(waiting, canvas);
      if (performance.now() - start > FRAME_BUDGET_MS) break;
    }
    if (waiting.size > 0) request();
  }

  function paint(from: Set<Painted>, canvas: Painted): void {
    from.delete(canvas);
    canvas.paint();
  }

  return {
    soon(canvas) {
      dirty.add(canvas);
      request();
    },
    later(canvas) {
      waiting.add(canvas);
      request();
    },
    cancel(canvas) {
      dirty.delete(canvas);
      waiting.delete(canvas);
    },
  };
}
