import { expect, test } from 'vitest';
import { type Captioning, newCaptioning, nextCaption } from '../../client/ui/caption.ts';
import type { PlayerGuesses } from '../../shared/protocol.ts';

const seen = (sureness: PlayerGuesses['sureness'], ...top: [string, number][]): PlayerGuesses => ({
  player: 'p',
  sureness,
  top,
  target: 0,
});
const cat = seen('guessing', ['cat', 0.5], ['dog', 0.3]);
const dog = seen('guessing', ['dog', 0.5], ['cat', 0.3]);
const unsure = seen('unsure', ['cat', 0.09]);

const says = ({ shown }: Captioning) => (shown.kind === 'guess' ? shown.word : shown.kind);

/** What the caption says as guesses come, one each 100 ms. */
function follow(guesses: PlayerGuesses[]): string[] {
  let state = newCaptioning();
  return guesses.map((each, i) => {
    state = nextCaption(state, each, i * 100);
    return says(state);
  });
}
const changes = (captions: string[]) => captions.filter((each, i) => each !== captions[i - 1]);

test('the first guess and an erased board are shown at once', () => {
  expect(follow([cat, seen('blank'), unsure, seen('blank')])).toEqual(['cat', 'blank', 'unsure', 'blank']);
});

test('guesses that waver between a word and doubt leave the word', () => {
  const wavering = Array.from({ length: 60 }, (_, i) => (i % 4 < 2 ? cat : unsure));
  expect(changes(follow(wavering))).toEqual(['cat']);
});

test('words that waver change at a pace that people can read', () => {
  const wavering = Array.from({ length: 60 }, (_, i) => (i % 4 < 2 ? cat : dog));
  expect(changes(follow(wavering)).length).toBeLessThanOrEqual(8);
});

test('says what the guesses say within a second, even if no more come', () => {
  const state = nextCaption(nextCaption(newCaptioning(), cat, 0), dog, 200);
  expect(says(state)).toBe('cat');
  // The share is always that of the word.
  expect(state.shown).toEqual({ kind: 'guess', word: 'cat', share: 0.3 });
  expect(state.dueAt).toBe(800);
  expect(says(nextCaption(state, dog, state.dueAt!))).toBe('dog');
  const doubted = nextCaption(nextCaption(newCaptioning(), cat, 0), unsure, 5000);
  expect([says(doubted), doubted.dueAt]).toEqual(['cat', 6000]);
  expect(says(nextCaption(doubted, unsure, 6000))).toBe('unsure');
});
