/** The names that a class offers its pupils, in each language. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isOffensive } from '../../server/edge/profanity.ts';
import { PUPILS_LIMIT } from '../../shared/lesson.ts';
import { NICK_LIMIT } from '../../shared/protocol.ts';
import { graphemes } from '../../shared/text.ts';

const FOLDER = 'client/messages/class';

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const { names } = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as { names: Record<string, string> };
  const [qualities, animals] = [names.qualities!, names.animals!].map((list) => list.split('|')) as [
    string[],
    string[],
  ];
  const pairs = qualities.flatMap((quality) =>
    animals.map((animal) => names.both!.replace('{{quality}}', quality).replace('{{animal}}', animal)),
  );

  test('has several for each pupil of the largest class, no two alike and none too long', () => {
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(pairs.length).toBeGreaterThan(5 * PUPILS_LIMIT);
    expect(pairs.filter((name) => graphemes(name) > NICK_LIMIT)).toEqual([]);
  });

  test('has none that offends', () => {
    // The server looks at each pair before it offers it; these are its words, and every tenth pair.
    const some = [...qualities, ...animals, ...pairs.filter((_, i) => i % 10 === 0)];
    expect(some.filter(isOffensive)).toEqual([]);
  });
});
