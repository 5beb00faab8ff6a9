import { expect, test } from 'vitest';
import { call, newCaller, solve } from '../../client/caller.ts';
import type { PlayerGuesses } from '../../shared/protocol.ts';

const seen = (sureness: PlayerGuesses['sureness'], ...top: [string, number][]): PlayerGuesses => ({
  player: 'p',
  sureness,
  top,
  target: 0,
});

test('says each word once, the best first, and not quicker than one can listen', () => {
  const caller = newCaller();
  const guesses = seen('guessing', ['cat', 0.6], ['dog', 0.3], ['fish', 0.05]);
  expect(call(caller, guesses, 'bicycle', 0)).toEqual({ say: 'first', word: 'cat' });
  expect(call(caller, guesses, 'bicycle', 100)).toBeUndefined();
  expect(call(caller, guesses, 'bicycle', 2000)).toEqual({ say: 'more', word: 'dog' });
  // A guess that hardly counts is not worth a word.
  expect(call(caller, guesses, 'bicycle', 4000)).toBeUndefined();
});

test('keeps the prompt for the moment of recognition, and is silent after it', () => {
  const caller = newCaller();
  expect(call(caller, seen('guessing', ['bicycle', 0.9]), 'bicycle', 0)).toBeUndefined();
  expect(solve(caller, 'bicycle')).toEqual({ say: 'solved', word: 'bicycle' });
  expect(solve(caller, 'bicycle')).toBeUndefined();
  expect(call(caller, seen('guessing', ['cat', 0.9]), 'bicycle', 9000)).toBeUndefined();
});

test('admits once that it is not sure, and says nothing of a blank board', () => {
  const caller = newCaller();
  expect(call(caller, seen('blank'), 'bicycle', 0)).toBeUndefined();
  expect(call(caller, seen('unsure', ['cat', 0.1]), 'bicycle', 0)).toEqual({ say: 'unsure' });
  expect(call(caller, seen('unsure', ['dog', 0.1]), 'bicycle', 9000)).toBeUndefined();
});
