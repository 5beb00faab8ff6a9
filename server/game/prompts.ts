/** Which words a match asks for: drawn from a seed, so that a match can be told again, and never one twice. */
import { createHash } from 'node:crypto';
import type { Settings } from '../../shared/protocol.ts';
import type { Words } from '../../shared/verdict.ts';
import type { Prompt } from './game.ts';

/** `rounds` different prompts of the asked difficulty; null if the model has not so many. Words of `past` come only if others run out. */
export function drawPrompts(
  words: Words,
  { rounds, difficulty }: Pick<Settings, 'rounds' | 'difficulty'>,
  seed: string,
  past: readonly string[] = [],
): Prompt[] | null {
  const deck = words.words.filter((w) => w.prompt && (difficulty === 'mixed' || w.difficulty === difficulty));
  if (deck.length < rounds) return null;
  // Sorting by a keyed hash is a shuffle that any language repeats, and that nobody foretells without the seed.
  return deck
    .map(({ word, alike, difficulty, factor }) => ({
      age: past.lastIndexOf(word),
      key: hash(`${seed}:${word}`),
      prompt: { word, ...(alike && { alike }), difficulty, factor },
    }))
    .sort((a, b) => a.age - b.age || (a.key < b.key ? -1 : 1))
    .slice(0, rounds)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ prompt }) => prompt);
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
