import { describe, expect, test } from 'vitest';
import type { Action, Game } from '../../server/game/game.ts';
import { PACE } from '../../server/game/game.ts';
import { drawingRefusal } from '../../server/game/match.ts';
import { drawPrompts } from '../../server/game/prompts.ts';
import { pointParts, pointsOf } from '../../server/game/score.ts';
import { deadline, step } from '../../server/game/step.ts';
import { standing, view } from '../../server/game/view.ts';
import { PACKS } from '../../shared/packs.ts';
import type { Settings } from '../../shared/protocol.ts';
import { PROMPTS, comeBack, drop, join, ok, phase, play, recognized, room, run, start, tick } from '../support/game.ts';
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
      result: { prompt: 'cat', recognized: [{ player: 'bob', at: 5000, points: 707 + 75 }] },
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
    expect(phase(game)).toMatchObject({ name: 'drawing', closing: 'all', ends: 12_000 });
    expect(drawingRefusal(game, 'ann', 1, 11_999)).toBe(null);
    expect(drawingRefusal(game, 'ann', 1, 12_000)).toBe('wrong-phase');
    expect(phase(run(game, 12_250))).toMatchObject({ name: 'reveal' });
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
    expect(phase(game)).toMatchObject({ closing: 'all', ends: 7500 });
    expect(view(game, 0).players).toMatchObject([{ id: 'ann', score: before }]);
    expect(standing(game).map((line) => line.player)).toEqual(['ann', 'bob']);
  });

  test('a lost player is still in the round, but holds it up for ten seconds only', () => {
    let game = ok(step(drawing, { type: 'drop', id: 'bob', socket: 's-bob' }, 4000));
    game = ok(step(game, recognized('ann', 1, 1500), 4500));
    expect(phase(game)).toMatchObject({ name: 'drawing', ends: 23_000 });
    expect(deadline(game)).toBe(14_000);
    game = ok(step(game, tick, 14_000));
    expect(phase(game)).toMatchObject({ closing: 'all', ends: 17_500 });
    // Who is back in time can be recognized still.
    game = ok(step(game, comeBack('bob'), 15_000));
    expect(phase(ok(step(game, recognized('bob', 1, 13_000), 16_000)))).toMatchObject({ recognized: { length: 2 } });
  });

  test('while nobody is recognized, players who are away end no round', () => {
    let game = ok(step(drawing, { type: 'drop', id: 'bob', socket: 's-bob' }, 4000));
    game = ok(step(game, { type: 'drop', id: 'ann', socket: 's-ann' }, 4000));
    expect(deadline(game)).toBe(23_000);
    expect(phase(ok(step(game, tick, 14_000)))).toMatchObject({ ends: 23_000 });
  });

  test('once three quarters are recognized, the others have six seconds', () => {
    const four = ['ann', 'bob', 'cat', 'dan'];
    let game = run(ok(step(play(...four.map((id): [number, Action] => [0, join(id)])), start, 0)), 3000);
    for (const id of ['ann', 'bob']) game = ok(step(game, recognized(id, 1, 2000), 5100));
    expect(phase(game)).not.toHaveProperty('closing');
    game = ok(step(game, recognized('cat', 1, 2500), 6000));
    expect(phase(game)).toMatchObject({ closing: 'most', ends: 12_000 });
    // Later changes do not move it. The last one gets time to finish, which may be longer than what was left.
    expect(phase(ok(step(game, join('eve'), 7000)))).toMatchObject({ closing: 'most', ends: 12_000 });
    expect(phase(ok(step(game, recognized('dan', 1, 8000), 11_500)))).toMatchObject({ closing: 'all', ends: 15_000 });
    // A verdict after the end of the ink gives no more time.
    expect(phase(ok(step(game, recognized('dan', 1, 8000), 12_100)))).toMatchObject({ name: 'reveal' });
  });

  test('close to its end, a round is not cut', () => {
    const four = ['ann', 'bob', 'cat', 'dan'];
    let game = run(ok(step(play(...four.map((id): [number, Action] => [0, join(id)])), start, 0)), 3000);
    for (const id of ['ann', 'bob', 'cat']) game = ok(step(game, recognized(id, 1, 14_000), 17_500));
    expect(phase(game)).not.toHaveProperty('closing');
    expect(phase(game)).toMatchObject({ ends: 23_000 });
  });

  test('a reveal ends once all who are here want to go on', () => {
    const reveal = run(drawing, 25_000);
    const skip = (id: string, round = 1): Action => ({ type: 'skip', id, round });
    expect(step(drawing, skip('ann'), 25_000)).toBe('wrong-phase');
    expect(step(reveal, skip('ann', 2), 25_000)).toBe('wrong-phase');
    expect(step(reveal, skip('zoe'), 25_000)).toBe('not-seated');
    const one = ok(step(reveal, skip('ann'), 25_100));
    expect(phase(one)).toMatchObject({ name: 'reveal', skips: ['ann'] });
    expect(step(one, skip('ann'), 25_100)).toBe(one);
    expect(phase(ok(step(one, skip('bob'), 25_200)))).toMatchObject({ name: 'countdown', number: 2 });
    expect(phase(ok(step(one, { type: 'leave', id: 'bob' }, 25_200)))).toMatchObject({ name: 'countdown' });
    expect(phase(ok(step(one, drop('bob'), 25_200)))).toMatchObject({ name: 'countdown' });
  });

  test('the last round counts double, if the host leaves it on and there is another', () => {
    const last = (game: Game) => {
      const second = run(game, 34_000);
      return ok(step(second, recognized('ann', 2, 0), 36_000));
    };
    const game = last(ok(step(lobby, start, 0)));
    const parts = { time: 1000, word: 500, place: 75, double: 1575 };
    expect(phase(game)).toMatchObject({ number: 2, double: true, recognized: [{ points: 3150, parts }] });
    expect(phase(run(game, 57_000))).toMatchObject({ result: { double: true } });
    const off = ok(step(lobby, { type: 'settings', by: 'ann', settings: { finale: false } }, 0));
    expect(phase(last(ok(step(off, start, 0))))).toMatchObject({ recognized: [{ points: 1575 }] });
    // Settings of an earlier version do not say: it is as the view shows it.
    const { finale: _, ...older } = lobby.settings;
    const old = { ...lobby, settings: older as Settings };
    expect(view(old, 0).settings.finale).toBe(true);
    expect(phase(last(ok(step(old, start, 0))))).toMatchObject({ double: true, recognized: [{ points: 3150 }] });
    const single = ok(step(lobby, { ...start, prompts: PROMPTS.slice(0, 1) } as Action, 0));
    expect(phase(single)).not.toHaveProperty('double');
    expect(step(drawing, { type: 'settings', by: 'ann', settings: { finale: false } }, 5000)).toBe('wrong-phase');
  });

  test('a verdict on an earlier stroke that comes late moves the others down', () => {
    let game = ok(step(drawing, recognized('ann', 1, 10_000), 14_000));
    expect(phase(game)).toMatchObject({ recognized: [{ player: 'ann', points: 575 }] });
    game = ok(step(game, recognized('bob', 1, 0), 14_100));
    expect(phase(game)).toMatchObject({
      recognized: [
        { player: 'bob', points: 1075 },
        { player: 'ann', points: 500 },
      ],
    });
    expect(view(game, 0).players).toMatchObject([{ score: 500 }, { score: 1075 }]);
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

describe('points', () => {
  const parts = (at: number, more: Partial<Parameters<typeof pointParts>[0]> = {}) =>
    pointParts({ at, place: 0, drawers: 1, factor: 1, double: false, ...more });

  test('halve every ten seconds, down to a tenth', () => {
    expect([0, 10_000, 20_000, 30_000, 120_000, -5].map((at) => pointsOf(parts(at)))).toEqual([
      1000, 500, 250, 125, 100, 1000,
    ]);
  });

  test('rise with the place; the only one, and the last of two, beat nobody', () => {
    const bonuses = (drawers: number) => [0, 1, 2, 3].map((place) => parts(0, { place, drawers }).place);
    expect(bonuses(1)).toEqual([0, 0, 0, 0]);
    expect(bonuses(2)).toEqual([75, 0, 0, 0]);
    expect(bonuses(3)).toEqual([150, 75, 25, 0]);
    expect(bonuses(12)).toEqual([150, 75, 25, 0]);
  });

  test('are the sum of their parts', () => {
    const all = parts(10_000, { place: 1, drawers: 4, factor: 1.5, double: true });
    expect(all).toEqual({ time: 500, word: 250, place: 75, double: 825 });
    expect(pointsOf(all)).toBe(1650);
  });
});

test('the drawing time orders equal scores, which share a place', () => {
  const runners = { a: { nick: 'a', mark: 0, session: null }, b: { nick: 'b', mark: 1, session: null } };
  const result = (player: string, at: number) => ({ player, at, word: 'cat', probability: 1, points: 500 });
  const results = [
    { round: 1, prompt: 'cat', difficulty: 'easy' as const, recognized: [result('b', 2000), result('a', 3000)] },
  ];
  const game: Game = { ...room(), match: { id: 'm', prompts: PROMPTS, first: 1, results, runners } };
  expect(standing(game).map(({ player, place }) => [player, place])).toEqual([
    ['b', 1],
    ['a', 1],
  ]);
});

const ASKED = { rounds: 6, difficulty: 'mixed', pack: 'all', words: [] } as const satisfies Partial<Settings>;

test('prompts come from the seed, never twice, of the chosen difficulty; null if there are too few', () => {
  const drawn = drawPrompts(testWords, { ...ASKED, rounds: 10 }, 'seed')!;
  expect(new Set(drawn.map((prompt) => prompt.word)).size).toBe(10);
  expect(drawPrompts(testWords, { ...ASKED, rounds: 10 }, 'seed')).toEqual(drawn);
  expect(drawPrompts(testWords, { ...ASKED, rounds: 10 }, 'other')).not.toEqual(drawn);
  expect(
    drawPrompts(testWords, { ...ASKED, rounds: 3, difficulty: 'hard' }, 'x')!.every((p) => p.difficulty === 'hard'),
  ).toBe(true);
  expect(drawn.some((prompt) => prompt.word === 'hat')).toBe(false);
  // Words of earlier matches come last, the oldest of them first.
  const words = drawn.map(({ word }) => word);
  const others = drawPrompts(testWords, { ...ASKED, rounds: 4 }, 'seed', words)!.map(({ word }) => word);
  expect(others.filter((word) => words.indexOf(word) > 3)).toEqual([]);
  expect(drawPrompts(testWords, { ...ASKED, rounds: 12 }, 'x')).toBe(null);
});

test('prompts come from the pack, or are the very words that the host chose, weak ones too', () => {
  const animals = drawPrompts(testWords, { ...ASKED, rounds: 1, pack: 'animals' }, 'seed')!;
  expect(PACKS.animals).toContain(animals[0]!.word);
  expect(drawPrompts(testWords, { ...ASKED, pack: 'tools' }, 'seed')).toBe(null);
  const words = ['hat', 'cat', 'sun'];
  const own = drawPrompts(testWords, { ...ASKED, pack: 'tools', words }, 'seed', words)!;
  expect(own.map(({ word }) => word).sort()).toEqual([...words].sort());
  expect(drawPrompts(testWords, { ...ASKED, words: ['cat', 'unicorn'] }, 'seed')).toBe(null);
});
