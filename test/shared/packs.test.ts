/** Every word of the shipped model is in one pack, and every pack has a name in every language. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PACK_NAMES } from '../../shared/pack-names.ts';
import { PACKS } from '../../shared/packs.ts';
import { PACK_CHOICES } from '../../shared/protocol.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const known: string[] = read('models/quickdraw/words.json').words.map(({ word }: { word: string }) => word);

test('every word of the model is in exactly one pack, and no other word is', () => {
  expect(Object.keys(PACKS)).toEqual([...PACK_NAMES]);
  expect(Object.values(PACKS).flat().sort()).toEqual([...known].sort());
});

test.each(PACK_NAMES)('%s has words enough for a match', (name) => {
  expect(PACKS[name].length).toBeGreaterThanOrEqual(12);
});

test('every language names every pack, each differently', () => {
  const files = readdirSync(new URL('../../client/messages', import.meta.url)).filter((name) => name.endsWith('.json'));
  expect(files).toHaveLength(8);
  for (const file of files) {
    const names: Record<string, string> = read(`client/messages/${file}`).packs;
    expect(Object.keys(names).sort(), file).toEqual([...PACK_CHOICES].sort());
    expect(new Set(Object.values(names)).size, file).toBe(PACK_CHOICES.length);
  }
});
