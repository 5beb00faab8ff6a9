/** The rules of a lesson and of the pause, whatever happens in whatever order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal, newGame, PACE } from '../../server/game/game.ts';
import type { Action as GameAction, Game } from '../../server/game/game.ts';
import { deadline, step as stepGame } from '../../server/game/step.ts';
import { type Action, type Lesson, newLesson } from '../../server/lesson/lesson.ts';
import { step } from '../../server/lesson/step.ts';
import { pupilView, teacherView } from '../../server/lesson/view.ts';
import { MOST_IN_ROOM, PUPILS_LIMIT, SHOWN_LIMIT, STARS_LIMIT } from '../../shared/lesson.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { comeBack, drop, ok, PROMPTS, room } from '../support/game.ts';

/** Every secret carries a mark that no public id, name or code has. */
const MARKED = /(?:TOKEN|SESSION|SOCKET|SECRET|NAMES)</;
const TEACHER = 'TOKEN<teacher>';
const EMPTY = newLesson('ABCDE', 'SECRET<pictures>', TEACHER, {
  qualities: ['NAMES<swift>'],
  animals: ['NAMES<fox>'],
  both: '{quality} {animal}',
});

/** More pupils than a lesson takes, on fewer sockets. */
const pupil = fc.nat(PUPILS_LIMIT + 6);
const socket = fc.tuple(fc.nat(1), fc.nat(30)).map(([process, n]) => `p${process}/SOCKET<${n}>`);
const session = fc.option(
  fc.nat(20).map((n) => `SESSION<${n}>`),
  { nil: null },
);
const idOf = (n: number) => `pupil${n}`;
const tokenOf = (n: number) => `TOKEN<${n}>`;
const drawing = fc
  .record({ n: pupil, round: fc.nat(5), points: fc.nat(90) })
  .map(({ n, round, points }) => ({ ...{ room: 'ROOM', round, pupil: idOf(n) }, rev: 0, strokes: 1, points }));

const attend: fc.Arbitrary<Action> = fc
  .record({ n: pupil, name: fc.nat(80), socket, session, code: fc.nat() })
  .map(({ n, name, code, ...on }) => ({
    ...{ type: 'attend', id: idOf(n), token: tokenOf(n), name: `Name ${name}`, room: `LATE${code}` },
    ...on,
  }));
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: attend },
  {
    weight: 3,
    arbitrary: fc
      .record({ n: pupil, socket, session, code: fc.nat() })
      .map(({ n, code, ...on }): Action => ({ type: 'return', token: tokenOf(n), room: `LATE${code}`, ...on })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ id: fc.nat(9), n: pupil, socket, session })
      .map(({ id, n, ...on }): Action => ({ type: 'ask', id: `ask${id}`, pupil: idOf(n), ...on })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ id: fc.nat(9), yes: fc.boolean(), n: pupil })
      .map(({ id, yes, n }): Action => ({ type: 'answer', id: `ask${id}`, yes, token: `TOKEN<new ${n}>` })),
  },
  { weight: 3, arbitrary: socket.map((socket): Action => ({ type: 'drop', socket })) },
  { weight: 1, arbitrary: fc.nat(1).map((n): Action => ({ type: 'vanished', process: `p${n}` })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ size: fc.integer({ min: 4, max: 8 }), locked: fc.boolean(), late: fc.boolean() })
      .map((settings): Action => ({ type: 'settings', settings })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.shuffledSubarray(Array.from({ length: PUPILS_LIMIT }, (_, i) => idOf(i))), fc.nat()).map(
      ([order, n]): Action => ({
        ...{ type: 'deal', order },
        rooms: Array.from({ length: 15 }, (_, i) => `ROOM${n}.${i}`),
      }),
    ),
  },
  { weight: 1, arbitrary: fc.boolean().map((on): Action => ({ type: 'pause', on })) },
  { weight: 1, arbitrary: fc.boolean().map((on): Action => ({ type: 'hide', on })) },
  { weight: 1, arbitrary: pupil.map((n): Action => ({ type: 'remove', pupil: idOf(n) })) },
  { weight: 1, arbitrary: drawing.map((drawing): Action => ({ type: 'show', drawing })) },
  { weight: 1, arbitrary: drawing.map((drawing): Action => ({ type: 'unshow', drawing })) },
  {
    weight: 1,
    arbitrary: fc.tuple(drawing, fc.boolean()).map(([drawing, on]): Action => ({ type: 'star', drawing, on })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(socket, fc.boolean()).map(
      ([socket, isRight]): Action => ({
        ...{ type: 'teach', socket },
        token: isRight ? TEACHER : tokenOf(0),
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ type: 'abandon' }) },
);

function check(lesson: Lesson): void {
  const { pupils, rooms, shown, stars } = lesson;
  const unique = (list: unknown[]) => expect(new Set(list).size).toBe(list.length);
  unique(pupils.map(({ name }) => name));
  unique(pupils.map(({ id }) => id));
  unique(rooms);
  for (const pupil of pupils) if (pupil.room !== null) expect(rooms).toContain(pupil.room);
  for (const each of rooms)
    expect(pupils.filter((pupil) => pupil.room === each).length).toBeLessThanOrEqual(MOST_IN_ROOM);
  expect(pupils.length).toBeLessThanOrEqual(PUPILS_LIMIT);
  expect(shown.length).toBeLessThanOrEqual(SHOWN_LIMIT);
  expect(stars.length).toBeLessThanOrEqual(STARS_LIMIT);
  for (const view of [teacherView(lesson, 1000), ...pupils.slice(0, 2).map((each) => pupilView(lesson, each, 1000))])
    expect(JSON.stringify(view)).not.toMatch(MARKED);
}

/** Ids are new. */
const isKnown = ({ pupils }: Lesson, action: Action): boolean =>
  action.type === 'attend' && pupils.some(({ id }) => id === action.id);

/** A class that has many pupils to begin with. */
const actions = fc.tuple(
  fc.array(attend, { maxLength: 200, size: 'max' }),
  fc.array(action, { maxLength: 120, size: 'max' }),
);

test('names are unique, rooms are there and not too large, limits hold, and no secret is in a view', () => {
  fc.assert(
    fc.property(actions, ([first, then]) => {
      let lesson = EMPTY;
      for (const each of [...first, ...then]) {
        if (isKnown(lesson, each)) continue;
        const next = step(lesson, each);
        if (typeof next === 'string' || next === lesson) continue;
        expect(next.version).toBe(lesson.version + 1);
        lesson = next;
        check(lesson);
      }
    }),
    { numRuns: 100 },
  );
});

test('somebody who is here loses their place to nobody but the teacher', () => {
  fc.assert(
    fc.property(actions, ([first, then]) => {
      let lesson = EMPTY;
      for (const each of [...first, ...then]) {
        if (isKnown(lesson, each)) continue;
        const next = step(lesson, each);
        if (typeof next === 'string') continue;
        for (const { id, token, socket } of lesson.pupils) {
          const after = next.pupils.find((pupil) => pupil.id === id);
          if (each.type === 'remove') continue;
          expect(after).toBeDefined();
          const isOwn = each.type === 'return' && each.token === token;
          const isLost = each.type === 'drop' || each.type === 'vanished';
          if (socket !== null && !isOwn && !isLost) expect(after).toMatchObject({ token, socket });
        }
        lesson = next;
      }
    }),
    { numRuns: 100 },
  );
});

// ---------------------------------------------------------------- the pause

const START = 100_000;

/** A match of two pupils in a lesson, whose countdown begins at START. */
function started(): Game {
  const game = {
    ...newGame('ABCDE', { ...DEFAULT_SETTINGS, rounds: 2, seconds: 30, finale: false }, PACE, START),
    lesson: 'CLASS',
  };
  const sit = (id: string) =>
    ({ type: 'join', id, token: `token-${id}`, nick: id, socket: `s-${id}`, lesson: 'CLASS' }) as const;
  const sat = ok(stepGame(ok(stepGame(game, sit('ann'), START)), sit('bob'), START));
  return ok(stepGame(sat, { type: 'start', by: null, match: 'm', prompts: PROMPTS }, START));
}

/** Lets time pass, as processes do: a tick at every deadline, and some for nothing. Every phase as it begins. */
function pass(game: Game, from: number, to: number, phases: [string, number][]): Game {
  let now = game;
  const tick = (at: number) => {
    const next = ok(stepGame(now, { type: 'tick' }, at));
    if (next.phase.name !== now.phase.name || next.round !== now.round) phases.push([next.phase.name, at]);
    now = next;
  };
  for (let at = Math.max(from, deadline(now)); at <= to; at = Math.max(at, deadline(now))) tick(at);
  tick(to);
  return now;
}

const waits = fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 40_000 })), {
  minLength: 1,
  maxLength: 8,
});

