/** Every language says everything that English says, with the same values in it, and names every word of the model. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REACTIONS, REFUSALS } from '../../shared/protocol.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const languages = readdirSync(new URL('../../client/messages/archive', import.meta.url)).map(
  (file) => file.split('.')[0]!,
);

type Messages = { [key: string]: string | Messages };
/** With those of the archive, the lab and the classroom, which come in files of their own. */
const messagesOf = (language: string) =>
  new Map(
    ['client/messages', 'client/messages/archive', 'client/messages/lab', 'client/messages/class'].flatMap((folder) =>
      flat(read(`${folder}/${language}.json`)),
    ),
  );
const flat = (messages: Messages, path = ''): [string, string][] =>
  Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flat(value, `${path + key}.`),
  );
const PLURAL = /_(zero|one|two|few|many|other)$/;
const values = (text: string) => [...new Set(text.match(/\{\{\w+/g))].sort();

const english = messagesOf('en');
const prompts: string[] = read('models/quickdraw/words.json').words.map((each: { word: string }) => each.word);

test('there are eight languages', () => {
  expect(languages.sort()).toEqual(['ar', 'de', 'en', 'es', 'fr', 'ja', 'pt', 'zh']);
});

test('English has words for every refusal', () => {
  for (const why of REFUSALS) expect(english.get(`refusals.${why}`), why).toBeTruthy();
  expect(REACTIONS.length).toBeGreaterThan(0);
});

describe.each(languages)('%s', (language) => {
  const messages = messagesOf(language);
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;

  test('has every message and each of its plural forms', () => {
    const wanted = [...english.keys()].flatMap((key) => {
      if (!PLURAL.test(key)) return [key];
      return key.endsWith('_other') ? forms.map((form) => key.replace(PLURAL, `_${form}`)) : [];
    });
    expect([...messages.keys()].sort()).toEqual(wanted.sort());
  });

  test('keeps each message’s placeholders', () => {
    for (const [key, text] of messages) {
      expect(text.trim(), key).not.toBe('');
      const same = english.get(key) ?? english.get(key.replace(PLURAL, '_other'))!;
      // A plural form may say its number in words.
      if (/_(zero|one|two)$/.test(key)) continue;
      expect(values(text), key).toEqual(values(same));
    }
  });

  if (language !== 'en')
    test('names every word of the model, each differently', () => {
      const words: Record<string, string> = read(`client/words/${language}.json`);
      expect(Object.keys(words).sort()).toEqual([...prompts].sort());
      const names = Object.values(words).map((name) => name.trim().toLocaleLowerCase(language));
      expect(names.filter((name) => !name)).toEqual([]);
      expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    });
});
