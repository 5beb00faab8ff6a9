/** The drawings of the bench: real ones, of the sample in the repository. */
import type { Ink } from '../shared/ink.ts';
import { STEPS } from '../shared/ink.ts';
import { drawingsOf, SAMPLE_WORDS } from '../test/support/quickdraw.ts';

/** A pen at 60 points a second makes one about every 3 units of the 0..255 square. Board steps */
const SPACING = 3 * STEPS;

/** `n` drawings, spread over all words, with points as dense as a pen's. */
export function drawings(n: number): Ink[] {
  return Array.from({ length: n }, (_, i) => {
    const ofWord = drawingsOf(SAMPLE_WORDS[i % SAMPLE_WORDS.length]!, 11);
    return resampled(ofWord[Math.floor(i / SAMPLE_WORDS.length) % ofWord.length]!);
  });
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
