import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action, Game, Prompt } from '../../server/game/game.ts';
import { deadline, drawingRefusal, isRefusal, newGame, PACE, step } from '../../server/game/game.ts';
import { drawPrompts } from '../../server/game/prompts.ts';
import { points } from '../../server/game/score.ts';
import { standing, view } from '../../server/game/view.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { testWords } from '../support/words.ts';

const PROMPTS: Prompt[] = [
  { word: 'cat', difficulty: 'easy', factor: 1 },
  { word: 'sun', difficulty: 'hard', factor: 1.5 },
];

/** Folds actions over a new room; each is `[ms, action]`. A refusal fails the test. */
function play(...acts: [number, Action][]): Game {
  return acts.reduce((game, [now, action]) => ok(step(game, action, now)), room());
}
const room = () => newGame('ABCDE', DEFAULT_SETTINGS, PACE, 0);
function ok(result: ReturnType<typeof step>): Game {
  if (isRefusal(result)) throw new Error(`refused: ${result}`);
  return result;
}
const join = (id: string): Action => ({ type: 'join', id, token: `token-${id}`, nick: id, socket: `s-${id}` });
const start: Action = { type: 'start', by: 'ann', match: 'm', prompts: PROMPTS };
const tick: Action = { type: 'tick' };
const recognized = (id: string, round: number, at: number): Action => ({
  type: 'recognized',
  id,
  round,
  at,
  word: 'cat',
  probability: 0.8,
});
/** Ticks at every deadline up to `until`. */
function run(game: Game, until: number): Game {
  for (let at = deadline(game); at <= until; at = deadline(game)) game = ok(step(game, tick, at));
  return game;
}
const phase = (game: Game) => view(game, 0).phase;

