/** The drawings of the bench: real ones if the data set is there, otherwise generated ones. */
import { readdirSync } from 'node:fs';
import type { Ink } from '../shared/ink.ts';
import { STEPS } from '../shared/ink.ts';
import { drawn } from '../test/support/drawings.ts';
import { DATA, drawingsOf, hasData } from '../test/support/quickdraw.ts';

/** A pen at 60 points a second makes one about every 3 units of the 0..255 square. Board steps */
const SPACING = 3 * STEPS;

/** `n` drawings, spread over all words, with points as dense as a pen's. */
export function drawings(n: number): Ink[] {
  if (!hasData) return Object.values(drawn).map(resampled);
  const words = readdirSync(`${DATA}/simplified`).map((file) => file.replace('.ndjson', ''));
  return Array.from({ length: n }, (_, i) => resampled(drawingsOf(words[(i * 7) % words.length]!, 1)[0]!));
}

function resampled({ strokes }: Ink): Ink {
  return {
    rev: 0,
    strokes: strokes.map((stroke) => {
      const points = stroke.slice(0, 2);
      for (let i = 2; i < stroke.length; i += 2) {
        const [dx, dy] = [stroke[i]! - stroke[i - 2]!, stroke[i + 1]! - stroke[i - 1]!];
        const count = Math.max(1, Math.round(Math.hypot(dx, dy) / SPACING));
        for (let k = 1; k <= count; k++)
          points.push(Math.round(stroke[i - 2]! + (dx * k) / count), Math.round(stroke[i - 1]! + (dy * k) / count));
      }
      return points;
    }),
  };
}
