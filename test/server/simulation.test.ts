/** The simulation that `npm run simulate` runs with real times, here with times that are made up. */
import { expect, test } from 'vitest';
import { type Deck, simulate, type Take } from '../../bench/simulation.ts';
import { PACE } from '../../server/game/game.ts';
import { chance } from '../support/chance.ts';

const WORDS = Array.from({ length: 10 }, (_, i) => `word ${i}`);
const deckOf = (...takes: Take[]): Deck => ({
  prompts: WORDS.map((word) => ({ word, difficulty: 'easy', factor: 1 })),
  takes: new Map(WORDS.map((word) => [word, takes])),
});
const play = (deck: Deck, players: number, seed = 1) => simulate(deck, players, PACE, chance(seed).next);

test('accounts for all the time of all players', () => {
  const deck = deckOf(
    { recognized: 3000, ends: 6000 },
    { recognized: null, ends: 8000 },
    { recognized: 9000, ends: 9500 },
  );
  for (const players of [1, 2, 8]) {
    const { ms, spent } = play(deck, players);
    const sum = Object.values(spent).reduce((all, each) => all + each, 0);
    expect(Math.abs(sum - players * ms)).toBeLessThan(players * 100);
    expect(Math.min(...Object.values(spent))).toBeGreaterThanOrEqual(0);
  }
});

test('drawings that nobody recognizes use up each round; quick ones end it, with time to finish', () => {
  const rounds = 6;
  const pauses = PACE.countdown + (rounds - 1) * PACE.recount + rounds * PACE.reveal;
  expect(play(deckOf({ recognized: null, ends: 5000 }), 4).ms).toBeGreaterThanOrEqual(pauses + rounds * 20_000);
  const quick = play(deckOf({ recognized: 2000, ends: 4000 }), 4);
  expect(quick.ms).toBeLessThan(pauses + rounds * 13_000);
  expect(quick.spent.finishing).toBeGreaterThan(0);
  expect(quick.best).not.toBe(null);
});

test('is the same for the same seed', () => {
  const deck = deckOf({ recognized: 3000, ends: 6000 }, { recognized: null, ends: 8000 });
  expect(play(deck, 8)).toEqual(play(deck, 8));
  expect(play(deck, 8, 2)).not.toEqual(play(deck, 8));
});
