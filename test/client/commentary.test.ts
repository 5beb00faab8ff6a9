import { expect, test } from 'vitest';
import { newCommentary, nextRemark, nudge, solve } from '../../client/speech/commentary.ts';
import type { PlayerGuesses } from '../../shared/protocol.ts';

const seen = (sureness: PlayerGuesses['sureness'], ...top: [string, number][]): PlayerGuesses => ({
  player: 'p',
  sureness,
  top,
  target: 0,
});

test('makes a remark on each guess once, the best first, at a pace that people can follow', () => {
  const commentary = newCommentary();
  const guesses = seen('guessing', ['cat', 0.6], ['dog', 0.3], ['fish', 0.05]);
  expect(nextRemark(commentary, guesses, ['bicycle'], 0)).toEqual({ kind: 'first', word: 'cat' });
  expect(nextRemark(commentary, guesses, ['bicycle'], 100)).toBeUndefined();
  expect(nextRemark(commentary, guesses, ['bicycle'], 2000)).toEqual({ kind: 'more', word: 'dog' });
  // An improbable guess is not worth a remark.
  expect(nextRemark(commentary, guesses, ['bicycle'], 4000)).toBeUndefined();
});

test('keeps the prompt for the moment of recognition, which is the last remark', () => {
  const commentary = newCommentary();
  expect(nextRemark(commentary, seen('guessing', ['bicycle', 0.9]), ['bicycle'], 0)).toBeUndefined();
  expect(solve(commentary, 'bicycle')).toEqual({ kind: 'solved', word: 'bicycle' });
  expect(solve(commentary, 'bicycle')).toBeUndefined();
  expect(nextRemark(commentary, seen('guessing', ['cat', 0.9]), ['bicycle'], 9000)).toBeUndefined();
});

test('keeps what counts for the prompt, too', () => {
  const commentary = newCommentary();
  const guesses = seen('guessing', ['motorbike', 0.5], ['cat', 0.3]);
  expect(nextRemark(commentary, guesses, ['bicycle', 'motorbike'], 0)).toEqual({ kind: 'first', word: 'cat' });
  expect(nextRemark(commentary, guesses, ['bicycle', 'motorbike'], 9000)).toBeUndefined();
});

test('admits once that it is not sure, and makes no remark on a blank board', () => {
  const commentary = newCommentary();
  expect(nextRemark(commentary, seen('blank'), ['bicycle'], 0)).toBeUndefined();
  expect(nextRemark(commentary, seen('unsure', ['cat', 0.1]), ['bicycle'], 0)).toEqual({ kind: 'unsure' });
  expect(nextRemark(commentary, seen('unsure', ['dog', 0.1]), ['bicycle'], 9000)).toBeUndefined();
});

test('asks for another clue once, if it sticks to no word', () => {
  const commentary = newCommentary();
  expect(nudge(commentary, undefined, 4000)).toEqual({ kind: 'puzzled' });
  expect(nudge(commentary, undefined, 9000)).toBeUndefined();
  expect(nudge(commentary, 'purse', 14_000)).toEqual({ kind: 'still', word: 'purse' });
});

test('asks for something else once for each word that the network sticks to, and not after the recognition', () => {
  const commentary = newCommentary();
  expect(nudge(commentary, 'purse', 4000)).toEqual({ kind: 'still', word: 'purse' });
  expect(nudge(commentary, 'purse', 9000)).toBeUndefined();
  expect(nudge(commentary, 'mug', 14_000)).toEqual({ kind: 'still', word: 'mug' });
  // It does not talk into it.
  expect(nextRemark(commentary, seen('guessing', ['cat', 0.6]), ['bicycle'], 14_500)).toBeUndefined();
  solve(commentary, 'bicycle');
  expect(nudge(commentary, 'cat', 20_000)).toBeUndefined();
});
