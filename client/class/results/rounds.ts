/** What a teacher takes home of a class: each room's rounds, with everybody's drawing. Pure. */
import type { Stroke } from '../../../shared/ink.ts';
import type { LessonDrawing } from '../../../shared/lesson.ts';
import type { PlayerGuesses, RoomView, RoundResult } from '../../../shared/protocol.ts';

/** One round of one room. */
export interface LessonRound {
  /** The code of the room, and its number in the class. */
  room: string;
  number: number;
  /** As in LessonDrawing. */
  round: number;
  /** In its match, from 1. */
  place: number;
  word: string;
  /** By the server's clock. ms since 1970 */
  from: number;
  to: number;
  pupils: RoundPupil[];
}

export interface RoundPupil {
  id: string;
  name: string;
  recognized?: { at: number; points: number };
  /** What the recognizer took the drawing for, at the last. */
  guess?: { word: string; probability: number };
  strokes: Stroke[];
}

export const keyOf = ({ room, round }: Pick<LessonRound, 'room' | 'round'>): string => `${room}/${round}`;

export const starKey = ({ room, round, pupil }: LessonDrawing): string => `${room}/${round}/${pupil}`;

interface Seen {
  /** Of the room, in the class. */
  number: number;
  strokesOf(pupil: string): Stroke[];
  guessesOf(pupil: string): PlayerGuesses | undefined;
}

/** The rounds that a view tells of: on the podium, those of the whole match. */
export function roundsOf(view: RoomView, { number, strokesOf, guessesOf }: Seen): LessonRound[] {
  const { code: room, players, phase, now } = view;
  const make = (result: RoundResult, place: number, from: number, isNewest: boolean): LessonRound => ({
    ...{ room, number, place, from, to: Math.max(from, now), round: result.round, word: result.prompt },
    pupils: players
      .filter(({ id, playing }) => playing || result.recognized.some(({ player }) => player === id))
      .map(({ id, nick }) => {
        const recognition = result.recognized.find(({ player }) => player === id);
        const best = isNewest ? guessesOf(id)?.top[0] : undefined;
        return {
          ...{ id, name: nick, strokes: isNewest ? strokesOf(id) : [] },
          ...(recognition && { recognized: { at: recognition.at, points: recognition.points } }),
          ...(recognition
            ? { guess: { word: recognition.word, probability: recognition.probability } }
            : best && { guess: { word: best[0], probability: best[1] } }),
        };
      }),
  });
  if (phase.name === 'reveal') return [make(phase.result, phase.number, phase.started ?? now, true)];
  if (phase.name !== 'podium') return [];
  return phase.results.map((result, i) => make(result, i + 1, now, i === phase.results.length - 1));
}

/** What is newly seen of a round, with what was seen of it before: a reload loses drawings that this browser has kept. */
export function merged(before: LessonRound | undefined, seen: LessonRound): LessonRound {
  if (!before) return seen;
  const pupils = seen.pupils.map((pupil) => {
    const old = before.pupils.find(({ id }) => id === pupil.id);
    return { ...old, ...pupil, strokes: pupil.strokes.length > 0 ? pupil.strokes : (old?.strokes ?? []) };
  });
  const left = before.pupils.filter(({ id }) => !pupils.some((pupil) => pupil.id === id));
  return { ...seen, from: before.from, to: Math.max(before.from, before.to), pupils: [...pupils, ...left] };
}

export interface NumberedRound extends LessonRound {
  /** From 1: all rooms play a match at the same time. */
  match: number;
}

/** In the order in which they were played: by match, word and room. */
export function numbered(rounds: readonly LessonRound[]): NumberedRound[] {
  // Within a match, a room's rounds count as its words do.
  const groups = new Map<string, LessonRound[]>();
  for (const round of rounds) {
    const key = `${round.room} ${round.round - round.place}`;
    groups.set(key, [...(groups.get(key) ?? []), round]);
  }
  const spans = [...groups.values()].map((group) => ({
    group,
    from: Math.min(...group.map(({ from }) => from)),
    to: Math.max(...group.map(({ to }) => to)),
  }));
  spans.sort((a, b) => a.from - b.from);
  const all: NumberedRound[] = [];
  let match: NumberedRound[] = [];
  let until = -Infinity;
  for (const { group, from, to } of spans) {
    const [{ room }] = group as [LessonRound];
    const hasWordOf = (one: LessonRound) => group.some(({ place, word }) => place === one.place && word === one.word);
    // What was first seen on the podium, after a reload, comes late; but all rooms have the same words.
    const belongs = (from < until || match.some(hasWordOf)) && match.every((each) => each.room !== room);
    const number = (match[0]?.match ?? 0) + (belongs ? 0 : 1);
    const numbers = group.map((round) => ({ ...round, match: number }));
    match = belongs ? [...match, ...numbers] : numbers;
    until = Math.max(until, to);
    all.push(...numbers);
  }
  return all.sort((a, b) => a.match - b.match || a.place - b.place || a.number - b.number);
}
