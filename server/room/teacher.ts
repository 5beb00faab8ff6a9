/** What a teacher does with a lesson and all its rooms. */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Conduct } from '../../shared/commands.ts';
import { LEAST_IN_ROOM, PUPILS_LIMIT } from '../../shared/lesson.ts';
import type { Answer, Refusal } from '../../shared/protocol.ts';
import type { Words } from '../../shared/verdict.ts';
import { isRefusal } from '../game/game.ts';
import { drawPrompts } from '../game/prompts.ts';
import { step } from '../lesson/step.ts';
import type { Lessons as Store } from '../storage/lessons.ts';
import { newCode, newMatch, newToken } from './ids.ts';
import type { LessonCommits } from './lesson-commits.ts';
import type { LessonRegistry, LiveLesson } from './lesson-registry.ts';
import type { LessonRooms } from './lesson-rooms.ts';
import { roomSettings } from './lesson-rooms.ts';
import type { Rooms } from './rooms.ts';

/** A dealing makes no more rooms. */
const MOST_ROOMS = PUPILS_LIMIT / LEAST_IN_ROOM;
/** After a dealing, pupils sit down within this. ms */
const SIT_DOWN_MS = 2_000;

interface Ports {
  store: Store;
  registry: Pick<LessonRegistry, 'get'>;
  commits: LessonCommits;
  rooms: Pick<Rooms, 'direct' | 'isDrawing'>;
  lessonRooms: LessonRooms;
  words: Words;
  /** The teacher ended the lesson. */
  ended(code: string): void;
}

const refuse = (why: Refusal): { ok: false; why: Refusal } => ({ ok: false, why });

export function createTeacher({ store, registry, commits, rooms, lessonRooms, words, ended }: Ports) {
  const { update, request } = commits;

  function isKnown(own: readonly string[]): boolean {
    const known = new Set(words.words.map(({ word }) => word));
    return own.every((word) => known.has(word));
  }

  async function deal(code: string): Promise<Answer> {
    let before: string[] = [];
    const order = shuffled(registry.get(code)?.lesson.pupils.map(({ id }) => id) ?? []);
    const codes = Array.from({ length: MOST_ROOMS }, newCode);
    const dealt = await store.update(code, (lesson) => {
      before = lesson.rooms;
      return step(lesson, { type: 'deal', order, rooms: codes });
    });
    if (isRefusal(dealt)) return refuse(dealt);
    // Everybody sits elsewhere by now, or is on the way.
    await lessonRooms.close(before);
    return { ok: true };
  }

  /** `only`: a room that was left out, while others play. */
  async function start({ lesson }: LiveLesson, only?: string): Promise<Answer> {
    if (only !== undefined && !lesson.rooms.includes(only)) return refuse('no-room');
    if (only !== undefined && lesson.paused) return refuse('wrong-phase');
    const settings = roomSettings(lesson.settings);
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
    await lessonRooms.inAll(started.rooms, startIn);
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
    const live = registry.get(code);
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
        await lessonRooms.direct(lesson.rooms, { type: 'pause', on: what.on });
        return request(code, { type: 'pause', on: what.on });
      case 'next':
        await lessonRooms.direct(lesson.rooms, {
          type: 'next',
          to: (await rooms.isDrawing(lesson.rooms)) ? 'reveal' : 'word',
        });
        return request(code, { type: 'pause', on: false });
      case 'finish':
        await lessonRooms.direct(lesson.rooms, { type: 'finish' });
        return request(code, { type: 'pause', on: false });
      case 'remove': {
        const after = await update(code, { type: 'remove', pupil: what.pupil });
        if (isRefusal(after)) return refuse(after);
        const out = lesson.pupils.filter(({ id }) => !after.pupils.some((each) => each.id === id));
        for (const { id, room } of out) if (room) await lessonRooms.direct([room], { type: 'leave', id });
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
        const over = await update(code, { type: 'end' });
        if (isRefusal(over)) return refuse(over);
        ended(code);
        await lessonRooms.close(over.rooms);
        void store.forget();
        return { ok: true };
      }
    }
  }

  return { conduct };
}

function shuffled<T>(list: readonly T[]): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
