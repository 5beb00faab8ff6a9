import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withArticle } from '../../client/page/article.ts';

test.each([
  ['owl', 'an owl'],
  ['hourglass', 'an hourglass'],
  ['house', 'a house'],
  ['scissors', 'scissors'],
  ['sun', 'the sun'],
  ['The Eiffel Tower', 'the Eiffel Tower'],
])('%s: %s', (prompt, inSentence) => expect(withArticle(prompt)).toBe(inSentence));

test('no plural word of the model has a singular article', () => {
  const { words } = JSON.parse(readFileSync(new URL('../../models/quickdraw/words.json', import.meta.url), 'utf8'));
  const prompts: string[] = words.map((each: { word: string }) => each.word);
  const singular = /^(.* )?(bus|cactus|compass|glass|hourglass|octopus|rhinoceros)$/;
  const plural = prompts.filter((each) => each.endsWith('s') && !singular.test(each));
  expect(plural.filter((each) => /^an? /.test(withArticle(each)))).toEqual([]);
});
