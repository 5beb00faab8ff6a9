import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BOARD } from '../../shared/ink.ts';
import { CHUNK_LIMIT, type LiveFrame } from '../../shared/protocol.ts';
import { packChunk, packFrame, unpackChunk, unpackFrame } from '../../shared/wire.ts';

const count = fc.maxSafeNat().map((n) => n % 2 ** 50);
const points = fc
  .array(fc.tuple(fc.nat(BOARD), fc.nat(BOARD)), { minLength: 1, maxLength: CHUNK_LIMIT })
  .map((pairs) => pairs.flat());
const chunk = fc.record({ rev: count, stroke: count, from: count, points });

test('a chunk arrives as it was sent, in characters that JSON leaves as they are', () => {
  fc.assert(
    fc.property(chunk, count, (each, round) => {
      const text = packChunk({ round, ...each });
      expect(text).toMatch(/^[\w-]+$/);
      expect(unpackChunk(text)).toEqual({ round, ...each });
    }),
  );
});

test('a round of a class has a number above 32 bits some day', () => {
  const chunk = { round: 2 ** 32 + 5, rev: 0, stroke: 0, from: 0, points: [1, 2] };
  expect(unpackChunk(packChunk(chunk))).toEqual(chunk);
});

test('a pen at 60 points a second needs 30 bytes for a chunk', () => {
  const text = packChunk({ round: 3, rev: 1, stroke: 4, from: 200, points: [1000, 800, 1012, 809, 1030, 815] });
  expect(text.length + '42["chunk",""]'.length).toBeLessThanOrEqual(32);
});

test('whatever else comes is refused, and throws nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ABCg_-h') })), (text) => {
      const unpacked = unpackChunk(text);
      if (typeof unpacked === 'string') return ['malformed', 'off-board', 'too-large'].includes(unpacked);
      expect(unpacked.points.every((value) => Number.isInteger(value) && value >= 0 && value <= BOARD)).toBe(true);
      expect([unpacked.round, unpacked.rev, unpacked.stroke, unpacked.from].every(Number.isSafeInteger)).toBe(true);
      return true;
    }),
  );
});

const HEAD = { round: 1, rev: 0, stroke: 0, from: 0 };

test.each([
  ['no points', packChunk({ ...HEAD, points: [] }), 'malformed'],
  ['half a point', packChunk({ ...HEAD, points: [1, 2, 3] }), 'malformed'],
  ['a number that goes on', `${packChunk({ ...HEAD, points: [1, 2] })}g`, 'malformed'],
  ['a number without end', `${packChunk({ ...HEAD, points: [1, 2] })}gggggggggggggggA`, 'malformed'],
  ['a sign that is no digit', `${packChunk({ ...HEAD, points: [1, 2] })}=`, 'malformed'],
  ['a letter of another script', `${packChunk({ ...HEAD, points: [1, 2] })}é`, 'malformed'],
  ['a point left of the board', packChunk({ ...HEAD, points: [0, 0, -1, 0] }), 'off-board'],
  ['a point below it', packChunk({ ...HEAD, points: [0, BOARD + 1] }), 'off-board'],
  ['a point too many', packChunk({ ...HEAD, points: new Array(CHUNK_LIMIT * 2 + 2).fill(1) }), 'too-large'],
])('%s is refused', (_, text, why) => {
  expect(unpackChunk(text)).toBe(why);
});

const player = fc.string({ unit: fc.constantFrom(...'abcdef0123456789-_'), minLength: 1, maxLength: 32 });
const thousandths = fc.nat(1000).map((n) => n / 1000);
const frame: fc.Arbitrary<LiveFrame> = fc.record({
  round: count,
  chunks: fc.array(fc.record({ player, rev: count, stroke: count, from: count, points })),
  guesses: fc.array(
    fc.record({
      player,
      sureness: fc.constantFrom('blank' as const, 'unsure' as const, 'guessing' as const),
      target: thousandths,
      top: fc.array(fc.tuple(fc.string(), thousandths), { maxLength: 5 }),
    }),
  ),
});

test('a frame arrives as it was sent', () => {
  fc.assert(
    fc.property(frame, (each) => {
      expect(unpackFrame(JSON.parse(JSON.stringify(packFrame(each))))).toEqual(each);
    }),
  );
});
