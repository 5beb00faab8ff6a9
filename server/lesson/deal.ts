/** Who sits with whom. Pure. */
import { LEAST_IN_ROOM, MOST_IN_ROOM } from '../../shared/lesson.ts';

/** How many rooms of `size` so many pupils are: none too small, if there are enough for that, and none too large. */
export function roomsFor(pupils: number, size: number): number {
  const most = Math.max(1, Math.floor(pupils / LEAST_IN_ROOM));
  const least = Math.ceil(pupils / MOST_IN_ROOM);
  return Math.max(least, Math.min(most, Math.round(pupils / size)));
}

/** Each of the pupils with the index of a room; the rooms differ by one at the most. */
export const dealt = <T>(pupils: readonly T[], rooms: number): [T, number][] =>
  pupils.map((pupil, i) => [pupil, i % rooms]);