describe('a match', () => {
  const lobby = play([0, join('ann')], [0, join('bob')]);

  test('has a countdown, rounds with reveals, a podium and a rematch', () => {
    let game = ok(step(lobby, start, 1000));
    expect(phase(game)).toEqual({ name: 'countdown', ends: 4000, round: 1, number: 1, of: 2 });
    game = ok(step(game, tick, 4000));
    expect(phase(game)).toMatchObject({ name: 'drawing', prompt: 'cat', started: 4000, ends: 24_000, recognized: [] });
    game = ok(step(game, recognized('bob', 1, 5000), 9000));
    game = ok(step(game, tick, 24_000 + PACE.settle));
    expect(phase(game)).toMatchObject({
      name: 'reveal',
      result: { prompt: 'cat', recognized: [{ player: 'bob', at: 5000, points: points(5000, 20_000, 1) }] },
    });
    game = run(game, 30_000 + PACE.settle);
    expect(phase(game)).toMatchObject({ name: 'countdown', round: 2, number: 2 });
    game = run(game, 100_000);
    expect(phase(game)).toMatchObject({ name: 'podium', standing: [{ player: 'bob' }, { player: 'ann', score: 0 }] });
    game = ok(step(game, start, 200_000));
    expect(phase(game)).toMatchObject({ name: 'countdown', round: 3, number: 1 });
    expect(view(game, 0).players.map((p) => p.score)).toEqual([0, 0]);
  });

  const drawing = run(ok(step(lobby, start, 0)), 3000);

  test('a round ends soon after everybody is recognized, with time to finish a line', () => {
    let game = ok(step(drawing, recognized('ann', 1, 4000), 8000));
    expect(phase(game)).toMatchObject({ ends: 23_000 });
    game = ok(step(game, recognized('bob', 1, 4500), 8500));
    expect(phase(game)).toMatchObject({ name: 'drawing', ends: 10_000 });
    expect(drawingRefusal(game, 'ann', 1, 9999)).toBe(null);
    expect(drawingRefusal(game, 'ann', 1, 10_000)).toBe('wrong-phase');
    expect(phase(run(game, 10_250))).toMatchObject({ name: 'reveal' });
  });

  test('ink stops at the end; a verdict on ink drawn in time counts until the round closes', () => {
    expect(drawingRefusal(drawing, 'ann', 1, 23_000)).toBe('wrong-phase');
    const late = ok(step(drawing, recognized('ann', 1, 19_990), 23_200));
    expect(phase(late)).toMatchObject({ recognized: [{ player: 'ann', at: 19_990 }] });
    expect(step(run(drawing, 25_000), recognized('ann', 1, 19_990), 25_100)).toMatchObject({
      phase: { name: 'reveal' },
    });
  });

  test('a round closes when each process has judged what was drawn on it, or after two seconds', () => {
    const joinOn = (process: string, id: string): Action => ({ ...join(id), socket: `${process}/${id}` }) as Action;
    const judged = (process: string, round = 1): Action => ({ type: 'judged', process, round });
    const lobby = play([0, joinOn('a', 'ann')], [0, joinOn('a', 'bob')], [0, joinOn('b', 'cat')]);
    const drawing = run(ok(step(lobby, start, 0)), 3000);
    expect(step(drawing, judged('a'), 22_999)).toBe(drawing);
    expect(step(drawing, judged('a', 2), 23_010)).toBe(drawing);
    const half = ok(step(drawing, judged('a'), 23_010));
    expect(phase(half)).toMatchObject({ name: 'drawing' });
    expect(deadline(half)).toBe(25_000);
    expect(phase(ok(step(half, judged('b'), 23_020)))).toMatchObject({ name: 'reveal' });
    // What is drawn in time counts meanwhile; nothing else is waited for.
    const late = ok(step(half, recognized('cat', 1, 19_999), 23_400));
    expect(phase(late)).toMatchObject({ name: 'reveal', result: { recognized: [{ player: 'cat', at: 19_999 }] } });
    expect(phase(ok(step(half, { type: 'drop', id: 'cat', socket: 'b/cat' }, 23_030)))).toMatchObject({
      name: 'reveal',
    });
    expect(phase(ok(step(half, tick, 25_000)))).toMatchObject({ name: 'reveal' });
    expect(step(drawing, recognized('ann', 1, 20_001), 23_400)).toBe(drawing);
  });

  test('a recognition counts once, in its own round only, and in the order of the strokes', () => {
    let game = ok(step(drawing, recognized('ann', 1, 900), 8000));
    expect(step(game, recognized('ann', 1, 100), 8100)).toBe(game);
    expect(step(game, recognized('bob', 0, 100), 8100)).toBe(game);
    expect(step(game, recognized('zoe', 1, 100), 8100)).toBe(game);
    game = ok(step(game, recognized('bob', 1, 800), 8100));
    expect(phase(game)).toMatchObject({ recognized: [{ player: 'bob' }, { player: 'ann' }] });
  });

  test('leaving neither stalls the round nor changes another score', () => {
    let game = ok(step(drawing, recognized('ann', 1, 1000), 4000));
    const before = view(game, 0).players[0]!.score;
    game = ok(step(game, { type: 'leave', id: 'bob' }, 4000));
    expect(phase(game)).toMatchObject({ ends: 5500 });
    expect(view(game, 0).players).toMatchObject([{ id: 'ann', score: before }]);
    expect(standing(game).map((line) => line.player)).toEqual(['ann', 'bob']);
  });

  test('a lost player is still in the round: nobody gains by it', () => {
    let game = ok(step(drawing, { type: 'drop', id: 'bob', socket: 's-bob' }, 4000));
    game = ok(step(game, recognized('ann', 1, 1500), 4500));
    expect(phase(game)).toMatchObject({ name: 'drawing', ends: 23_000 });
  });

  test('a latecomer watches, and draws in the next round', () => {
    const game = ok(step(drawing, join('cat'), 5000));
    expect(view(game, 0).players[2]).toMatchObject({ id: 'cat', playing: false });
    expect(drawingRefusal(game, 'cat', 1, 5000)).toBe('not-drawing');
    const next = run(game, 35_000);
    expect(phase(next)).toMatchObject({ name: 'drawing', round: 2 });
    expect(drawingRefusal(next, 'cat', 2, 35_000)).toBe(null);
  });

  test('a player who joins during the countdown draws at once', () => {
    const game = run(ok(step(ok(step(lobby, start, 0)), join('cat'), 2000)), 3000);
    expect(drawingRefusal(game, 'cat', 1, 3000)).toBe(null);
  });
});

