import { expect, test } from 'vitest';
import { newCaptioning, nextCaption } from '../../client/ui/caption.ts';
import { stuckAt } from '../../client/ui/stuck.ts';
import type { PlayerGuesses } from '../../shared/protocol.ts';

const purse: PlayerGuesses = { player: 'p', sureness: 'guessing', top: [['purse', 0.5]], target: 0 };
const blank: PlayerGuesses = { ...purse, sureness: 'blank', top: [] };

/** The caption after guesses that came one each 100 ms, the first at 0. */
function after(guesses: PlayerGuesses[]) {
  let state = newCaptioning();
  for (const [i, each] of guesses.entries()) state = nextCaption(state, each, i * 100);
  return state;
}

test('a wrong word counts as stuck four seconds after it was first shown, whether guesses go on or not', () => {
  expect(stuckAt(after([purse]), ['toaster'])).toBe(4000);
  expect(stuckAt(after(Array(30).fill(purse)), ['toaster'])).toBe(4000);
});

test('what a doubt of a moment leaves on the screen stays stuck, and another word starts over', () => {
  const doubt: PlayerGuesses = { ...purse, sureness: 'unsure' };
  expect(stuckAt(after([purse, purse, doubt, doubt, purse]), ['toaster'])).toBe(4000);
  const mug: PlayerGuesses = { ...purse, top: [['mug', 0.5]] };
  expect(stuckAt(after([...Array(20).fill(purse), mug]), ['toaster'])).toBe(6000);
});

test('doubt counts as stuck, too, from when it is shown', () => {
  const doubt: PlayerGuesses = { ...purse, sureness: 'unsure' };
  expect(stuckAt(after([doubt]), ['purse'])).toBe(4000);
  expect(stuckAt(after([purse, ...Array(20).fill(doubt)]), ['toaster'])).toBe(5100);
});

test('the prompt, its look-alikes and an empty board are never stuck', () => {
  expect(stuckAt(after([purse]), ['handbag', 'purse'])).toBeUndefined();
  expect(stuckAt(after([purse, blank]), ['toaster'])).toBeUndefined();
});
