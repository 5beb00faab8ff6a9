/** Ink on a canvas. Finished strokes are painted once, on a layer of their own; only the living one is painted anew. */
import { getStroke } from 'perfect-freehand';
import type { Stroke } from '../shared/ink.ts';
import { BOARD } from '../shared/ink.ts';

/** Width of the pen, in board steps. It is part of the picture: everybody sees the same line. */
export const PEN = 54;

/** Pixels of a canvas's side below which nobody sees how the line's width varies while it grows. */
const SMALL = 480;
/** Coordinates of a stroke from which its outline is work. */
const LONG = 160;

const SHAPE = { size: PEN, thinning: 0.55, smoothing: 0.5, streamline: 0.35, simulatePressure: true };

/** The outline of a stroke in board steps, as a path. */
export function outline(stroke: Stroke, done = true): Path2D {
  const points: [number, number][] = [];
  for (let i = 0; i < stroke.length; i += 2) points.push([stroke[i]!, stroke[i + 1]!]);
  const path = new Path2D();
  if (points.length === 1) {
    path.arc(points[0]![0], points[0]![1], PEN * 0.6, 0, Math.PI * 2);
    return path;
  }
  const edge = getStroke(points, { ...SHAPE, last: done });
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
  paint(): void;
  /** The canvas's size on the page, in CSS pixels. */
  resize(side: number): void;
  /** The colour changed, say: everything is painted anew. */
  refresh(): void;
}

/** `strokes` gives the drawing at this moment; the last stroke may still grow. */
export function createPainter(canvas: HTMLCanvasElement, strokes: () => Stroke[]): Painter {
  const context = canvas.getContext('2d')!;
  const layer = document.createElement('canvas');
  const finished = layer.getContext('2d')!;
  /** What is on the layer: the strokes themselves and how long they were. */
  let painted: { stroke: Stroke; length: number }[] = [];
  // Asking for it makes the browser work out all styles, so it is not asked for in every frame.
  let colour = getComputedStyle(canvas).color;

  function wipe(target: CanvasRenderingContext2D): void {
    target.setTransform(1, 0, 0, 1, 0, 0);
    target.clearRect(0, 0, canvas.width, canvas.height);
  }

  function fill(target: CanvasRenderingContext2D, stroke: Stroke, done: boolean): void {
    const scale = canvas.width / BOARD;
    target.setTransform(scale, 0, 0, scale, 0, 0);
    target.fillStyle = colour;
    target.fill(outline(stroke, done));
  }

  /** A plain line: what a small canvas can show of a long living stroke, at a tenth of the work. */
  function sketch(target: CanvasRenderingContext2D, stroke: Stroke): void {
    const scale = canvas.width / BOARD;
    target.setTransform(scale, 0, 0, scale, 0, 0);
    target.strokeStyle = colour;
    target.lineWidth = PEN * 0.85;
    target.lineCap = target.lineJoin = 'round';
    target.beginPath();
    for (let i = 0; i < stroke.length; i += 2) target.lineTo(stroke[i]!, stroke[i + 1]!);
    target.stroke();
  }

  function paint(): void {
    const now = strokes();
    const same = painted.every(({ stroke, length }, i) => now[i] === stroke && stroke.length === length);
    if (!same || painted.length > now.length) {
      painted = [];
      wipe(finished);
    }
    for (const stroke of now.slice(painted.length, -1)) {
      fill(finished, stroke, true);
      painted.push({ stroke, length: stroke.length });
    }
    wipe(context);
    if (layer.width > 0) context.drawImage(layer, 0, 0);
    const living = now[painted.length];
    if (!living) return;
    if (canvas.width < SMALL && living.length > LONG) sketch(context, living);
    else fill(context, living, false);
  }

  function refresh(): void {
    colour = getComputedStyle(canvas).color;
    painted = [];
    wipe(finished);
    paint();
  }

  return {
    paint,
    refresh,
    resize(side) {
      const pixels = Math.max(1, Math.round(side * Math.min(devicePixelRatio, 3)));
      if (canvas.width === pixels) return;
      canvas.width = canvas.height = layer.width = layer.height = pixels;
      refresh();
    },
  };
}
