import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../shared/protocol.ts';
import { COMMANDS, parse } from '../../shared/commands.ts';
import { CODE_ALPHABET, REFUSALS } from '../../shared/protocol.ts';

test('the alphabet of codes has no lookalikes', () => {
  expect(CODE_ALPHABET).not.toMatch(/[IO01L]/);
  expect(new Set(CODE_ALPHABET).size).toBe(CODE_ALPHABET.length);
});

const family = '👩‍👩‍👧';
test.each([
  ['join', { code: ' abcd2 ', nick: '  Ann\u200b \n B  ' }, { code: 'ABCD2', nick: 'Ann B' }],
  ['create', { nick: family.repeat(16) }, { nick: family.repeat(16), settings: {}, daily: false }],
  ['create', { nick: family.repeat(17) }, 'nick-long'],
  ['create', { nick: '\u200d\u2066' }, 'nick-empty'],
  ['settings', { rounds: 3, host: 'me' }, { rounds: 3 }],
  ['leave', {}, {}],
] as const)('%s is read as it is meant', (command, payload, read) => {
  expect(parse(command, payload)).toEqual(read);
});

test('any input gives the command or a listed refusal', () => {
  const commands = Object.keys(COMMANDS) as Command[];
  fc.assert(
    fc.property(
      fc.constantFrom(...commands),
      fc.anything({ withBigInt: true, withNullPrototype: true }),
      (command, payload) => {
        const parsed = parse(command, payload);
        if (typeof parsed === 'string') expect(REFUSALS).toContain(parsed);
        else expect(parsed).toBeTypeOf('object');
      },
    ),
    { numRuns: 1000 },
  );
});
