/** Ink on a canvas, painted in pieces: a stroke that grows costs the same however long it is, and finished ink is only copied. */
import { getStroke } from 'perfect-freehand';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD, pointsIn } from '../../shared/ink.ts';

/** Width of the pen, in board steps. It is part of the picture: everybody sees the same line. */
export const PEN = 54;

/** Points of a stroke that are painted at once. */
const PIECE = 32;
/** Points before a piece that are outlined with it, since a line's course depends on the points before. */
const LEAD = 12;

const SHAPE = { size: PEN, thinning: 0.55, smoothing: 0.5, streamline: 0.35, simulatePressure: false };
/** How quickly the pressure follows the pen's speed, for a step of the pen's width. */
const FOLLOW = 0.275;

/**
 * Some points as perfect-freehand wants them: x, y, and a pressure from 0 to 1, which is lower for a fast pen. It depends on all
 * points before: the library's simulated pressure would start again with each piece.
 */
function pressed(stroke: Stroke, from: number, to: number): [x: number, y: number, pressure: number][] {
  const points: [number, number, number][] = [];
  let pressure = 0.4;
  for (let i = 0; i < to; i++) {
    const [x, y] = [stroke[2 * i]!, stroke[2 * i + 1]!];
    if (i > 0) {
      const speed = Math.min(1, Math.hypot(x - stroke[2 * i - 2]!, y - stroke[2 * i - 1]!) / PEN);
      pressure += (1 - speed - pressure) * speed * FOLLOW;
    }
    if (i >= from) points.push([x, y, pressure]);
  }
  return points;
}

/** The outline of a stroke in board steps, as a path: of the whole stroke, or from one point to another. */
export function outline(stroke: Stroke, from = 0, to = pointsIn(stroke), done = true): Path2D {
  const path = new Path2D();
  if (to === 1) {
    path.arc(stroke[0]!, stroke[1]!, PEN * 0.6, 0, Math.PI * 2);
    return path;
  }
  const edge = getStroke(pressed(stroke, Math.max(0, from - LEAD), to), { ...SHAPE, last: done });
  if (edge.length < 3) return path;
  // Curves through the middles of the edge's points round off its corners.
  path.moveTo((edge[0]![0]! + edge[1]![0]!) / 2, (edge[0]![1]! + edge[1]![1]!) / 2);
  for (let i = 1; i <= edge.length; i++) {
    const [x, y] = edge[i % edge.length] as [number, number];
    const [nextX, nextY] = edge[(i + 1) % edge.length] as [number, number];
    path.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  path.closePath();
  return path;
}

export interface Painter {
  /** False if there is more to paint than its budget allowed. */
  paint(): boolean;
  /** The canvas's size on the page, in CSS pixels. */
  resize(side: number): void;
  /** Paints everything again, after the colour has changed, say. */
  refresh(): void;
}

/**
 * `strokes` gives the drawing at this moment; the last stroke may still grow. `budget`: how many points one paint may bring onto
 * the layer; the next paint goes on.
 */
export function createPainter(canvas: HTMLCanvasElement, strokes: () => Stroke[], budget = Infinity): Painter {
  const context = canvas.getContext('2d')!;
  const layer = document.createElement('canvas');
  const finished = layer.getContext('2d')!;
  /** The strokes that have ink on the layer, and how many of their points. */
  let painted: { stroke: Stroke; points: number }[] = [];
  // Reading it makes the browser compute all styles, so it is not read in every frame.
  let colour = getComputedStyle(canvas).color;

  function fill(target: CanvasRenderingContext2D, path: Path2D): void {
    const scale = canvas.width / BOARD;
    target.setTransform(scale, 0, 0, scale, 0, 0);
    target.fillStyle = colour;
    target.fill(path);
  }

  function wipe(): void {
    painted = [];
    finished.setTransform(1, 0, 0, 1, 0, 0);
    finished.clearRect(0, 0, layer.width, layer.height);
  }

  /**
   * Paints on the layer what cannot change any more: finished strokes, and the living one except its end. At most `left` points;
   * returns how many are left then.
   */
  function settle(stroke: Stroke, i: number, living: boolean, left: number): number {
    painted[i] ??= { stroke, points: 0 };
    const known = painted[i];
    const points = pointsIn(stroke);
    while (left > 0 && (living ? points - known.points > PIECE + LEAD : known.points < points)) {
      const to = living ? known.points + PIECE : Math.min(points, known.points + left);
      fill(finished, outline(stroke, known.points, to, !living && to === points));
      left -= to - known.points;
      known.points = to;
    }
    return left;
  }

  function paint(most = Infinity): boolean {
    if (layer.width === 0) return true;
    const now = strokes();
    if (painted.some(({ stroke, points }, i) => now[i] !== stroke || pointsIn(stroke) < points)) wipe();
    let left = most;
    for (let i = 0; i < now.length && left > 0; i++) left = settle(now[i]!, i, i === now.length - 1, left);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = 'copy';
    context.drawImage(layer, 0, 0);
    context.globalCompositeOperation = 'source-over';
    const living = now.at(-1);
    if (living && left > 0) fill(context, outline(living, painted.at(-1)!.points, pointsIn(living), false));
    return left > 0;
  }

  function refresh(): void {
    colour = getComputedStyle(canvas).color;
    wipe();
    paint();
  }

  return {
    paint: () => paint(budget),
    refresh,
    resize(side) {
      const pixels = Math.max(1, Math.round(side * Math.min(devicePixelRatio, 3)));
      if (canvas.width === pixels && canvas.height === pixels) return;
      canvas.width = canvas.height = layer.width = layer.height = pixels;
      refresh();
    },
  };
}
