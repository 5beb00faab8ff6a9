/**
 * All lessons of this process. A lesson is a record that every process with people in it follows, as rooms are; its rooms are rooms of
 * the game (`rooms.ts`), in which its teacher is the host.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Answers, Refusal } from '../../shared/protocol.ts';
import type { Words } from '../../shared/verdict.ts';
import { codesOfProcesses, watchForDeaths } from '../cluster/deaths.ts';
import type { Presence } from '../cluster/presence.ts';
import { connectionOf, processOf } from '../cluster/presence.ts';
import type { Visitor } from '../game/game.ts';
import { isRefusal } from '../game/game.ts';
import type { Action, Lesson, Names } from '../lesson/lesson.ts';
import { newLesson } from '../lesson/lesson.ts';
import { entryRefusal } from '../lesson/step.ts';
import type { Log } from '../log.ts';
import type { Lessons as Store } from '../storage/lessons.ts';
import { Unavailable } from '../storage/store.ts';
import { newCode, newPlayer, newToken } from './ids.ts';
import { createKnocks } from './knocks.ts';
import { createLessonCommits } from './lesson-commits.ts';
import { namesFor } from './lesson-names.ts';
import type { Member } from './lesson-registry.ts';
import { createLessonRegistry } from './lesson-registry.ts';
import { createLessonRooms, roomSettings } from './lesson-rooms.ts';
import type { LessonOutbox } from './outbox.ts';
import { createRetry } from './retry.ts';
import type { Rooms } from './rooms.ts';
import { createTeacher } from './teacher.ts';

export interface LessonPorts {
  store: Store;
  presence: Presence;
  rooms: Pick<Rooms, 'sit' | 'direct' | 'isDrawing' | 'exit'>;
  words: Words;
  /** Names that nobody may have. */
  isOffensive(name: string): boolean;
  outbox: LessonOutbox;
  log: Log;
  now: () => number;
}

/** Nobody is there any more: it ends after this. ms */
const ABANDONED_MS = 60 * 60_000;
const REFRESH_INTERVAL_MS = 60_000;
/** The longest that closing waits for a store that is unavailable. */
const CLOSE_TIMEOUT_MS = 3_000;

export type Lessons = ReturnType<typeof createLessons>;

const refuse = (why: Refusal): { ok: false; why: Refusal } => ({ ok: false, why });

