/** The rules of a lesson. Pure: chance and connections come in with the action. */
import { isSameDrawing, MOST_IN_ROOM, PUPILS_LIMIT, SHOWN_LIMIT, STARS_LIMIT } from '../../shared/lesson.ts';
import type { Refusal } from '../../shared/protocol.ts';
import { dealt, roomsFor } from './deal.ts';
import type { Action, Lesson, Pupil } from './lesson.ts';
import { isDeserted } from './lesson.ts';

/** Requests for a place that wait for the teacher. */
const MOST_ASKING = 20;
/** What the lesson remembers; the oldest are forgotten first. */
const REMOVED_KEPT = 100;
const PAST_KEPT = 100;

/** The lesson after `action`, with the next version; the same object if nothing changed; or the refusal. */
export function step(lesson: Lesson, action: Action): Lesson | Refusal {
  if (lesson.over) return 'no-lesson';
  const next = act(lesson, action);
  return typeof next === 'string' || next === lesson ? next : { ...next, version: lesson.version + 1 };
}

function act(lesson: Lesson, action: Action): Lesson | Refusal {
  switch (action.type) {
    case 'teach':
      if (lesson.token !== action.token) return 'bad-token';
      if (lesson.teachers.includes(action.socket)) return lesson;
      return { ...lesson, teachers: [...lesson.teachers, action.socket] };
    case 'attend':
      return attend(lesson, action);
    case 'return':
      return comeBack(lesson, action);
    case 'ask':
      return ask(lesson, action);
    case 'answer':
      return answer(lesson, action);
    case 'drop':
      return without(lesson, (socket) => socket === action.socket);
    case 'leave': {
      const pupil = lesson.pupils.find(({ socket }) => socket === action.socket);
      return pupil ? withoutPupil(lesson, pupil) : without(lesson, (socket) => socket === action.socket);
    }
    case 'vanished':
      return without(lesson, (socket) => socket.startsWith(`${action.process}/`));
    case 'settings':
      return { ...lesson, settings: { ...lesson.settings, ...action.settings } };
    case 'deal':
      return deal(lesson, action);
    case 'started':
      return { ...lesson, paused: false, past: [...lesson.past, ...action.words].slice(-PAST_KEPT) };
    case 'pause':
      return lesson.paused === action.on ? lesson : { ...lesson, paused: action.on };
    case 'remove':
      return remove(lesson, action.pupil);
    case 'show': {
      const others = lesson.shown.filter((each) => !isSameDrawing(each, action.drawing));
      return { ...lesson, shown: [...others, action.drawing].slice(-SHOWN_LIMIT) };
    }
    case 'unshow':
      return { ...lesson, shown: lesson.shown.filter((each) => !isSameDrawing(each, action.drawing)) };
    case 'star': {
      const { room, round, pupil } = action.drawing;
      const others = lesson.stars.filter((each) => !isSameDrawing(each, action.drawing));
      return { ...lesson, stars: action.on ? [...others, { room, round, pupil }].slice(-STARS_LIMIT) : others };
    }
    case 'hide':
      return lesson.hidden === action.on ? lesson : { ...lesson, hidden: action.on };
    case 'end':
      return { ...lesson, over: true };
    case 'abandon':
      return isDeserted(lesson) ? { ...lesson, over: true } : lesson;
  }
}

const pupilOf = ({ pupils }: Lesson, id: string): Pupil | undefined => pupils.find((pupil) => pupil.id === id);

const withPupil = (lesson: Lesson, pupil: Pupil): Lesson => ({
  ...lesson,
  pupils: lesson.pupils.map((each) => (each.id === pupil.id ? pupil : each)),
});

const isRemoved = ({ removed }: Lesson, session: string | null): boolean =>
  session !== null && removed.includes(session);

/** Why nobody new may come in from this session; null if they may. */
export function entryRefusal(lesson: Lesson, session: string | null): Refusal | null {
  if (isRemoved(lesson, session)) return 'kicked';
  if (lesson.settings.locked) return 'locked';
  return lesson.pupils.length >= PUPILS_LIMIT ? 'lesson-full' : null;
}

function attend(
  lesson: Lesson,
  { id, token, name, socket, session, room }: Action & { type: 'attend' },
): Lesson | Refusal {
  const refusal = entryRefusal(lesson, session);
  if (refusal) return refusal;
  if (lesson.pupils.some((pupil) => pupil.name === name)) return 'nick-taken';
  const pupil: Pupil = { id, token, name, socket, session, room: null };
  const next = { ...lesson, pupils: [...lesson.pupils, pupil] };
  return settled(next, pupil, room);
}

/** Whoever was not here when the others were dealt into rooms gets a place now, or with the next dealing. */
const settled = (lesson: Lesson, pupil: Pupil, code: string): Lesson =>
  lesson.settings.late && lesson.rooms.length > 0 && pupil.room === null ? placed(lesson, pupil, code) : lesson;

