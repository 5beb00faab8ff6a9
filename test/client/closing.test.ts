import { expect, test } from 'vitest';
import { closingMessage, followLine, isCalm } from '../../client/ui/closing.ts';
import type { Closing, PhaseView } from '../../shared/protocol.ts';

const drawing = (closing: Closing | undefined, ...recognized: string[]) =>
  ({
    name: 'drawing',
    ...(closing && { closing }),
    recognized: recognized.map((player) => ({ player })),
  }) as PhaseView & { name: 'drawing' };

test('says why the round ends early: hurry, most are done, or finish your drawing', () => {
  expect(closingMessage(drawing(undefined, 'a'), 'a')).toBeUndefined();
  expect(closingMessage(drawing('most', 'a'), 'b')).toBe('race.hurry');
  expect(closingMessage(drawing('most', 'a'), 'a')).toBe('race.mostDone');
  expect(closingMessage(drawing('most', 'a'), undefined)).toBe('race.mostDone');
  expect(closingMessage(drawing('all', 'a'), 'a')).toBe('race.finish');
  expect(closingMessage(drawing('all', 'a'), undefined)).toBe('race.finishing');
});

test('alarms only those whom the last seconds can cost something', () => {
  expect(isCalm(drawing(undefined), 'a')).toBe(false);
  expect(isCalm(drawing('most', 'a'), 'b')).toBe(false);
  expect(isCalm(drawing('most', 'a'), 'a')).toBe(true);
  expect(isCalm(drawing('all', 'a'), undefined)).toBe(true);
});

test('a line whose end comes nearer goes on from where it is, and is out at the new end', () => {
  const follow = followLine();
  const restAt = (line: { started: number; ends: number }, now: number) =>
    (line.ends - now) / (line.ends - line.started);
  expect(follow({ started: 1000, ends: 21_000 }, 1000)).toEqual({ started: 1000, ends: 21_000 });
  const hurried = follow({ started: 1000, ends: 11_000 }, 6000);
  expect(restAt(hurried, 6000)).toBeCloseTo(0.75);
  expect(restAt(hurried, 11_000)).toBe(0);
  // The same times again change nothing.
  expect(follow({ started: 1000, ends: 11_000 }, 7000)).toBe(hurried);
  const finishing = follow({ started: 1000, ends: 12_000 }, 8500);
  expect(restAt(finishing, 8500)).toBeCloseTo(restAt(hurried, 8500));
  expect(restAt(finishing, 12_000)).toBe(0);
  // Another round, or an end that is already over.
  expect(follow({ started: 30_000, ends: 50_000 }, 30_000)).toEqual({ started: 30_000, ends: 50_000 });
  expect(follow({ started: 30_000, ends: 31_000 }, 32_000).ends).toBe(31_000);
});
