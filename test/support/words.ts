/** Words for tests: a small model's, for the rules around the recognizer; and few of the real one's, for a game to ask for. */
import type { Recognizer } from '../../server/inference/recognizer.ts';
import { UNCALIBRATED } from '../../shared/calibration.ts';
import type { Words } from '../../shared/verdict.ts';

const NAMES = ['cat', 'dog', 'sun', 'tree', 'house', 'fish', 'star', 'boat', 'key', 'moon', 'cup', 'hat'];

export const testWords: Words = {
  model: 'test',
  hash: '',
  calibration: UNCALIBRATED,
  words: NAMES.map((word, i) => ({
    word,
    threshold: 0.5,
    difficulty: (['easy', 'medium', 'hard'] as const)[i % 3]!,
    factor: [1, 1.25, 1.5][i % 3]!,
    prompt: word !== 'hat',
  })),
};

/** Probabilities with `p` for one word and the rest shared out. */
export function probabilitiesOf(word: string, p: number): Float32Array {
  const at = NAMES.indexOf(word);
  return Float32Array.from(NAMES, (_, i) => (i === at ? p : (1 - p) / (NAMES.length - 1)));
}

/** A recognizer of all words, for a game that asks only for some. */
export function asking(recognizer: Recognizer, prompts: string[]): Recognizer {
  const words = recognizer.words.words.map((each) => ({ ...each, prompt: prompts.includes(each.word) }));
  return { ...recognizer, words: { ...recognizer.words, words } };
}
