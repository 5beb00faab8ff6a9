/**
 * All lessons of this process. A lesson is a record that every process with people in it follows, as rooms are; its rooms are rooms of
 * the game (`rooms.ts`), in which its teacher is the host.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Conduct } from '../../shared/commands.ts';
import type { Dismissal, LessonSettings, LessonView } from '../../shared/lesson.ts';
import { LEAST_IN_ROOM, MOST_IN_ROOM, NAMES_OFFERED, PUPILS_LIMIT } from '../../shared/lesson.ts';
import type { Answer, Answers, Refusal, Settings } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import type { Words } from '../../shared/verdict.ts';
import { codesOfProcesses, watchForDeaths } from '../cluster/deaths.ts';
import type { Presence } from '../cluster/presence.ts';
import { connectionOf, processOf } from '../cluster/presence.ts';
import type { Action as GameAction, Visitor } from '../game/game.ts';
import { isRefusal } from '../game/game.ts';
import { drawPrompts } from '../game/prompts.ts';
import type { Action, Lesson, Names } from '../lesson/lesson.ts';
import { newLesson } from '../lesson/lesson.ts';
import { patternAt } from '../lesson/pattern.ts';
import { entryRefusal, step } from '../lesson/step.ts';
import { pupilView, teacherView } from '../lesson/view.ts';
import type { Log } from '../log.ts';
import type { Lessons as Store } from '../storage/lessons.ts';
import { Unavailable } from '../storage/store.ts';
import { newCode, newMatch, newPlayer, newToken } from './ids.ts';
import { createKnocks } from './knocks.ts';
import { createRetry } from './retry.ts';
import type { Rooms } from './rooms.ts';

/** The way out, to sockets of this process. */
export interface LessonOutbox {
  lesson(socket: string, view: LessonView): void;
  seat(socket: string, seat: { pupil: string; token: string }): void;
  dismissed(socket: string, why: Dismissal): void;
  /** It hears no more of a room in which it has no place. */
  deafen(socket: string, room: string): void;
}

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
/** A dealing makes no more rooms. */
const MOST_ROOMS = PUPILS_LIMIT / LEAST_IN_ROOM;
/** After a dealing, pupils sit down within this. ms */
const SIT_DOWN_MS = 2_000;
/** The longest that closing waits for a store that is unavailable. */
const CLOSE_TIMEOUT_MS = 3_000;

/** A socket here: the teacher's, a pupil's, or that of somebody who asks for a place. */
type Member = { as: 'teacher' } | { as: 'pupil'; id: string } | { as: 'asking'; id: string };

/** A lesson that somebody is in on this process. */
interface LiveLesson {
  lesson: Lesson;
  members: Map<string, Member>;
  /** Members whose entrance is not committed yet: the lesson does not know them. */
  entering: Set<string>;
  unwatch: () => void;
  /** Shows the teacher the next pictures. */
  pattern?: NodeJS.Timeout;
}

export type Lessons = ReturnType<typeof createLessons>;

const refuse = (why: Refusal): { ok: false; why: Refusal } => ({ ok: false, why });