test('a pause shifts all that comes by its time, and no phase passes meanwhile', () => {
  const end = 400_000;
  const plain: [string, number][] = [];
  pass(started(), START, START + end, plain);
  fc.assert(
    fc.property(waits, (pauses) => {
      let game = started();
      let now = START;
      /** All that was paused, and the clock of the game at each pause. */
      let paused = 0;
      const phases: [string, number][] = [];
      const seen = () => JSON.stringify([game.phase, game.round, game.match?.results]);
      for (const [running, standing] of pauses) {
        const before: [string, number][] = [];
        game = pass(game, now, now + running, before);
        phases.push(...before.map(([name, at]): [string, number] => [name, at - paused]));
        now += running;
        game = ok(stepGame(game, { type: 'pause', on: true }, now));
        const still = seen();
        // Once more changes nothing.
        expect(ok(stepGame(game, { type: 'pause', on: true }, now + 1))).toBe(game);
        game = pass(game, now, now + standing, []);
        expect(seen()).toBe(still);
        now += standing;
        paused += standing;
        game = ok(stepGame(game, { type: 'pause', on: false }, now));
        expect(game.paused).toBeUndefined();
      }
      const rest: [string, number][] = [];
      pass(game, now, now + end, rest);
      phases.push(...rest.map(([name, at]): [string, number] => [name, at - paused]));
      expect(phases).toEqual(plain);
    }),
    { numRuns: 300 },
  );
});

test('nobody who is away during a pause ends a round by it', () => {
  let game = pass(started(), START, START + 3000, []);
  expect(game.phase.name).toBe('drawing');
  game = ok(stepGame(game, { type: 'pause', on: true }, START + 5000));
  game = ok(stepGame(game, drop('ann'), START + 6000));
  game = pass(game, START + 6000, START + 90_000, []);
  expect([game.phase.name, game.seats.length]).toEqual(['drawing', 2]);
  // The time to draw is not over: what is drawn after the pause is not judged yet.
  expect(ok(stepGame(game, { type: 'judged', process: 'a', round: game.round }, START + 80_000))).toBe(game);
  game = ok(stepGame(game, { ...comeBack('ann'), lesson: game.lesson! } as GameAction, START + 90_000));
  game = ok(stepGame(game, { type: 'pause', on: false }, START + 90_000));
  expect(game.phase).toMatchObject({ name: 'drawing', ends: START + 3000 + 30_000 + 85_000 });
});

test('only a lesson is paused', () => {
  expect(isRefusal(stepGame(room(), { type: 'pause', on: true }, 1))).toBe(true);
});
