/** The names that pupils choose from: each a quality and an animal. */
import { randomInt } from 'node:crypto';
import { NAMES_OFFERED } from '../../shared/lesson.ts';
import type { Lesson, Names } from '../lesson/lesson.ts';

const MOST_TRIES = 200;

/** A few that nobody in the lesson has. */
export function namesFor({ names, pupils }: Lesson, isOffensive: (name: string) => boolean): string[] {
  const taken = new Set(pupils.map(({ name }) => name));
  const offered = new Set<string>();
  for (let tries = 0; offered.size < NAMES_OFFERED && tries < MOST_TRIES; tries++) {
    const name = nameOf(names);
    if (!taken.has(name) && !isOffensive(name)) offered.add(name);
  }
  return [...offered];
}

function nameOf({ qualities, animals, both }: Names): string {
  const one = (list: string[]) => list[randomInt(list.length)]!;
  return both.replace('{quality}', one(qualities)).replace('{animal}', one(animals));
}
