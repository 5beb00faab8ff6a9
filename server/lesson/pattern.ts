/** Which pictures let in now. Pure. */
import { createHmac } from 'node:crypto';
import { PATTERN_EVERY, PATTERN_LENGTH, PICTURES } from '../../shared/lesson.ts';

/** The indices of PICTURES in the period that has `now` in it, and when that ends. ms */
export function patternAt(secret: string, now: number): { pictures: number[]; ends: number } {
  const period = Math.floor(now / PATTERN_EVERY);
  const bytes = createHmac('sha256', secret).update(`${period}`).digest();
  const pictures = [...bytes.subarray(0, PATTERN_LENGTH)].map((byte) => byte % PICTURES.length);
  return { pictures, ends: (period + 1) * PATTERN_EVERY };
}

/** Also those that were shown until just now: somebody taps them still. */
export const isPattern = (secret: string, pictures: readonly number[], now: number): boolean =>
  [now, now - PATTERN_EVERY].some((at) => patternAt(secret, at).pictures.join() === pictures.join());