export function createLessons({ store, presence, rooms, words, isOffensive, outbox, log, now }: LessonPorts) {
  /** Lessons whose last member on this process left, if the store lets nothing expire. */
  const abandoned = new Map<string, NodeJS.Timeout>();
  const knocks = createKnocks(now);
  const here = (socket: string): string => connectionOf(presence, socket);
  const { retry, settled, stop } = createRetry(failed, now);

  function failed(reason: unknown, code?: string): void {
    if (reason instanceof Unavailable) log.debug({ lesson: code, reason: reason.message }, 'the store is unavailable');
    else log.error({ lesson: code, err: reason }, 'a bug');
  }

  const commits = createLessonCommits(store, retry);
  const { update, change } = commits;
  const lessonRooms = createLessonRooms({ rooms, retry, failed });
  const registry = createLessonRegistry({
    ...{ store, outbox, change, here, now },
    over({ code, rooms: codes }) {
      knocks.forget(code);
      // The process that ended it closes them, too, and may die before that.
      void lessonRooms.close(codes);
    },
  });
  const teacher = createTeacher({ store, registry, commits, rooms, lessonRooms, words, ended: knocks.forget });

  /** The socket is in the lesson as `member`, and is sent the view, then the answer. */
  async function enter<T>(
    code: string,
    socket: string,
    member: Member,
    action: Action,
    answer: (lesson: Lesson) => Answer<T> | Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    let live = await registry.find(code);
    // Whoever was alone in it may be out by now, and it closed here.
    while (live && registry.get(code) !== live) live = await registry.find(code);
    if (!live) return refuse('no-lesson');
    live.members.set(socket, member);
    live.entering.add(socket);
    let lesson: Lesson | Refusal = 'unavailable';
    try {
      lesson = await update(code, action);
    } finally {
      live.entering.delete(socket);
      // It may be done although the reply was lost.
      if (lesson === 'unavailable') void change(code, { type: 'drop', socket: here(socket) });
      if (isRefusal(lesson)) registry.leave(live, socket);
    }
    if (isRefusal(lesson)) return refuse(lesson);
    clearTimeout(abandoned.get(code));
    abandoned.delete(code);
    if (member.as === 'teacher') registry.schedulePattern(live);
    registry.show(live, socket);
    return answer(lesson);
  }

  /** Nothing else ends a lesson that nobody is in. */
  function endLater(code: string): void {
    clearTimeout(abandoned.get(code));
    const abandon = async () => {
      abandoned.delete(code);
      const ended = await update(code, { type: 'abandon' });
      if (!isRefusal(ended) && ended.over) await lessonRooms.close(ended.rooms);
    };
    abandoned.set(code, setTimeout(() => void retry(code, abandon), ABANDONED_MS).unref());
  }

  const refreshing = setInterval(() => {
    knocks.forgetOld();
    store.refresh(registry.all().map(({ lesson }) => lesson.code)).catch((reason) => failed(reason));
  }, REFRESH_INTERVAL_MS);
  refreshing.unref();
  const stopWatching = watchForDeaths({
    presence,
    others: () =>
      codesOfProcesses(
        registry
          .all()
          .flatMap(({ lesson: { code, pupils, teachers } }) =>
            [...new Set([...teachers, ...pupils.flatMap(({ socket }) => socket ?? [])].map(processOf))]
              .filter((process) => process !== presence.id)
              .map((process): [string, string] => [process, code]),
          ),
      ),
    died(process, codes) {
      for (const code of codes) void change(code, { type: 'vanished', process });
    },
    failed,
  });

  /** The desk, or the projector. */
  const teach = (socket: string, code: string, token: string): Promise<Answer<Answers['teach']>> =>
    enter(code, socket, { as: 'teacher' }, { type: 'teach', token, socket: here(socket) }, () => ({
      ok: true,
      ...{ code, token },
    }));

  return {
    async open(socket: string, names: Names): Promise<Answer<Answers['teach']>> {
      const all = [...names.qualities, ...names.animals];
      if (all.some(isOffensive)) return refuse('nick-offensive');
      for (;;) {
        const code = newCode();
        const token = newToken();
        const secret = randomBytes(16).toString('base64url');
        if (await store.create(newLesson(code, secret, token, names))) return teach(socket, code, token);
      }
    },
    teach,
    /** Names to choose from, for somebody who taps the right pictures. */
    async knock(
      socket: string,
      code: string,
      pictures: readonly number[],
      { session, address }: Visitor,
    ): Promise<Answer<Answers['knock']>> {
      const lesson = await registry.known(code);
      if (!lesson) return refuse('no-lesson');
      const wrong = knocks.refusal(socket, address, lesson, pictures);
      if (wrong) return refuse(wrong);
      const refusal = entryRefusal(lesson, session);
      // Who was in it may come back to their place.
      if (refusal && refusal !== 'locked' && refusal !== 'lesson-full') return refuse(refusal);
      const away = lesson.pupils.filter((pupil) => pupil.socket === null).map(({ id, name }) => ({ id, name }));
      if (refusal && away.length === 0) return refuse(refusal);
      return { ok: true, names: refusal ? [] : namesFor(lesson, isOffensive), away };
    },
    /** Under one of the names that were offered. */
    attend(socket: string, code: string, name: string, { session }: Visitor): Promise<Answer<Answers['attend']>> {
      const [id, token] = [newPlayer(), newToken()];
      return enter(
        code,
        socket,
        { as: 'pupil', id },
        { type: 'attend', id, token, name, session, socket: here(socket), room: newCode() },
        () => ({ ok: true, pupil: id, token }),
      );
    },
    /** Asks for the place of a pupil who is away. */
    reclaim(socket: string, code: string, pupil: string, { session }: Visitor): Promise<Answer<Answers['attend']>> {
      const id = newPlayer();
      const action: Action = { type: 'ask', id, pupil, session, socket: here(socket) };
      return enter(code, socket, { as: 'asking', id }, action, () => ({ ok: true, asked: true }));
    },
    async comeBack(
      socket: string,
      code: string,
      token: string,
      { session }: Visitor,
    ): Promise<Answer<Answers['attend']>> {
      const lesson = await registry.knownTo(code, token);
      const id = lesson?.pupils.find((each) => each.token === token)?.id;
      if (id === undefined) return refuse(lesson ? 'bad-token' : 'no-lesson');
      const action: Action = { type: 'return', token, session, socket: here(socket), room: newCode() };
      return enter(code, socket, { as: 'pupil', id }, action, () => ({ ok: true, pupil: id, token }));
    },
    /** Into the room that the pupil was dealt into. */
    async sit(socket: string, code: string, token: string, visitor: Visitor): Promise<Answer<Answers['sit']>> {
      const lesson = await registry.knownTo(code, token);
      if (!lesson) return refuse('no-lesson');
      const pupil = lesson.pupils.find((each) => each.token === token);
      if (!pupil) return refuse('bad-token');
      const { room } = pupil;
      // Asked again, until the client knows where the pupil sits.
      if (!room) return refuse('unavailable');
      const answer = await rooms.sit(
        socket,
        { code: room, lesson: code, number: lesson.rooms.indexOf(room), settings: roomSettings(lesson.settings) },
        pupil,
        visitor,
      );
      // Meanwhile the lesson may have ended, others been dealt in, or the pupil been removed: this room may be one too many.
      const out = () => {
        outbox.deafen(socket, room);
        return rooms.exit({ socket, code: room, player: pupil.id }, 'lost');
      };
      const later = answer.ok
        ? await store.read(code).catch(async (reason) => {
            await out();
            throw reason;
          })
        : lesson;
      if (later?.pupils.some((each) => each.token === token && each.room === room)) return answer;
      if (!later?.rooms.includes(room)) await lessonRooms.close([room]);
      else if (!later.pupils.some(({ id }) => id === pupil.id))
        await lessonRooms.direct([room], { type: 'leave', id: pupil.id });
      else await out();
      return refuse(later ? 'unavailable' : 'no-lesson');
    },
    /** Whether the socket is in it. */
    isIn: (socket: string, code: string): boolean => registry.get(code)?.members.has(socket) === true,
    /** The codes of its rooms, for its teacher. */
    roomsOf(socket: string, code: string): string[] | null {
      const live = registry.get(code);
      return live?.members.get(socket)?.as === 'teacher' ? live.lesson.rooms : null;
    },
    conduct: teacher.conduct,
    /** The socket is gone, or wants to be. */
    async exit(socket: string, code: string, how: 'lost' | 'left'): Promise<void> {
      const live = registry.get(code);
      if (!live?.members.delete(socket)) return;
      await change(code, { type: how === 'left' ? 'leave' : 'drop', socket: here(socket) });
      // Others may be here by now, or have closed it.
      if (live.members.size > 0 || registry.get(code) !== live) return;
      registry.close(live);
      if (!store.expires) endLater(code);
    },
    /** Whether there is one. */
    has: async (code: string): Promise<boolean> => (await registry.known(code)) !== null,
    count: registry.count,
    async close(): Promise<void> {
      clearInterval(refreshing);
      stopWatching();
      await Promise.race([settled(), wait(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      stop();
      for (const live of registry.all()) registry.close(live);
    },
  };
}
