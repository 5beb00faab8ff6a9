import { expect, test } from 'vitest';
import { search } from '../../client/ui/search.ts';

test.each([
  ['bar', 'Bär'],
  ['BÄR', 'Bär'],
  ['fuss', 'Fuß'],
  ['eclair', 'Éclair'],
  ['めがね', 'メガネ'],
  ['أسد', 'اسد'],
  [' bär ', 'Bär'],
])('%s finds %s', (query, name) => {
  expect(search([{ name }, { name: 'other' }], query)).toEqual([{ name }]);
});

test('what begins with the query comes first, the rest keeps its order', () => {
  const names = ['Eiskatze', 'Hund', 'Kater', 'Katze', 'Seekatze'].map((name) => ({ name }));
  expect(search(names, 'kat').map(({ name }) => name)).toEqual(['Kater', 'Katze', 'Eiskatze', 'Seekatze']);
});
