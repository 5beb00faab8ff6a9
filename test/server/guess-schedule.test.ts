import { describe, expect, test } from 'vitest';
import { areGuessesDue, mayLeave, nextDue } from '../../server/room/guess-schedule.ts';

const STARTED = 1_000_000;
/** A drawing whose newest chunk came at `at`; guesses are due at 500 ms. */
const drawn = (at: number) => ({ started: STARTED, at, guessesDueAt: 500 });

describe('guesses about a drawing', () => {
  test('are due with the first chunk from then on', () => {
    expect(areGuessesDue(drawn(480), STARTED + 480)).toBe(false);
    expect(areGuessesDue(drawn(495), STARTED + 495)).toBe(true);
    expect(areGuessesDue(drawn(530), STARTED + 530)).toBe(true);
  });

  test('are due without one once the pen rests', () => {
    expect(areGuessesDue(drawn(470), STARTED + 510)).toBe(false);
    expect(areGuessesDue(drawn(470), STARTED + 540)).toBe(true);
    // It rests, but there were guesses a moment ago.
    expect(areGuessesDue(drawn(400), STARTED + 490)).toBe(false);
  });

  test('leave if they were due, or if the pen rests and nothing newer was drawn', () => {
    const guessed = (at: number, guessedAt: number, unsentGuesses: 'none' | 'early' | 'due') => ({
      ...drawn(at),
      guessedAt,
      unsentGuesses,
    });
    expect(mayLeave(guessed(480, 480, 'none'), STARTED + 700)).toBe(false);
    expect(mayLeave(guessed(480, 480, 'early'), STARTED + 510)).toBe(false);
    expect(mayLeave(guessed(480, 480, 'early'), STARTED + 550)).toBe(true);
    expect(mayLeave(guessed(530, 480, 'early'), STARTED + 700)).toBe(false);
    expect(mayLeave(guessed(560, 510, 'due'), STARTED + 570)).toBe(true);
  });

  test.each([0, 1, 2] as const)('are due ten times a second at the most, under load %i less often', (load) => {
    const drawing = { started: STARTED, at: 0, guessesDueAt: 0 };
    const times: number[] = [];
    // Chunks every 50 ms, up to 12 ms late.
    for (let i = 0; i < 200; i++) {
      drawing.at = 50 * i + ((i * 7) % 13);
      const now = STARTED + drawing.at;
      if (!areGuessesDue(drawing, now)) continue;
      times.push(drawing.at);
      drawing.guessesDueAt = nextDue(drawing, now, load);
    }
    const most = 10_000 / [100, 300, 500][load]!;
    expect(times.length).toBeLessThanOrEqual(most + 1);
    expect(times.length).toBeGreaterThan(0.75 * most);
  });

  test('after a rest are counted from then', () => {
    expect(nextDue(drawn(400), STARTED + 900, 0)).toBe(1000);
    expect(nextDue(drawn(505), STARTED + 520, 0)).toBe(605);
    expect(nextDue(drawn(495), STARTED + 520, 0)).toBe(600);
  });
});
