/** A lesson as plain data. Only `step` (see step.ts) makes the next one; stores keep it as JSON. */
import type { LessonDrawing, LessonSettings, ShownDrawing } from '../../shared/lesson.ts';
import { DEFAULT_LESSON } from '../../shared/lesson.ts';

export interface Lesson {
  code: string;
  version: number;
  /** Chooses the pictures that let in; never leaves the server. */
  secret: string;
  /** The proof of its teacher. */
  token: string;
  /** The connections of the teacher, `process/socket`: the desk and the projector. */
  teachers: string[];
  names: Names;
  settings: LessonSettings;
  /** Those who are away keep their place. */
  pupils: Pupil[];
  /** Codes of games, in the order of the rooms' numbers. */
  rooms: string[];
  asking: { id: string; pupil: string; socket: string; session: string | null }[];
  paused: boolean;
  hidden: boolean;
  shown: ShownDrawing[];
  stars: LessonDrawing[];
  /** The sessions of pupils who were removed. */
  removed: string[];
  /** The words of its matches, the newest last. */
  past: string[];
  over: boolean;
}

/** Among the ids of its members; those of pupils are of hexadecimal digits. */
export const TEACHER = 'teacher';

/** `token`, `socket` and `session` never leave the server. */
export interface Pupil {
  id: string;
  token: string;
  name: string;
  /** The connection that they are on, `process/socket`; null while they are away. */
  socket: string | null;
  session: string | null;
  /** The code of their room. */
  room: string | null;
}

/** Every quality with every animal. `both` has them in braces: `{quality} {animal}`. */
export interface Names {
  qualities: string[];
  animals: string[];
  both: string;
}

export type Action =
  /** The desk or the projector is there. */
  | { type: 'teach'; token: string; socket: string }
  /** `room` is the code of a new room, if one is needed. */
  | ({ type: 'attend'; room: string } & Pick<Pupil, 'id' | 'token' | 'name' | 'session'> & { socket: string })
  | { type: 'return'; token: string; socket: string; session: string | null; room: string }
  | { type: 'ask'; id: string; pupil: string; socket: string; session: string | null }
  /** `token`: the pupil's new one. The device that had the place before is out. */
  | { type: 'answer'; id: string; yes: boolean; token: string }
  /** The connection is lost. */
  | { type: 'drop'; socket: string }
  /** Somebody does not come back. */
  | { type: 'leave'; socket: string }
  /** A process died, and with it all its connections. */
  | { type: 'vanished'; process: string }
  | { type: 'settings'; settings: Partial<LessonSettings> }
  /** Chance has put the pupils in order. `rooms`: new codes, enough for everybody. */
  | { type: 'deal'; order: string[]; rooms: string[] }
  | { type: 'started'; words: string[] }
  | { type: 'pause'; on: boolean }
  | { type: 'remove'; pupil: string }
  | { type: 'show'; drawing: ShownDrawing }
  | { type: 'unshow'; drawing: LessonDrawing }
  | { type: 'star'; drawing: LessonDrawing; on: boolean }
  | { type: 'hide'; on: boolean }
  | { type: 'end' }
  /** It ends if nobody is there. */
  | { type: 'abandon' };

export const newLesson = (code: string, secret: string, token: string, names: Names): Lesson => ({
  ...{ code, version: 0, secret, token, names },
  ...{ teachers: [], pupils: [], rooms: [], asking: [], shown: [], stars: [], removed: [], past: [] },
  settings: DEFAULT_LESSON,
  ...{ paused: false, hidden: false, over: false },
});

export const isDeserted = ({ teachers, pupils }: Lesson): boolean =>
  teachers.length === 0 && pupils.every(({ socket }) => socket === null);