describe('seats', () => {
  const lobby = play([0, join('ann')], [0, join('bob')]);

  test('are refused when the room is full, or the name is taken', () => {
    const full = ok(step(lobby, { type: 'settings', by: 'ann', settings: { seats: 2 } }, 0));
    expect(step(full, join('cat'), 0)).toBe('room-full');
    expect(step(lobby, { ...join('cat'), nick: 'BOB' } as Action, 0)).toBe('nick-taken');
  });

  test('are kept for a minute, and recovered with the token alone', () => {
    const dropped = ok(step(lobby, { type: 'drop', id: 'bob', socket: 's-bob' }, 1000));
    expect(view(dropped, 0).players[1]).toMatchObject({ connected: false });
    expect(step(dropped, { type: 'return', token: 'token-x', socket: 's2' }, 2000)).toBe('bad-token');
    const back = ok(step(dropped, { type: 'return', token: 'token-bob', socket: 's2' }, 2000));
    expect(view(back, 0).players[1]).toMatchObject({ connected: true });
    expect(run(dropped, 60_999).seats).toHaveLength(2);
    expect(run(dropped, 61_000).seats).toHaveLength(1);
  });

  test('belong to the newest connection: the drop of an older one changes nothing', () => {
    const second = ok(step(lobby, { type: 'return', token: 'token-bob', socket: 's2' }, 0));
    expect(step(second, { type: 'drop', id: 'bob', socket: 's-bob' }, 0)).toBe(second);
  });

  test('marks are reused, so that twelve are enough', () => {
    const game = ok(step(ok(step(lobby, { type: 'leave', id: 'ann' }, 0)), join('cat'), 0));
    expect(game.seats.map((seat) => seat.mark)).toEqual([1, 0]);
  });
});

describe('the host', () => {
  const lobby = play([0, join('ann')], [0, join('bob')]);

  test('is the only one who starts, sets and kicks, and only before the start', () => {
    expect(step(lobby, { ...start, by: 'bob' } as Action, 0)).toBe('not-host');
    expect(step(lobby, { type: 'settings', by: 'bob', settings: {} }, 0)).toBe('not-host');
    expect(step(lobby, { type: 'kick', by: 'bob', id: 'ann' }, 0)).toBe('not-host');
    expect(step(lobby, { type: 'kick', by: 'ann', id: 'zoe' }, 0)).toBe('unknown-player');
    expect(step(lobby, { type: 'settings', by: 'ann', settings: { seats: 1 } }, 0)).toBe('bad-settings');
    const game = ok(step(lobby, start, 0));
    expect(step(game, start, 0)).toBe('wrong-phase');
    expect(step(game, { type: 'settings', by: 'ann', settings: { rounds: 2 } }, 0)).toBe('wrong-phase');
    expect(ok(step(lobby, { type: 'kick', by: 'ann', id: 'bob' }, 0)).seats).toHaveLength(1);
  });

  test('passes the role on when leaving, or after ten seconds away', () => {
    expect(ok(step(lobby, { type: 'leave', id: 'ann' }, 0)).host).toBe('bob');
    const lost = ok(step(lobby, { type: 'drop', id: 'ann', socket: 's-ann' }, 0));
    expect(run(lost, 9_999).host).toBe('ann');
    expect(run(lost, 10_000).host).toBe('bob');
  });
});

describe('an empty room', () => {
  test('ends its match, waits a minute, and closes', () => {
    const game = play([0, join('ann')], [0, start], [100, { type: 'leave', id: 'ann' }]);
    expect(phase(game)).toEqual({ name: 'lobby' });
    expect(run(game, 60_099).phase.name).toBe('lobby');
    const closed = run(game, 60_100);
    expect(closed.phase.name).toBe('closed');
    expect(step(closed, join('bob'), 60_200)).toBe('no-room');
  });

  test('is kept if somebody joins in time', () => {
    const game = play([0, join('ann')], [100, { type: 'leave', id: 'ann' }], [200, join('bob')]);
    expect(game.host).toBe('bob');
    expect(deadline(game)).toBe(Infinity);
  });
});

