/** The lessons of this process: opens and closes them, follows their records in the store, and shows them to their members. */
import type { Dismissal } from '../../shared/lesson.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { patternAt } from '../lesson/pattern.ts';
import { pupilView, teacherView } from '../lesson/view.ts';
import type { Lessons as Store } from '../storage/lessons.ts';
import { newCode } from './ids.ts';
import type { LessonCommits } from './lesson-commits.ts';
import type { LessonOutbox } from './outbox.ts';

/** A socket here: the teacher's, a pupil's, or that of somebody who asks for a place. */
export type Member = { as: 'teacher' } | { as: 'pupil'; id: string } | { as: 'asking'; id: string };

/** A lesson that somebody is in on this process. */
export interface LiveLesson {
  lesson: Lesson;
  members: Map<string, Member>;
  /** Members whose entrance is not committed yet: the lesson does not know them. */
  entering: Set<string>;
  unwatch: () => void;
  /** Shows the teacher the next pictures. */
  pattern?: NodeJS.Timeout;
}

interface Ports {
  store: Store;
  outbox: LessonOutbox;
  change: LessonCommits['change'];
  /** The connection of a socket, as the record has it. */
  here(socket: string): string;
  /** The lesson ended. */
  over(lesson: Lesson): void;
  now: () => number;
}

export type LessonRegistry = ReturnType<typeof createLessonRegistry>;

export function createLessonRegistry({ store, outbox, change, here, over, now }: Ports) {
  const open = new Map<string, LiveLesson>();
  const opening = new Map<string, Promise<LiveLesson | null>>();

  async function openLesson(code: string): Promise<LiveLesson | null> {
    let live: LiveLesson | null = null;
    const unwatch = await store.watch(code, (lesson) => live && follow(live, lesson));
    const lesson = await store.read(code);
    if (!lesson) {
      unwatch();
      return null;
    }
    live = { lesson, members: new Map(), entering: new Set(), unwatch };
    open.set(code, live);
    return live;
  }

  async function find(code: string): Promise<LiveLesson | null> {
    const live = open.get(code);
    if (live) return live;
    let opened = opening.get(code);
    if (!opened) {
      opened = openLesson(code).finally(() => opening.delete(code));
      opening.set(code, opened);
    }
    return opened;
  }

  function close(live: LiveLesson): void {
    const { code } = live.lesson;
    if (open.get(code) !== live) return;
    open.delete(code);
    clearTimeout(live.pattern);
    live.unwatch();
  }

  /** The lesson is a newer one: everybody here sees it, and those who have no place in it any more go. */
  function follow(live: LiveLesson, lesson: Lesson): void {
    if (lesson.version <= live.lesson.version) return;
    live.lesson = lesson;
    for (const socket of live.members.keys()) if (!live.entering.has(socket)) show(live, socket);
    if (!lesson.over) return;
    close(live);
    over(lesson);
  }

  /** The lesson as it is for this socket, or why it is out. */
  function show(live: LiveLesson, socket: string): void {
    const { lesson, members } = live;
    if (!members.has(socket)) return;
    const why = dismissalOf(live, socket);
    if (why) {
      leave(live, socket);
      outbox.dismissed(socket, why);
      return;
    }
    const member = members.get(socket)!;
    if (member.as === 'teacher') outbox.lesson(socket, teacherView(lesson, now()));
    const pupil = member.as === 'pupil' && lesson.pupils.find(({ id }) => id === member.id);
    if (pupil) outbox.lesson(socket, pupilView(lesson, pupil, now()));
  }

  /** Why the socket is out; null if it is in. One whose request was granted is a pupil from now on. */
  function dismissalOf({ lesson, members }: LiveLesson, socket: string): Dismissal | null {
    const member = members.get(socket)!;
    if (lesson.over) return 'ended';
    if (member.as === 'teacher') {
      // Other processes took this one for dead when it only lost the store.
      const { code, token, teachers } = lesson;
      if (!teachers.includes(here(socket))) void change(code, { type: 'teach', token, socket: here(socket) });
      return null;
    }
    if (member.as === 'asking') {
      if (lesson.asking.some((each) => each.socket === here(socket))) return null;
      const granted = lesson.pupils.find((pupil) => pupil.socket === here(socket));
      if (!granted) return 'refused';
      members.set(socket, { as: 'pupil', id: granted.id });
      outbox.seat(socket, { pupil: granted.id, token: granted.token });
      return null;
    }
    const pupil = lesson.pupils.find(({ id }) => id === member.id);
    if (!pupil) return 'removed';
    if (pupil.socket === here(socket)) return null;
    if (pupil.socket !== null) return 'replaced';
    // Other processes took this one for dead when it only lost the store. The pupil's socket is still here.
    const { token, session } = pupil;
    void change(lesson.code, { type: 'return', token, socket: here(socket), session, room: newCode() });
    return null;
  }

  /** The pictures change by themselves. */
  function schedulePattern(live: LiveLesson): void {
    clearTimeout(live.pattern);
    // It may have ended meanwhile.
    if (open.get(live.lesson.code) !== live) return;
    live.pattern = setTimeout(
      () => {
        for (const [socket, { as }] of live.members) if (as === 'teacher') show(live, socket);
        schedulePattern(live);
      },
      patternAt(live.lesson.secret, now()).ends - now() + 1,
    );
    live.pattern.unref();
  }

  /** The last one here closes it on this process. */
  function leave(live: LiveLesson, socket: string): void {
    live.members.delete(socket);
    if (live.members.size === 0) close(live);
  }

  const known = async (code: string): Promise<Lesson | null> => open.get(code)?.lesson ?? store.read(code);

  return {
    find,
    close,
    show,
    leave,
    schedulePattern,
    known,
    /** The copy here may be outdated: that there is no such token, only the store can say. */
    async knownTo(code: string, token: string): Promise<Lesson | null> {
      const lesson = open.get(code)?.lesson;
      return lesson?.pupils.some((each) => each.token === token) ? lesson : store.read(code);
    },
    /** The lesson, if somebody is in it here. */
    get: (code: string): LiveLesson | undefined => open.get(code),
    all: (): LiveLesson[] => [...open.values()],
    count: () => open.size,
  };
}
