/** The rules of a lesson, step by step. */
import { expect, test } from 'vitest';
import { LEAST_IN_ROOM, MOST_IN_ROOM, PATTERN_EVERY, PUPILS_LIMIT } from '../../shared/lesson.ts';
import { roomsFor } from '../../server/lesson/deal.ts';
import { type Action, type Lesson, newLesson } from '../../server/lesson/lesson.ts';
import { isPattern, patternAt } from '../../server/lesson/pattern.ts';
import { step } from '../../server/lesson/step.ts';
import { pupilView, teacherView } from '../../server/lesson/view.ts';

const empty = newLesson('ABCDE', 'secret', 'token', { qualities: ['Swift'], animals: ['Fox'], both: '{quality}' });
const attend = (n: number): Action => ({
  ...{ type: 'attend', id: `p${n}`, token: `t${n}`, name: `Name ${n}`, session: `s${n}`, socket: `a/${n}` },
  room: `LATE${n}`,
});
const codes = Array.from({ length: 15 }, (_, i) => `ROOM${i}`);

function after(lesson: Lesson, ...actions: Action[]): Lesson {
  return actions.reduce((now, action) => {
    const next = step(now, action);
    if (typeof next === 'string') throw new Error(`${action.type}: ${next}`);
    return next;
  }, lesson);
}

const withPupils = (n: number): Lesson => after(empty, ...Array.from({ length: n }, (_, i) => attend(i)));
const deal = (lesson: Lesson): Action => ({ type: 'deal', order: lesson.pupils.map(({ id }) => id), rooms: codes });
const sizes = ({ rooms, pupils }: Lesson): number[] =>
  rooms.map((room) => pupils.filter((pupil) => pupil.room === room).length);

test('rooms are never too large, and too small only if there are too few pupils', () => {
  for (let pupils = 1; pupils <= PUPILS_LIMIT; pupils++)
    for (let size = LEAST_IN_ROOM; size <= MOST_IN_ROOM; size++) {
      const rooms = roomsFor(pupils, size);
      expect(Math.ceil(pupils / rooms)).toBeLessThanOrEqual(MOST_IN_ROOM);
      if (pupils >= LEAST_IN_ROOM) expect(Math.floor(pupils / rooms)).toBeGreaterThanOrEqual(LEAST_IN_ROOM);
    }
});

test('deals those who are here into rooms that differ by one', () => {
  const lesson = withPupils(23);
  const dealt = after(lesson, { type: 'drop', socket: 'a/3' }, deal(lesson));
  expect(sizes(dealt).reduce((sum, each) => sum + each)).toBe(22);
  expect(Math.max(...sizes(dealt)) - Math.min(...sizes(dealt))).toBeLessThanOrEqual(1);
  expect(dealt.pupils[3]!.room).toBeNull();
});

test('whoever comes late sits in the smallest room, in a new one if all are full, or waits', () => {
  const lesson = withPupils(9);
  const late = after(lesson, deal(lesson), attend(20));
  expect(sizes(late)).toEqual([5, 5]);
  const full = after(late, ...[21, 22, 23, 24, 25, 26, 27].map(attend));
  expect([sizes(full), full.rooms.at(-1)]).toEqual([[8, 8, 1], 'LATE27']);
  const waiting = after(lesson, deal(lesson), { type: 'settings', settings: { late: false } }, attend(20));
  expect(waiting.pupils.at(-1)!.room).toBeNull();
  // Back from a device that was away when the others were dealt.
  const away = after(lesson, { type: 'drop', socket: 'a/0' }, deal(lesson));
  const back = after(away, { type: 'return', token: 't0', socket: 'a/9', session: null, room: 'LATE0' });
  expect(away.pupils[0]!.room).toBeNull();
  expect(back.rooms).toContain(back.pupils[0]!.room);
});

test('a locked class lets nobody new in, and everybody back', () => {
  const locked = after(withPupils(3), { type: 'settings', settings: { locked: true } });
  expect(step(locked, attend(4))).toBe('locked');
  const back = after(
    locked,
    { type: 'drop', socket: 'a/1' },
    { type: 'return', token: 't1', socket: 'b/1', session: null, room: '' },
  );
  expect(back.pupils[1]!.socket).toBe('b/1');
});

