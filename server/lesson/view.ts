/** What the teacher and each pupil see of a lesson. Pure. */
import type { PupilView, TeacherView } from '../../shared/lesson.ts';
import type { Lesson, Pupil } from './lesson.ts';
import { patternAt } from './pattern.ts';

export function teacherView(lesson: Lesson, now: number): TeacherView {
  const { code, version, secret, settings, pupils, asking, rooms, paused, hidden, shown, stars } = lesson;
  return {
    ...{ as: 'teacher', code, version, now, settings, rooms, paused, hidden, shown, stars },
    pattern: patternAt(secret, now),
    pupils: pupils.map(({ id, name, socket, room }) => ({ id, name, here: socket !== null, room })),
    asking: asking.map(({ id, pupil }) => ({ id, pupil })),
  };
}

export function pupilView(lesson: Lesson, { id, name, room }: Pupil, now: number): PupilView {
  const { code, version, rooms, pupils, paused, stars } = lesson;
  return {
    ...{ as: 'pupil', code, version, now, id, name, room, paused },
    number: room === null ? null : rooms.indexOf(room) + 1,
    pupils: pupils.filter(({ socket }) => socket !== null).length,
    stars: stars.filter(({ pupil }) => pupil === id).length,
  };
}
