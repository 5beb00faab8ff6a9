/** Two names of one room never look the same. */
import { expect, test } from 'vitest';
import { latinOf, looksLike } from '../../server/game/lookalikes.ts';

test.each([
  ['Anna', 'anna'],
  ['Anna', 'Anna\ufe0f'],
  ['Anna', 'An\u200cna'],
  ['Anna', 'Аnna'],
  ['Anna', 'Αnna'],
  ['Anna', 'АNNА'],
  ['Anna', 'Ａｎｎａ'],
  ['Anna', '𝓐𝓷𝓷𝓪'],
  ['Bob', 'ВОВ'],
  ['Paul', 'PauI'],
  ['Ian', 'lan'],
  ['Rita', 'Rіta'],
  ['O0', '0O'],
  ['ニコ', '二コ'],
  ['❤️', '❤'],
])('%s and %s look the same', (one, other) => {
  expect(looksLike(one, other)).toBe(true);
  expect(looksLike(other, one)).toBe(true);
});

test.each([
  ['Anna', 'Anne'],
  ['Anna', 'Anná'],
  ['Ann', 'Anna'],
  ['Zoe', 'Zoë'],
  ['Анна', 'Инна'],
  ['Марк', 'Мария'],
  ['مريم', 'مروة'],
  ['翔太', '翔大'],
  ['👩‍👩‍👧', '👩‍👩‍👦'],
])('%s and %s do not', (one, other) => expect(looksLike(one, other)).toBe(false));

test('a letter passes for its Latin lookalike, and a letter with a stroke is another', () => {
  expect([...'асеорхукмтнІѕαυνηƒɑıꜰ'].map(latinOf).join('')).toBe('aceopxykmthisauvnfaif');
  for (const letter of 'жяюфωאøđłß') expect(latinOf(letter), letter).toBeUndefined();
});