test('points fall with time and rise with difficulty', () => {
  expect(points(0, 20_000, 1)).toBe(1000);
  expect(points(20_000, 20_000, 1)).toBe(300);
  expect(points(10_000, 20_000, 1.5)).toBe(975);
  expect(points(-5, 20_000, 1)).toBe(1000);
});

test('the drawing time breaks ties', () => {
  const runners = { a: { nick: 'a', mark: 0, session: null }, b: { nick: 'b', mark: 1, session: null } };
  const result = (player: string, at: number) => ({ player, at, word: 'cat', probability: 1, points: 500 });
  const results = [
    { round: 1, prompt: 'cat', difficulty: 'easy' as const, recognized: [result('b', 2000), result('a', 3000)] },
  ];
  const game: Game = { ...room(), match: { id: 'm', prompts: PROMPTS, first: 1, results, runners } };
  expect(standing(game).map((line) => line.player)).toEqual(['b', 'a']);
});

test('prompts come from the seed, never twice, of the chosen difficulty; null if there are too few', () => {
  const drawn = drawPrompts(testWords, { rounds: 10, difficulty: 'mixed' }, 'seed')!;
  expect(new Set(drawn.map((prompt) => prompt.word)).size).toBe(10);
  expect(drawPrompts(testWords, { rounds: 10, difficulty: 'mixed' }, 'seed')).toEqual(drawn);
  expect(drawPrompts(testWords, { rounds: 10, difficulty: 'mixed' }, 'other')).not.toEqual(drawn);
  expect(drawPrompts(testWords, { rounds: 3, difficulty: 'hard' }, 'x')!.every((p) => p.difficulty === 'hard')).toBe(
    true,
  );
  expect(drawn.some((prompt) => prompt.word === 'hat')).toBe(false);
  expect(drawPrompts(testWords, { rounds: 12, difficulty: 'mixed' }, 'x')).toBe(null);
});

test('after any actions the game is valid, and comes to rest', () => {
  const ids = ['ann', 'bob', 'cat', 'dan'];
  const id = fc.constantFrom(...ids);
  const action: fc.Arbitrary<Action> = fc.oneof(
    id.map(join),
    fc.record({
      type: fc.constant('return' as const),
      token: id.map((i) => `token-${i}`),
      socket: id.map((i) => `s-${i}`),
    }),
    fc.record({ type: fc.constant('drop' as const), id, socket: id.map((i) => `s-${i}`) }),
    fc.record({ type: fc.constant('leave' as const), id }),
    fc.record({ type: fc.constant('kick' as const), by: id, id }),
    fc.record({ type: fc.constant('start' as const), by: id, match: fc.constant('m'), prompts: fc.constant(PROMPTS) }),
    fc.tuple(id, fc.nat(8), fc.nat(20_000)).map(([i, round, at]) => recognized(i, round, at)),
    fc.constant(tick),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9000), action), { maxLength: 60 }), (acts) => {
      let game = room();
      let now = 0;
      for (const [wait, act] of acts) {
        now += wait;
        const next = step(game, act, now);
        if (isRefusal(next)) continue;
        expect(next.version).toBe(next === game ? game.version : game.version + 1);
        expect(next.round).toBeGreaterThanOrEqual(game.round);
        game = next;
        if (game.phase.name === 'closed') break;
        expect(game.host === null).toBe(game.seats.length === 0);
        expect(new Set(game.seats.map((seat) => seat.mark)).size).toBe(game.seats.length);
        expect(deadline(game)).toBeGreaterThan(0);
      }
      // Left alone, it comes to rest: no deadline is passed without changing anything.
      for (let n = 0; n < 50 && deadline(game) < Infinity && game.phase.name !== 'closed'; n++) {
        const at = Math.max(now, deadline(game));
        const next = ok(step(game, tick, at));
        expect(next).not.toBe(game);
        game = next;
        now = at;
      }
      expect(['lobby', 'podium', 'closed']).toContain(game.phase.name);
    }),
    { numRuns: 300 },
  );
});
