/** A class of clients without a page: a teacher, and pupils who come in as the page's steps let them. */
import { type Lesson, type LessonState, lessonOf } from '../../client/class/lesson.ts';
import type { LessonView, PupilView, TeacherView } from '../../shared/lesson.ts';
import { connect, type Player, until, watchedCell } from './player.ts';
import { pause } from './race.ts';

export interface Visitor {
  player: Player;
  lesson: Lesson;
}

export const NAMES = {
  qualities: ['Swift', 'Bold', 'Inky', 'Lucky', 'Merry', 'Turbo', 'Wild', 'Nimble'],
  animals: ['Otter', 'Heron', 'Badger', 'Gecko', 'Pony', 'Fox', 'Hare', 'Newt'],
  both: '{quality} {animal}',
};

export function visitor(url: string, headers?: Record<string, string>, transport?: string): Visitor {
  const player = connect(url, headers, transport);
  return { player, lesson: lessonOf(player.client, watchedCell) };
}

/** Opens a class, whose pupils have these `names`. */
export async function teacher(url: string, names = NAMES, headers?: Record<string, string>): Promise<Visitor> {
  const visiting = visitor(url, headers);
  visiting.lesson.teach(names);
  await until(() => seen(visiting)?.as === 'teacher', 'a class');
  // The answer comes after the view.
  while (!visiting.lesson.roleIn(teacherView(visiting).code)) await pause(5);
  return visiting;
}

/** Comes in with the teacher's code and pictures, under the first name that is offered. */
export async function pupil(url: string, of: Visitor, headers?: Record<string, string>): Promise<Visitor> {
  const visiting = visitor(url, headers);
  await until(() => visiting.player.socket.connected, 'a connection');
  const { code, pattern } = teacherView(of);
  for (;;) {
    const answer = await visiting.lesson.knock(code, pattern.pictures);
    if (!answer.ok) throw new Error(answer.why);
    visiting.lesson.attend(code, answer.names[0]!);
    await until(() => visiting.lesson.state().at !== 'entering', 'an answer');
    const state = visiting.lesson.state();
    if (state.at === 'inside') return visiting;
    if (!isTaken(state)) throw new Error(JSON.stringify(state));
  }
}

const isTaken = (state: LessonState): boolean => state.at === 'outside' && state.refused === 'nick-taken';

const seen = ({ lesson }: Visitor): LessonView | undefined => {
  const state = lesson.state();
  return state.at === 'inside' ? state.view : undefined;
};
export const teacherView = (visiting: Visitor): TeacherView => seen(visiting) as TeacherView;
export const pupilView = (visiting: Visitor): PupilView => seen(visiting) as PupilView;

/** Waits until all of them sit in the rooms that they were dealt into. */
export async function seated(pupils: Visitor[]): Promise<void> {
  const sits = (each: Visitor) => {
    const room = pupilView(each)?.room;
    return room !== undefined && room !== null && each.player.client.room.inside()?.view.code === room;
  };
  await until(() => pupils.every(sits), 'everybody in their room');
  for (const each of pupils) {
    const { me: id, view: room } = each.player.client.room.inside()!;
    Object.assign(each.player, { id, room });
  }
}
