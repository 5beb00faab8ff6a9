/** The lessons of a single process. */
import type { Lesson } from '../../lesson/lesson.ts';
import type { Lessons } from '../lessons.ts';
import { LESSONS } from '../lessons.ts';
import { createMemoryRecords } from './records.ts';

export function createMemoryLessons(): Lessons {
  const { has: _has, all: _all, ...lessons } = createMemoryRecords<Lesson>(LESSONS);
  return { ...lessons, refresh: async () => {}, forget: async () => {} };
}
