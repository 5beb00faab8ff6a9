/**
 * A class at `/class`: its limits, and what its people see. In the code it is a lesson, as `class` means something else there. A
 * teacher opens it and decides; pupils come in with its code, and are dealt into rooms of the game.
 */
import type { Settings } from './protocol.ts';

export const PUPILS_LIMIT = 60;
/** Of a room, if there are enough pupils. */
export const LEAST_IN_ROOM = 4;
export const MOST_IN_ROOM = 8;
/** Pupils choose one of so many names. */
export const NAMES_OFFERED = 3;

/**
 * A pupil taps these in the order in which the teacher shows them, so that a code alone, which somebody told somebody, lets nobody
 * in. They look alike on no screen, at no size.
 */
export const PICTURES = ['🍎', '🌳', '⭐', '🐟', '🚗', '☂️', '🎈', '🔑', '🏠', '🌙', '🍄', '✂️'] as const;
export const PATTERN_LENGTH = 4;
/** A pattern is shown this long, and let in for as long again. ms */
export const PATTERN_EVERY = 60_000;

/** What a class plays, and who may come in. */
export interface LessonSettings extends Pick<Settings, 'rounds' | 'seconds' | 'pack' | 'difficulty' | 'words'> {
  /** So many in a room, if they can be dealt so. */
  size: number;
  /** Nobody new comes in. */
  locked: boolean;
  /** Whoever comes after the dealing gets a place in a room at once; else with the next dealing. */
  late: boolean;
  /** The projector shows every drawing, and not only those that the teacher lets through. */
  showAll: boolean;
}

export const DEFAULT_LESSON: LessonSettings = {
  rounds: 5,
  seconds: 30,
  pack: 'all',
  difficulty: 'easy',
  words: [],
  size: 5,
  locked: false,
  late: true,
  showAll: false,
};

/** One drawing of the lesson: of that pupil, in that round of that room. */
export interface LessonDrawing {
  room: string;
  round: number;
  pupil: string;
}

/** As far as the teacher saw it: what is drawn later is not let through with it. */
export interface ShownDrawing extends LessonDrawing {
  rev: number;
  strokes: number;
  /** Of the last of these strokes. */
  points: number;
}

export const isSameDrawing = (a: LessonDrawing, b: LessonDrawing): boolean =>
  a.room === b.room && a.round === b.round && a.pupil === b.pupil;

/** So many drawings are let through, or have a star, at once; the oldest go first. */
export const SHOWN_LIMIT = 24;
export const STARS_LIMIT = 200;

export type LessonView = TeacherView | PupilView;

/** What the teacher's page and the projector see. The rooms and what is drawn in them come as to anybody who watches them: `oversee`. */
export interface TeacherView {
  as: 'teacher';
  code: string;
  version: number;
  /** The server's clock when it sent this. ms since 1970 */
  now: number;
  settings: LessonSettings;
  /** The indices of PICTURES that let in now, and until when they are shown. ms */
  pattern: { pictures: number[]; ends: number };
  pupils: LessonPupil[];
  /** Who asks for the place of a pupil who is away, since their device forgot it. */
  asking: { id: string; pupil: string }[];
  /** The codes of the rooms, in the order of their numbers. */
  rooms: string[];
  /** No pen writes and no clock goes on. */
  paused: boolean;
  /** The projector shows nothing. */
  hidden: boolean;
  shown: ShownDrawing[];
  stars: LessonDrawing[];
}

export interface LessonPupil {
  id: string;
  name: string;
  /** Is connected. */
  here: boolean;
  /** The code of their room. */
  room: string | null;
}

export interface PupilView {
  as: 'pupil';
  code: string;
  version: number;
  now: number;
  id: string;
  name: string;
  /** The code of the room that they were dealt into. */
  room: string | null;
  /** Of that room, from 1. */
  number: number | null;
  /** How many pupils are here. */
  pupils: number;
  paused: boolean;
  /** Those that the teacher gave this pupil. */
  stars: number;
}

/** Why somebody is in the lesson no more. `replaced`: another tab or device has their place. */
export type Dismissal = 'removed' | 'ended' | 'replaced' | 'refused';
