/**
 * When guesses about a drawing leave. They are about its newest ink: the recognizer looks at the first chunk at or after the time
 * when they are due, just in time for the next frame. Guesses of a look in between leave only if the pen then rests.
 */
import { CHUNK_EVERY, GUESSES_EVERY } from '../../shared/protocol.ts';
import type { LoadLevel } from '../load.ts';
import type { Drawing } from './drawing.ts';

/** A chunk that comes so little early is on time: neither pens nor networks are exact. */
const EARLY_MS = 10;
/** A pen of which nothing comes for so long rests. */
const REST_MS = 1.3 * CHUNK_EVERY;

/** By level of load: the time between two guesses about a drawing, on average. ms */
const PAUSE_MS = [GUESSES_EVERY, 3 * GUESSES_EVERY, 5 * GUESSES_EVERY] as const;

type Scheduled = Pick<Drawing, 'started' | 'at' | 'guessesDueAt'>;

/** Whether the newest chunk came when guesses were due, or they are due by now and the pen rests. `now` in ms since 1970 */
export const areGuessesDue = (drawing: Scheduled, now: number): boolean => isOnTime(drawing) || isResting(drawing, now);

/** When the next guesses are due, if they are now. ms of the round */
export const nextDue = (drawing: Scheduled, now: number, load: LoadLevel): number =>
  PAUSE_MS[load] + (isOnTime(drawing) ? Math.max(drawing.at, drawing.guessesDueAt) : now - drawing.started);

/** Whether the guesses that are not sent yet may leave. */
export function mayLeave(drawing: Scheduled & Pick<Drawing, 'guessedAt' | 'unsentGuesses'>, now: number): boolean {
  if (drawing.unsentGuesses === 'due') return true;
  return drawing.unsentGuesses === 'early' && drawing.guessedAt === drawing.at && isResting(drawing, now);
}

const isOnTime = ({ at, guessesDueAt }: Scheduled): boolean => at >= guessesDueAt - EARLY_MS;

const isResting = ({ started, at, guessesDueAt }: Scheduled, now: number): boolean =>
  now - started >= Math.max(guessesDueAt, at + REST_MS);
