/** One animation loop for all canvases. It runs only while something is dirty, and paints each canvas at most once a frame. */

export interface Painted {
  paint(): void;
}

/** What canvases that can wait may cost a frame. ms */
const BUDGET = 2;

const dirty = new Set<Painted>();
const waiting = new Set<Painted>();
let asked = false;

/** In the next frame: what is under the pen. */
export function soon(canvas: Painted): void {
  dirty.add(canvas);
  ask();
}

/** In the next frame that has time for it, in the order of asking: what others draw. */
export function later(canvas: Painted): void {
  waiting.add(canvas);
  ask();
}

export function never(canvas: Painted): void {
  dirty.delete(canvas);
  waiting.delete(canvas);
}

function ask(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(frame);
}

function frame(): void {
  asked = false;
  for (const canvas of dirty) paint(dirty, canvas);
  const start = performance.now();
  for (const canvas of waiting) {
    paint(waiting, canvas);
    if (performance.now() - start > BUDGET) break;
  }
  if (waiting.size > 0) ask();
}

function paint(from: Set<Painted>, canvas: Painted): void {
  from.delete(canvas);
  canvas.paint();
}