/** In the room with the fewest pupils or, if all are full, in a new one. */
function placed(lesson: Lesson, pupil: Pupil, code: string): Lesson {
  const countIn = (room: string) => lesson.pupils.filter((each) => each.room === room).length;
  const [smallest] = [...lesson.rooms].sort((a, b) => countIn(a) - countIn(b));
  if (smallest !== undefined && countIn(smallest) < MOST_IN_ROOM)
    return withPupil(lesson, { ...pupil, room: smallest });
  return { ...withPupil(lesson, { ...pupil, room: code }), rooms: [...lesson.rooms, code] };
}

function comeBack(lesson: Lesson, { token, socket, session, room }: Action & { type: 'return' }): Lesson | Refusal {
  const pupil = lesson.pupils.find((each) => each.token === token);
  if (!pupil) return isRemoved(lesson, session) ? 'kicked' : 'bad-token';
  const back = { ...pupil, socket, session: session ?? pupil.session };
  return settled(withPupil(lesson, back), back, room);
}

function ask(lesson: Lesson, { id, pupil: whose, socket, session }: Action & { type: 'ask' }): Lesson | Refusal {
  if (isRemoved(lesson, session)) return 'kicked';
  const pupil = pupilOf(lesson, whose);
  if (!pupil) return 'unknown-player';
  if (pupil.socket !== null) return 'seat-taken';
  const others = lesson.asking.filter((each) => each.socket !== socket);
  if (others.length >= MOST_ASKING) return 'lesson-full';
  return { ...lesson, asking: [...others, { id, pupil: whose, socket, session }] };
}

function answer(lesson: Lesson, { id, yes, token }: Action & { type: 'answer' }): Lesson | Refusal {
  const asked = lesson.asking.find((each) => each.id === id);
  if (!asked) return 'unknown-player';
  const next = { ...lesson, asking: lesson.asking.filter((each) => each !== asked) };
  const pupil = pupilOf(lesson, asked.pupil);
  // Whoever is back meanwhile is not sent away for somebody who asked.
  if (!yes || pupil?.socket !== null) return next;
  return withPupil(next, { ...pupil, token, socket: asked.socket, session: asked.session });
}

/** Connections are gone. */
function without(lesson: Lesson, isGone: (socket: string) => boolean): Lesson {
  const isAffected =
    lesson.teachers.some(isGone) ||
    lesson.asking.some(({ socket }) => isGone(socket)) ||
    lesson.pupils.some(({ socket }) => socket !== null && isGone(socket));
  if (!isAffected) return lesson;
  return {
    ...lesson,
    teachers: lesson.teachers.filter((socket) => !isGone(socket)),
    asking: lesson.asking.filter(({ socket }) => !isGone(socket)),
    pupils: lesson.pupils.map((each) =>
      each.socket !== null && isGone(each.socket) ? { ...each, socket: null } : each,
    ),
  };
}

/** Those who are here get rooms; those who are away get theirs when they are back, in the next dealing. */
function deal(lesson: Lesson, { order, rooms }: Action & { type: 'deal' }): Lesson {
  const here = lesson.pupils
    .filter(({ socket }) => socket !== null)
    .sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  const codes = here.length === 0 ? [] : rooms.slice(0, roomsFor(here.length, lesson.settings.size));
  const roomOf = new Map(dealt(here, codes.length).map(([{ id }, room]) => [id, codes[room]!]));
  const pupils = lesson.pupils.map((pupil) => ({ ...pupil, room: roomOf.get(pupil.id) ?? null }));
  return { ...lesson, pupils, rooms: codes, shown: [], paused: false };
}

/** A pupil, and what is shown of them. */
function withoutPupil(lesson: Lesson, pupil: Pupil): Lesson {
  const isOther = (drawing: { pupil: string }) => drawing.pupil !== pupil.id;
  return {
    ...lesson,
    pupils: lesson.pupils.filter((each) => each !== pupil),
    asking: lesson.asking.filter(isOther),
    shown: lesson.shown.filter(isOther),
    stars: lesson.stars.filter(isOther),
  };
}

/** For good: nobody comes in from the pupil's session any more, and no other place of it is left. */
function remove(lesson: Lesson, id: string): Lesson | Refusal {
  const pupil = pupilOf(lesson, id);
  if (!pupil) return 'unknown-player';
  const { session } = pupil;
  if (session === null) return withoutPupil(lesson, pupil);
  const next = lesson.pupils.filter((each) => each.session === session).reduce(withoutPupil, lesson);
  const asking = next.asking.filter((each) => each.session !== session);
  return { ...next, asking, removed: [...lesson.removed, session].slice(-REMOVED_KEPT) };
}
