/** Words whose drawings the running network recognizes: chance must not decide whether what a test draws is. */
import type { Recognizer } from '../../server/inference/recognizer.ts';
import type { Ink } from '../../shared/ink.ts';
import { inkLength, prefix } from '../../shared/ink.ts';
import type { Word } from '../../shared/verdict.ts';
import { judge } from '../../shared/verdict.ts';
import { drawn } from './drawings.ts';
import { drawingsOf, SAMPLE_WORDS } from './quickdraw.ts';

/** Words of each difficulty: together enough for a match of six rounds. */
const WORDS = 3;
/** The beginning of a drawing, as a share of its ink. */
const BEGINNING = 0.3;

/**
 * Words of the sample, easy to hard. The network recognizes their first two drawings, by the widest margin there is, but not by
 * their beginning. A network that was trained again may choose other words; that it knows too few of them is an error.
 */
export async function knownWords({ recognize, words }: Pick<Recognizer, 'recognize' | 'words'>): Promise<string[]> {
  const margins = new Map<string, number>();
  for (const { word, threshold, prompt } of words.words) {
    if (!prompt || word in drawn || !SAMPLE_WORDS.includes(word)) continue;
    const whole = drawingsOf(word, 2);
    const inks = [...whole, ...whole.map((ink) => prefix(ink, BEGINNING))];
    const looks = await recognize(inks);
    const [one, two, ...begun] = inks.map((ink, i) => judge(words, word, looks[i]!, inkLength(ink)));
    if (!one!.recognized || !two!.recognized || begun.some(({ recognized }) => recognized)) continue;
    margins.set(word, Math.min(one!.target, two!.target) - threshold);
  }
  const knownOf = (difficulty: Word['difficulty']): string[] => {
    const known = words.words
      .filter((each) => each.difficulty === difficulty && margins.has(each.word))
      .map(({ word }) => word)
      .sort((a, b) => margins.get(b)! - margins.get(a)!);
    if (known.length < WORDS)
      throw new Error(`The model ${words.model} knows too few ${difficulty} words of the sample: ${known.join(', ')}`);
    return known.slice(0, WORDS);
  };
  return [...knownOf('easy'), ...knownOf('medium'), ...knownOf('hard')];
}

/** Real drawings of a word, those first that the recognizer is surest of. */
export async function clearest(
  { recognize, words }: Pick<Recognizer, 'recognize' | 'words'>,
  word: string,
): Promise<Ink[]> {
  const inks = drawingsOf(word, 8);
  const looks = await recognize(inks);
  const p = (i: number) => judge(words, word, looks[i]!, inkLength(inks[i]!)).target;
  return [...inks.keys()].sort((a, b) => p(b) - p(a)).map((i) => inks[i]!);
}
