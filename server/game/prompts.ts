/** Which words a match asks for: drawn from a seed, so that a match can be told again, and never one twice. */
import { createHash } from 'node:crypto';
import { PACKS } from '../../shared/packs.ts';
import type { Settings } from '../../shared/protocol.ts';
import type { Word, Words } from '../../shared/verdict.ts';
import type { Prompt } from './game.ts';

type Asked = Pick<Settings, 'rounds' | 'difficulty' | 'pack' | 'words'>;

/**
 * The host's own words; or `rounds` different prompts of the asked pack and difficulty, words of `past` only if others run out. Null if
 * there are not so many.
 */
export function drawPrompts(words: Words, asked: Asked, seed: string, past: readonly string[] = []): Prompt[] | null {
  const own = asked.words.length > 0;
  const rounds = own ? asked.words.length : asked.rounds;
  const deck = words.words.filter((word) => (own ? asked.words.includes(word.word) : isAsked(word, asked)));
  if (deck.length < rounds) return null;
  // Sorting by a keyed hash is a shuffle that any language repeats, and that nobody foretells without the seed.
  return deck
    .map(({ word, alike, difficulty, factor }) => ({
      age: own ? 0 : past.lastIndexOf(word),
      key: hash(`${seed}:${word}`),
      prompt: { word, ...(alike && { alike }), difficulty, factor },
    }))
    .sort((a, b) => a.age - b.age || (a.key < b.key ? -1 : 1))
    .slice(0, rounds)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ prompt }) => prompt);
}

const isAsked = ({ word, prompt, difficulty }: Word, asked: Asked): boolean =>
  prompt &&
  (asked.difficulty === 'mixed' || difficulty === asked.difficulty) &&
  (asked.pack === 'all' || PACKS[asked.pack].includes(word));

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
