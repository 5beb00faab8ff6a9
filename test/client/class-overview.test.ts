/** The teacher's overview of all rooms, over a link whose every event the test decides; and a client outside, on the same socket. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOverview, type Overview } from '../../client/class/overview.ts';
import { cutAt, momentOf } from '../../client/class/moment.ts';
import { createCaptures } from '../../client/class/projector/captures.ts';
import { plainCell } from '../../client/net/cell.ts';
import type { Link } from '../../client/net/link.ts';
import { createRoom } from '../../client/net/room.ts';
import { createServerClock } from '../../client/net/server-clock.ts';
import { DEFAULT_LESSON, type TeacherView } from '../../shared/lesson.ts';
import type { LiveFrame } from '../../shared/protocol.ts';
import { packFrame } from '../../shared/wire.ts';

type Handler = (payload?: unknown) => void;

let handlers: Map<string, Set<Handler>>;
let asked: number;
let overview: Overview;
let link: Link;
let answers: { ok: boolean };

const emit = (event: string, payload?: unknown) => {
  for (const handler of handlers.get(event) ?? []) handler(payload);
};

const pupil = (id: string, room: string | null = 'AAAAA', here = true) => ({ id, name: id, here, room });
const lessonView = (changes: Partial<TeacherView> = {}): TeacherView => ({
  ...{ as: 'teacher', code: 'CLASS', version: 1, now: 0, settings: DEFAULT_LESSON },
  pattern: { pictures: [0, 1, 2], ends: 0 },
  pupils: [pupil('ann'), pupil('ben', 'BBBBB')],
  rooms: ['AAAAA', 'BBBBB'],
  ...{ asking: [], paused: false, hidden: false, shown: [], stars: [] },
  ...changes,
});
const player = (id: string) => ({ id, nick: id, playing: true });
const view = (code: string, players: string[], round: number, name = 'drawing', version = 1) => ({
  ...{ code, lesson: true, now: 0, version, players: players.map(player) },
  phase:
    name === 'drawing'
      ? { name, round, number: 1, of: 2, prompt: 'cat', started: 0, ends: 1, recognized: [] }
      : { name, round, number: 1, of: 2, ends: 1, result: { round, prompt: 'cat', recognized: [] } },
});
const chunk = (player: string, from: number, points: number[], stroke = 0, rev = 0) => ({
  player,
  rev,
  stroke,
  from,
  points,
});
const live = (round: number, ...chunks: LiveFrame['chunks']) => emit('live', packFrame({ round, chunks, guesses: [] }));

beforeEach(() => {
  vi.useFakeTimers();
  handlers = new Map();
  asked = 0;
  answers = { ok: true };
  const socket = {
    connected: true,
    on(event: string, handler: Handler) {
      handlers.set(event, (handlers.get(event) ?? new Set()).add(handler));
    },
    off: (event: string, handler: Handler) => handlers.get(event)?.delete(handler),
  };
  link = { socket, probeIfSilent: () => undefined, send: () => undefined } as never as Link;
  overview = createOverview({
    client: { link, clock: createServerClock(() => performance.now()) },
    lesson: {
      state: () => ({ at: 'inside', view: lessonView() }),
      async oversee() {
        asked++;
        return answers as { ok: true };
      },
    },
    cell: plainCell,
  });
});
afterEach(() => {
  overview.close();
  expect([...handlers.values()].every((all) => all.size === 0)).toBe(true);
  vi.useRealTimers();
});

const both = () => {
  emit('room', view('AAAAA', ['ann'], 1));
  emit('room', view('BBBBB', ['ben'], 5));
};

test('asks at once, again while a room is missing, and no more once all are there', async () => {
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toBe(1);
  emit('room', view('AAAAA', ['ann'], 1));
  await vi.advanceTimersByTimeAsync(1_500);
  expect(asked).toBe(2);
  emit('room', view('BBBBB', ['ben'], 5));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBeLessThanOrEqual(3);
  const before = asked;
  emit('lesson', lessonView({ version: 2, rooms: ['AAAAA', 'BBBBB', 'CCCCC'], pupils: [pupil('cleo', 'CCCCC')] }));
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toBe(before + 1);
});

test('asks again after a refusal, and after a lost link', async () => {
  answers = { ok: false };
  await vi.advanceTimersByTimeAsync(3_100);
  expect(asked).toBe(4);
  answers = { ok: true };
  both();
  await vi.advanceTimersByTimeAsync(10_000);
  const before = asked;
  live(1, chunk('ann', 0, [1, 1]));
  emit('connect');
  // What was drawn before may be erased by now.
  expect(overview.inkOf('ann').strokes).toEqual([]);
  emit('lesson', lessonView());
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toBe(before + 1);
});

test('finds the room of each frame, and mends a gap', async () => {
  both();
  await vi.advanceTimersByTimeAsync(5_000);
  live(1, chunk('ann', 0, [1, 1, 2, 2]));
  live(5, chunk('ben', 0, [3, 3]));
  // Of another room's round, and of one that is over.
  live(5, chunk('ann', 2, [9, 9]));
  live(4, chunk('ben', 1, [9, 9]));
  expect(overview.inkOf('ann')).toEqual({ rev: 0, strokes: [[1, 1, 2, 2]] });
  expect(overview.inkOf('ben')).toEqual({ rev: 0, strokes: [[3, 3]] });
  const before = asked;
  live(1, chunk('ann', 5, [6, 6]));
  live(1, chunk('ann', 6, [7, 7]));
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toBe(before + 1);
  emit('ink', { round: 1, player: 'ann', rev: 0, strokes: [[1, 1, 2, 2, 3, 3, 4, 4, 5, 5]] });
  expect(overview.inkOf('ann').strokes).toEqual([[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]]);
});

test('tells of ink and guesses ten times a second at most', async () => {
  both();
  await vi.advanceTimersByTimeAsync(5_000);
  let told = 0;
  const stop = overview.onInk('ann', () => told++);
  for (let i = 0; i < 100; i++) {
    live(1, chunk('ann', i, [i, i]));
    emit(
      'live',
      packFrame({
        round: 1,
        chunks: [],
        guesses: [{ player: 'ann', sureness: 'guessing', top: [['cat', i / 100]], target: 0 }],
      }),
    );
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toBeGreaterThan(8);
  expect(told).toBeLessThanOrEqual(12);
  expect(overview.guessesOf('ann')!.top).toEqual([['cat', 0.99]]);
  stop();
  live(1, chunk('ann', 100, [1, 1]));
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toBeLessThanOrEqual(12);
});

test('a round’s end is told once, and again when more of it arrives; the next round begins blank', async () => {
  both();
  const results: string[] = [];
  overview.onResult((room) => results.push(room));
  live(1, chunk('ann', 0, [1, 1]));
  emit('room', view('AAAAA', ['ann'], 1, 'reveal', 2));
  emit('room', view('AAAAA', ['ann'], 1, 'reveal', 3));
  expect(results).toEqual(['AAAAA']);
  emit('ink', { round: 1, player: 'ann', rev: 0, strokes: [[1, 1, 2, 2]] });
  expect(results).toEqual(['AAAAA', 'AAAAA']);
  emit('room', view('AAAAA', ['ann'], 2, 'drawing', 4));
  expect(overview.inkOf('ann').strokes).toEqual([]);
});

test('forgets the rooms of an earlier dealing', async () => {
  both();
  live(1, chunk('ann', 0, [1, 1]));
  emit('lesson', lessonView({ rooms: ['CCCCC'], pupils: [pupil('ann', 'CCCCC'), pupil('ben', 'CCCCC')] }));
  expect(overview.view('AAAAA')).toBeUndefined();
  expect(overview.inkOf('ann').strokes).toEqual([]);
  // The old room's last words.
  emit('room', view('AAAAA', ['ann'], 1, 'reveal', 9));
  expect(overview.view('AAAAA')).toBeUndefined();
});

test('a client outside keeps nothing of what its overview gets', () => {
  const room = createRoom({ link, clock: createServerClock(() => 0), now: () => 0, cell: plainCell });
  let changes = 0;
  room.onChange(() => changes++);
  both();
  live(1, chunk('ann', 0, [1, 1]));
  emit('ink', { round: 1, player: 'ann', rev: 0, strokes: [[1, 1]] });
  expect(room.inside()).toBeUndefined();
  // Once it enters a room, nothing of that is applied.
  room.beginEntering();
  room.admit(undefined);
  expect(room.inside()).toBeUndefined();
  expect(changes).toBe(0);
  for (const all of handlers.values()) all.clear();
  overview.close();
});

test('cuts a drawing where it was seen', () => {
  const ink = {
    rev: 2,
    strokes: [
      [1, 1, 2, 2],
      [3, 3],
      [4, 4, 5, 5, 6, 6],
    ],
  };
  expect(momentOf(ink)).toEqual({ rev: 2, strokes: 3, points: 3 });
  expect(cutAt(ink, { rev: 2, strokes: 3, points: 1 })).toEqual([
    [1, 1, 2, 2],
    [3, 3],
    [4, 4],
  ]);
  expect(cutAt(ink, { rev: 2, strokes: 1, points: 2 })).toEqual([[1, 1, 2, 2]]);
  expect(cutAt(ink, { rev: 1, strokes: 1, points: 2 })).toBeUndefined();
  expect(cutAt(ink, { rev: 2, strokes: 4, points: 1 })).toBeUndefined();
  expect(cutAt(ink, { rev: 2, strokes: 3, points: 4 })).toBeUndefined();
  expect(cutAt(ink, { rev: 2, strokes: 0, points: 0 })).toBeUndefined();
});

test('what was let through stays as it was, whatever becomes of the drawing', () => {
  const ink = { rev: 0, strokes: [[1, 1, 2, 2]] };
  const captures = createCaptures({ inkOf: () => ink });
  const drawing = { room: 'AAAAA', round: 1, pupil: 'ann' };
  const shown = { ...drawing, rev: 0, strokes: 1, points: 2 };
  let round = 1;
  captures.follow([shown], () => round);
  ink.strokes[0]!.push(3, 3);
  expect(captures.strokesOf(drawing)).toEqual([[1, 1, 2, 2]]);
  ink.rev = 1;
  ink.strokes = [];
  round = 2;
  captures.follow([shown], () => round);
  expect(captures.strokesOf(drawing)).toEqual([[1, 1, 2, 2]]);
  // A later moment that cannot be cut out any more.
  captures.follow([{ ...shown, points: 3 }], () => round);
  expect(captures.strokesOf(drawing)).toEqual([[1, 1, 2, 2]]);
  const reloaded = createCaptures({ inkOf: () => ink });
  reloaded.follow([shown], () => round);
  expect(reloaded.strokesOf(drawing)).toBeUndefined();
  captures.follow([], () => round);
  expect(captures.strokesOf(drawing)).toBeUndefined();
});
