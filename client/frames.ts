/** One animation loop for all canvases: it runs only while something is dirty, and each canvas is painted at most once a frame. */

export interface Painted {
  paint(): void;
}

const dirty = new Set<Painted>();
let asked = false;

export function soon(canvas: Painted): void {
  dirty.add(canvas);
  if (asked) return;
  asked = true;
  requestAnimationFrame(frame);
}

export const never = (canvas: Painted): void => void dirty.delete(canvas);

function frame(): void {
  asked = false;
  const now = [...dirty];
  dirty.clear();
  for (const canvas of now) canvas.paint();
}
