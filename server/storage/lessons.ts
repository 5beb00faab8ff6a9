/** Where lessons are kept: the port. */
import type { Lesson } from '../lesson/lesson.ts';
import { TEACHER } from '../lesson/lesson.ts';
import type { Kind, Records } from './records.ts';

export const LESSONS: Kind<Lesson> = {
  missing: 'no-lesson',
  isOver: ({ over }) => over,
  ended: (lesson) => ({ ...lesson, version: lesson.version + 1, over: true }),
  membersOf: ({ pupils }) => [TEACHER, ...pupils.map(({ id }) => id)],
};

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Lessons extends Records<Lesson> {
  /** Whether one that is not refreshed goes by itself. */
  readonly expires: boolean;
  /** Keeps these lessons alive, for an hour where they expire. */
  refresh(codes: string[]): Promise<void>;
  /** A lesson is over: what the store has written of it to a disk goes, too. */
  forget(): Promise<void>;
}