export function createLessons({ store, presence, rooms, words, isOffensive, outbox, log, now }: LessonPorts) {
  const open = new Map<string, LiveLesson>();
  const opening = new Map<string, Promise<LiveLesson | null>>();
  /** Lessons that the last one here left, where they do not expire. */
  const abandoned = new Map<string, NodeJS.Timeout>();
  const knocks = createKnocks(now);
  const here = (socket: string): string => connectionOf(presence, socket);
  const { retry, settled, stop } = createRetry(failed, now);

  function failed(reason: unknown, code?: string): void {
    if (reason instanceof Unavailable) log.debug({ lesson: code, reason: reason.message }, 'the store is unavailable');
    else log.error({ lesson: code, err: reason }, 'a bug');
  }

  // ---------------------------------------------------------------- following the record

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
    if (live.lesson.over) knocks.forget(code);
    live.unwatch();
  }

  /** The lesson is a newer one: everybody here sees it, and those who have no place in it any more go. */
  function follow(live: LiveLesson, lesson: Lesson): void {
    if (lesson.version <= live.lesson.version) return;
    live.lesson = lesson;
    for (const socket of live.members.keys()) if (!live.entering.has(socket)) show(live, socket);
    if (!lesson.over) return;
    close(live);
    // Whoever ended it closes them, too, and may be gone before that.
    void closeRooms(lesson.rooms);
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

  const known = async (code: string): Promise<Lesson | null> => open.get(code)?.lesson ?? store.read(code);

  /** The copy here may be outdated: that there is no such token, only the store can say. */
  async function knownTo(code: string, token: string): Promise<Lesson | null> {
    const lesson = open.get(code)?.lesson;
    return lesson?.pupils.some((each) => each.token === token) ? lesson : store.read(code);
  }

  // ---------------------------------------------------------------- changing it

  const update = (code: string, action: Action): Promise<Lesson | Refusal> =>
    store.update(code, (lesson) => step(lesson, action));

  /** However long the store is unavailable. Resolves after the first attempt. */
  const change = (code: string, action: Action): Promise<void> => retry(code, () => update(code, action));

  async function request(code: string, action: Action): Promise<Answer> {
    const lesson = await update(code, action);
    return isRefusal(lesson) ? refuse(lesson) : { ok: true };
  }

  /** The socket is in the lesson as `member`, and hears of it: first the view, then the answer. */
  async function enter<T>(
    code: string,
    socket: string,
    member: Member,
    action: Action,
    answer: (lesson: Lesson) => Answer<T> | Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    let live = await find(code);
    // Whoever was alone in it may be out by now, and it closed here.
    while (live && open.get(code) !== live) live = await find(code);
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
      if (isRefusal(lesson)) leave(live, socket);
    }
    if (isRefusal(lesson)) return refuse(lesson);
    clearTimeout(abandoned.get(code));
    abandoned.delete(code);
    if (member.as === 'teacher') schedulePattern(live);
    show(live, socket);
    return answer(lesson);
  }

  /** Nothing else ends a lesson that nobody is in. */
  function endLater(code: string): void {
    clearTimeout(abandoned.get(code));
    const abandon = async () => {
      abandoned.delete(code);
      const ended = await update(code, { type: 'abandon' });
      if (!isRefusal(ended) && ended.over) await closeRooms(ended.rooms);
    };
    abandoned.set(code, setTimeout(() => void retry(code, abandon), ABANDONED_MS).unref());
  }

  /** The last one here closes it on this process. */
  function leave(live: LiveLesson, socket: string): void {
    live.members.delete(socket);
    if (live.members.size === 0) close(live);
  }

  // ---------------------------------------------------------------- what a teacher does

  const settingsOf = ({ rounds, seconds, pack, difficulty, words: own }: LessonSettings): Settings => ({
    ...DEFAULT_SETTINGS,
    ...{ rounds, seconds, pack, difficulty, words: own },
    ...{ seats: MOST_IN_ROOM, public: false, chat: false, spectators: false },
  });

  /** In all its rooms at once. One that refuses, since nobody sits in it or it is in another phase, stays as it is. */
  const inAll = (codes: readonly string[], act: (code: string) => Promise<unknown>): Promise<unknown> =>
    Promise.all(codes.map((code) => act(code).catch((reason) => failed(reason, code))));
  /** However long the store is unavailable. */
  const closeRooms = (codes: readonly string[]): Promise<unknown> =>
    Promise.all(codes.map((code) => retry(code, () => rooms.direct(code, { type: 'close' }))));
  const direct = (codes: readonly string[], action: GameAction): Promise<unknown> =>
    inAll(codes, (code) => rooms.direct(code, action));

  function isKnown(own: readonly string[]): boolean {
    const known = new Set(words.words.map(({ word }) => word));
    return own.every((word) => known.has(word));
  }

  async function deal(code: string): Promise<Answer> {
    let before: string[] = [];
    const order = shuffled(open.get(code)?.lesson.pupils.map(({ id }) => id) ?? []);
    const codes = Array.from({ length: MOST_ROOMS }, newCode);
    const dealt = await store.update(code, (lesson) => {
      before = lesson.rooms;
      return step(lesson, { type: 'deal', order, rooms: codes });
    });
    if (isRefusal(dealt)) return refuse(dealt);
    // Everybody sits elsewhere by now, or is on the way.
    await closeRooms(before);
    return { ok: true };
  }

  /** `only`: a room that was left out, while others play. */
  async function start({ lesson }: LiveLesson, only?: string): Promise<Answer> {
    if (only !== undefined && !lesson.rooms.includes(only)) return refuse('no-room');
    if (only !== undefined && lesson.paused) return refuse('wrong-phase');
    const settings = settingsOf(lesson.settings);
    const prompts = drawPrompts(words, settings, newMatch(), lesson.past);
    if (!prompts) return refuse('bad-settings');
    if (lesson.rooms.length === 0) return refuse('wrong-phase');
    const started = await update(lesson.code, { type: 'started', words: prompts.map(({ word }) => word) });
    if (isRefusal(started)) return refuse(started);
    const startIn = async (room: string) => {
      await isOpenSoon(room);
      await rooms.direct(room, { type: 'settings', by: null, settings });
      return rooms.direct(room, { type: 'start', by: null, match: newMatch(), prompts });
    };
    if (only !== undefined) return startIn(only);
    await inAll(started.rooms, startIn);
    return { ok: true };
  }

  /** A room that was dealt just now has a game once its first pupil sits down. The pause ends, if there is one. */
  async function isOpenSoon(room: string): Promise<void> {
    for (let waited = 0; waited < SIT_DOWN_MS; waited += SIT_DOWN_MS / 10) {
      const answer = await rooms.direct(room, { type: 'pause', on: false });
      if (answer.ok || answer.why !== 'no-room') return;
      await wait(SIT_DOWN_MS / 10, undefined, { ref: false });
    }
  }

  async function conduct(socket: string, code: string, what: Conduct): Promise<Answer> {
    const live = open.get(code);
    if (live?.members.get(socket)?.as !== 'teacher') return refuse('not-teacher');
    const { lesson } = live;
    switch (what.do) {
      case 'settings':
        if (!isKnown(what.settings.words ?? [])) return refuse('bad-settings');
        return request(code, { type: 'settings', settings: what.settings });
      case 'deal':
        return deal(code);
      case 'start':
        return start(live, what.room);
      case 'pause':
        // The pens first: the lesson only says so.
        await direct(lesson.rooms, { type: 'pause', on: what.on });
        return request(code, { type: 'pause', on: what.on });
      case 'next':
        await direct(lesson.rooms, { type: 'next', to: (await rooms.isDrawing(lesson.rooms)) ? 'reveal' : 'word' });
        return request(code, { type: 'pause', on: false });
      case 'finish':
        await direct(lesson.rooms, { type: 'finish' });
        return request(code, { type: 'pause', on: false });
      case 'remove': {
        const after = await update(code, { type: 'remove', pupil: what.pupil });
        if (isRefusal(after)) return refuse(after);
        const out = lesson.pupils.filter(({ id }) => !after.pupils.some((each) => each.id === id));
        for (const { id, room } of out) if (room) await direct([room], { type: 'leave', id });
        return { ok: true };
      }
      case 'answer':
        return request(code, { type: 'answer', id: what.id, yes: what.yes, token: newToken() });
      case 'show':
        return request(code, { type: 'show', drawing: what.drawing });
      case 'unshow':
        return request(code, { type: 'unshow', drawing: what.drawing });
      case 'star':
        return request(code, { type: 'star', drawing: what.drawing, on: what.on });
      case 'hide':
        return request(code, { type: 'hide', on: what.on });
      case 'end': {
        const ended = await update(code, { type: 'end' });
        if (isRefusal(ended)) return refuse(ended);
        knocks.forget(code);
        await closeRooms(ended.rooms);
        void store.forget();
        return { ok: true };
      }
    }
  }

  // ---------------------------------------------------------------- who is there

  function offers({ names, pupils }: Lesson): string[] {
    const taken = new Set(pupils.map(({ name }) => name));
    const offered = new Set<string>();
    for (let tries = 0; offered.size < NAMES_OFFERED && tries < 200; tries++) {
      const name = nameOf(names);
      if (!taken.has(name) && !isOffensive(name)) offered.add(name);
    }
    return [...offered];
  }

  const refreshing = setInterval(() => {
    knocks.forgetOld();
    store.refresh([...open.keys()]).catch((reason) => failed(reason));
  }, REFRESH_INTERVAL_MS);
  refreshing.unref();
  const stopWatching = watchForDeaths({
    presence,
    others: () =>
      codesOfProcesses(
        [...open.values()].flatMap(({ lesson: { code, pupils, teachers } }) =>
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
      const lesson = await known(code);
      if (!lesson) return refuse('no-lesson');
      const wrong = knocks.refusal(socket, address, lesson, pictures);
      if (wrong) return refuse(wrong);
      const refusal = entryRefusal(lesson, session);
      // Who was in it may come back to their place.
      if (refusal && refusal !== 'locked' && refusal !== 'lesson-full') return refuse(refusal);
      const away = lesson.pupils.filter((pupil) => pupil.socket === null).map(({ id, name }) => ({ id, name }));
      if (refusal && away.length === 0) return refuse(refusal);
      return { ok: true, names: refusal ? [] : offers(lesson), away };
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
      const lesson = await knownTo(code, token);
      const id = lesson?.pupils.find((each) => each.token === token)?.id;
      if (id === undefined) return refuse(lesson ? 'bad-token' : 'no-lesson');
      const action: Action = { type: 'return', token, session, socket: here(socket), room: newCode() };
      return enter(code, socket, { as: 'pupil', id }, action, () => ({ ok: true, pupil: id, token }));
    },
    /** Into the room that the pupil was dealt into. */
    async sit(socket: string, code: string, token: string, visitor: Visitor): Promise<Answer<Answers['sit']>> {
      const lesson = await knownTo(code, token);
      if (!lesson) return refuse('no-lesson');
      const pupil = lesson.pupils.find((each) => each.token === token);
      if (!pupil) return refuse('bad-token');
      const { room } = pupil;
      // Asked again, until the client knows where the pupil sits.
      if (!room) return refuse('unavailable');
      const answer = await rooms.sit(
        socket,
        { code: room, lesson: code, number: lesson.rooms.indexOf(room), settings: settingsOf(lesson.settings) },
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
      if (!later?.rooms.includes(room)) await closeRooms([room]);
      else if (!later.pupils.some(({ id }) => id === pupil.id)) await direct([room], { type: 'leave', id: pupil.id });
      else await out();
      return refuse(later ? 'unavailable' : 'no-lesson');
    },
    /** Whether the socket is in it. */
    isIn: (socket: string, code: string): boolean => open.get(code)?.members.has(socket) === true,
    /** The codes of its rooms, for its teacher. */
    roomsOf(socket: string, code: string): string[] | null {
      const live = open.get(code);
      return live?.members.get(socket)?.as === 'teacher' ? live.lesson.rooms : null;
    },
    conduct,
    /** The socket is gone, or wants to be. */
    async exit(socket: string, code: string, how: 'lost' | 'left'): Promise<void> {
      const live = open.get(code);
      if (!live?.members.delete(socket)) return;
      await change(code, { type: how === 'left' ? 'leave' : 'drop', socket: here(socket) });
      // Others may be here by now, or have closed it.
      if (live.members.size > 0 || open.get(code) !== live) return;
      close(live);
      if (!store.expires) endLater(code);
    },
    /** Whether there is one. */
    has: async (code: string): Promise<boolean> => (await known(code)) !== null,
    count: () => open.size,
    async close(): Promise<void> {
      clearInterval(refreshing);
      stopWatching();
      await Promise.race([settled(), wait(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      stop();
      for (const live of [...open.values()]) close(live);
    },
  };
}

function nameOf({ qualities, animals, both }: Names): string {
  const one = (list: string[]) => list[randomInt(list.length)]!;
  return both.replace('{quality}', one(qualities)).replace('{animal}', one(animals));
}

function shuffled<T>(list: readonly T[]): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