test('it has a limit, names are unique, and nobody is evicted', () => {
  const full = withPupils(PUPILS_LIMIT);
  expect(step(full, attend(99))).toBe('lesson-full');
  expect(step(withPupils(2), { ...attend(7), name: 'Name 1' } as Action)).toBe('nick-taken');
});

test('a place is given back only by the teacher, and only one that is away', () => {
  const lesson = withPupils(2);
  const ask: Action = { type: 'ask', id: 'q', pupil: 'p0', socket: 'a/9', session: 's9' };
  expect(step(lesson, ask)).toBe('seat-taken');
  const asked = after(lesson, { type: 'drop', socket: 'a/0' }, ask);
  expect(asked.pupils[0]).toMatchObject({ token: 't0', socket: null });
  const yes = after(asked, { type: 'answer', id: 'q', yes: true, token: 'new' });
  expect(yes.pupils[0]).toMatchObject({ id: 'p0', token: 'new', socket: 'a/9', session: 's9' });
  // The device that had it before is out.
  expect(step(yes, { type: 'return', token: 't0', socket: 'a/0', session: 's0', room: '' })).toBe('bad-token');
  const no = after(asked, { type: 'answer', id: 'q', yes: false, token: 'new' });
  expect([no.asking, no.pupils]).toEqual([[], asked.pupils]);
});

test('a removed pupil is gone with all that is shown of them, and does not come back', () => {
  const drawing = { room: 'ROOM0', round: 1, pupil: 'p1' };
  const lesson = after(
    withPupils(3),
    { type: 'show', drawing: { ...drawing, rev: 0, strokes: 1, points: 2 } },
    { type: 'star', drawing, on: true },
    { type: 'remove', pupil: 'p1' },
  );
  expect([lesson.pupils.length, lesson.shown, lesson.stars]).toEqual([2, [], []]);
  expect(step(lesson, { ...attend(8), session: 's1' } as Action)).toBe('kicked');
});

test('with a removed pupil go all places that were taken in the same browser', () => {
  const taken = [1, 8, 9].map((i) => ({ ...attend(i), session: 'one' }) as Action);
  const lesson = after(empty, ...taken, attend(2), { type: 'remove', pupil: 'p8' });
  expect(lesson.pupils.map(({ id }) => id)).toEqual(['p2']);
});

test('no secret is in a view', () => {
  const lesson = withPupils(2);
  const texts = [teacherView(lesson, 1000), pupilView(lesson, lesson.pupils[0]!, 1000)].map((view) =>
    JSON.stringify(view),
  );
  for (const text of texts)
    for (const secret of ['secret', 't0', 't1', 's0', 's1', 'a/0', 'token']) expect(text).not.toContain(`"${secret}"`);
});

test('the pictures change, and those of a moment ago are taken still', () => {
  const now = 50 * PATTERN_EVERY + 1;
  const patterns = new Set(
    Array.from({ length: 100 }, (_, i) => patternAt('secret', i * PATTERN_EVERY).pictures.join()),
  );
  expect(patterns.size).toBeGreaterThan(95);
  const { pictures, ends } = patternAt('secret', now);
  expect([isPattern('secret', pictures, ends), isPattern('secret', pictures, ends + PATTERN_EVERY)]).toEqual([
    true,
    false,
  ]);
  expect(isPattern('other', pictures, now)).toBe(false);
});

test('its teacher is there once on each connection, with the token alone', () => {
  const lesson = withPupils(1);
  const teaching: Action = { type: 'teach', token: 'token', socket: 'a/t' };
  const taught = after(lesson, teaching);
  expect(step(taught, teaching)).toBe(taught);
  expect(step(lesson, { ...teaching, token: 'guessed' })).toBe('bad-token');
});

test('ends for good, or when nobody is there', () => {
  expect(step(after(empty, { type: 'end' }), attend(0))).toBe('no-lesson');
  const lesson = withPupils(1);
  expect(step(lesson, { type: 'abandon' })).toBe(lesson);
  expect(after(lesson, { type: 'vanished', process: 'a' }, { type: 'abandon' }).over).toBe(true);
});
