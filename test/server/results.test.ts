/** What a finished match counts for: folded from actions, as it is played. */
import { expect, test } from 'vitest';
import type { Prompt } from '../../server/game/game.ts';
import { deadline, step } from '../../server/game/step.ts';
import { resultOf } from '../../server/game/results.ts';
import { pointParts } from '../../server/game/score.ts';
import type { Settings } from '../../shared/protocol.ts';
import { ok, room, tick } from '../support/game.ts';

/** Of a drawing after a second, of factor 1. Neither places nor the last round, which counts double, give more. */
const POINTS = pointParts({ at: 1000, place: 0, drawers: 1, factor: 1, double: false }).time;

/** A whole match: each seat has a session, and is recognized in the rounds that it names. */
function played(
  rounds: number,
  seats: Record<string, { session: string | null; recognized: number[] }>,
  settings: Partial<Settings> = {},
) {
  const prompts = Array.from(
    { length: rounds },
    (_, i): Prompt => ({ word: `w${i + 1}`, difficulty: 'easy', factor: 1 }),
  );
  let game = room();
  game = { ...game, settings: { ...game.settings, ...settings } };
  for (const [id, { session }] of Object.entries(seats))
    game = ok(step(game, { type: 'join', id, token: id, nick: id, socket: id, session }, 0));
  game = ok(step(game, { type: 'start', by: Object.keys(seats)[0]!, match: 'm', prompts }, 0));
  while (game.phase.name !== 'podium') {
    const now = deadline(game);
    game = ok(step(game, tick, now));
    if (game.phase.name !== 'drawing') continue;
    const { round } = game;
    for (const [id, { recognized }] of Object.entries(seats))
      if (recognized.includes(round))
        game = ok(step(game, { type: 'recognized', id, round, at: 1000, word: 'w', probability: 1 }, now + 1000));
  }
  return resultOf(game)!;
}

test('a race of two sessions counts for both; those without points have no line', () => {
  const result = played(2, {
    ann: { session: 'A', recognized: [1, 2] },
    bob: { session: 'B', recognized: [2] },
    cat: { session: 'C', recognized: [] },
    dan: { session: null, recognized: [1] },
  });
  expect(result).toMatchObject({ solo: false });
  expect(result.players).toEqual([
    { session: 'A', nick: 'ann', score: 2 * POINTS },
    { session: 'B', nick: 'bob', score: POINTS },
  ]);
  expect(result.drawings.map(({ session, word }) => session + word)).toEqual(['Aw1', 'Aw2', 'Bw2']);
});

test('one session counts once, with its best seat, also on the boards of the words', () => {
  const result = played(2, {
    a1: { session: 'A', recognized: [1] },
    a2: { session: 'A', recognized: [1, 2] },
    a3: { session: 'A', recognized: [2] },
    bob: { session: 'B', recognized: [] },
  });
  expect(result.players).toEqual([{ session: 'A', nick: 'a2', score: 2 * POINTS }]);
  expect(result.drawings).toHaveLength(2);
});

test('one session in four seats, or beside people without one, is a solo match', () => {
  const four = Object.fromEntries([1, 2, 3, 4].map((n) => [`a${n}`, { session: 'A', recognized: [n] }]));
  expect(played(4, four)).toMatchObject({
    solo: true,
    players: [{ session: 'A', score: POINTS }],
    drawings: [],
  });
  const guests = { ann: { session: 'A', recognized: [1] }, bob: { session: null, recognized: [1] } };
  expect(played(1, guests)).toMatchObject({
    solo: true,
    players: [{ session: 'A', score: POINTS }],
    drawings: [],
  });
  expect(played(1, { bob: { session: null, recognized: [1] } })).toMatchObject({ players: [], drawings: [] });
});

test('a longer match counts with its first six rounds', () => {
  const all = Array.from({ length: 20 }, (_, i) => i + 1);
  const result = played(20, { ann: { session: 'A', recognized: all }, bob: { session: 'B', recognized: [7, 8] } });
  expect(result.players).toEqual([{ session: 'A', nick: 'ann', score: 6 * POINTS }]);
  expect(result.drawings).toHaveLength(22);
  const short = played(3, { ann: { session: 'A', recognized: all }, bob: { session: 'B', recognized: [] } });
  expect(short.players).toMatchObject([{ score: 3 * POINTS }]);
});

test('a match of words that the host chose counts nowhere', () => {
  const settings = { words: ['w1'] };
  expect(played(1, { ann: { session: 'A', recognized: [1] } }, settings)).toBe(null);
});
