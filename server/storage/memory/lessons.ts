/** The lessons of a single process. */
import type { Lesson } from '../../lesson/lesson.ts';
import type { Lessons } from '../lessons.ts';
import { LESSONS } from '../lessons.ts';
import type { MemoryNetworks } from './networks.ts';
import { createMemoryRecords } from './records.ts';

export function createMemoryLessons(networks?: MemoryNetworks): Lessons {
  const { has: _has, all: _all, ...lessons } = createMemoryRecords<Lesson>(LESSONS, networks);
  return { ...lessons, expires: false, refresh: async () => {}, forget: async () => {} };
}
