import { expect, test } from 'vitest';
import { missed } from '../../client/screens/reveal/missed.ts';
import type { PlayerGuesses } from '../../shared/protocol.ts';

const guesses = (best: string, target: number, sureness: PlayerGuesses['sureness'] = 'guessing'): PlayerGuesses => ({
  ...{ player: 'p', sureness, target },
  top: [[best, 0.6]],
});

test('the reveal says what a drawing was taken for, and how near it came if that was the prompt', () => {
  const accepted = ['bus', 'school bus'];
  expect(missed(guesses('cat', 0.1), accepted, true)).toEqual({ kind: 'thought', word: 'cat' });
  expect(missed(guesses('bus', 0.7), accepted, true)).toEqual({ kind: 'almost', share: 0.7 });
  expect(missed(guesses('school bus', 0.7), accepted, true)).toEqual({ kind: 'almost', share: 0.7 });
});

test('it names no guess that the race called unsure, and calls no ink blank', () => {
  expect(missed(guesses('cat', 0.1, 'unsure'), ['bus'], true)).toEqual({ kind: 'unsure' });
  expect(missed({ ...guesses('cat', 0), top: [], sureness: 'blank' }, ['bus'], true)).toEqual({ kind: 'unknown' });
  // Guesses are not stored: after a reload there are none.
  expect(missed(undefined, ['bus'], true)).toEqual({ kind: 'unknown' });
  expect(missed(undefined, ['bus'], false)).toEqual({ kind: 'nothing' });
});
