import { describe, expect, test } from 'vitest';
import type { Action, Game } from '../../server/game/game.ts';
import { PACE } from '../../server/game/game.ts';
import { drawingRefusal } from '../../server/game/match.ts';
import { drawPrompts } from '../../server/game/prompts.ts';
import { points } from '../../server/game/score.ts';
import { deadline, step } from '../../server/game/step.ts';
import { standing, view } from '../../server/game/view.ts';
import { PROMPTS, join, ok, phase, play, recognized, room, run, start, tick } from '../support/game.ts';
import { testWords } from '../support/words.ts';

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
