/** A recorded drawing at any moment: as its history says, wherever one jumps; and what the network makes of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPlayback } from '../../client/archive/replay/playback.ts';
import { read } from '../../client/archive/replay/reading.ts';
import type { History, InkEvent } from '../../shared/history.ts';
import { inkAt, smoothed } from '../../shared/history.ts';
import type { Words } from '../../shared/verdict.ts';

const draw = (at: number, stroke: number, ...points: number[]): InkEvent => ({ at, stroke, points });
const guess = (at: number, word: string): InkEvent => ({
  at,
  guesses: { sureness: 'guessing', top: [[word, 0.5]], target: 0.1 },
});

/** Whatever may happen to a drawing; many things at one time, too. */
const histories = fc
  .array(
    fc.record({
      kind: fc.constantFrom('more', 'more', 'stroke', 'stroke', 'undo', 'clear', 'guess'),
      wait: fc.constantFrom(0, 0, 1, 30, 50, 400),
      points: fc.array(fc.integer({ min: 0, max: 2040 }), { minLength: 1, maxLength: 8 }),
    }),
    { maxLength: 40 },
  )
  .map((wishes) => {
    const history: History = [];
    let [at, strokes, rev] = [0, 0, 0];
    for (const { kind, wait, points } of wishes) {
      at += wait;
      if (kind === 'guess') history.push(guess(at, `word ${history.length}`));
      else if (kind === 'undo' || kind === 'clear') {
        strokes = kind === 'clear' ? 0 : Math.max(0, strokes - 1);
        history.push({ at, erased: kind, strokes, rev: ++rev });
      } else {
        if (kind === 'stroke' || strokes === 0) strokes++;
        history.push(draw(at, strokes - 1, ...points.flatMap((x) => [x, 2040 - x])));
      }
    }
    return history;
  });
const seeks = fc.array(fc.integer({ min: -10, max: 3000 }), { minLength: 1, maxLength: 30 });

test('a moment has the ink and the guesses of its history, from wherever one comes', () => {
  fc.assert(
    fc.property(histories, seeks, (history, times) => {
      const playback = createPlayback(history);
      const paced = smoothed(history);
      for (const time of [...times, playback.end]) {
        expect(playback.strokesAt(time)).toEqual(inkAt(paced, time).strokes);
        const last = paced.filter((event) => event.at <= time && 'guesses' in event).at(-1);
        expect(playback.guessesAt(time)).toEqual(last && 'guesses' in last ? last.guesses : undefined);
      }
      expect(playback.strokesAt(playback.end)).toEqual(inkAt(history).strokes);
    }),
  );
});

test('a stroke is the same array while it grows and after it, so that a painter goes on where it was', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const playback = createPlayback(history);
      let before: { stroke: number[]; length: number }[] = [];
      for (let time = 0; time <= playback.end; time += 10) {
        const strokes = playback.strokesAt(time);
        const isErased = playback.erasures.some(({ at }) => at > time - 10 && at <= time);
        if (!isErased)
          for (const [i, { stroke, length }] of before.entries()) {
            expect(strokes[i]).toBe(stroke);
            expect(strokes[i]!.length).toBeGreaterThanOrEqual(length);
          }
        before = strokes.map((stroke) => ({ stroke, length: stroke.length }));
      }
    }),
  );
});

test('only what took something away is marked', () => {
  const history: History = [
    { at: 0, erased: 'clear', strokes: 0, rev: 3 },
    draw(100, 0, 1, 1),
    { at: 200, erased: 'undo', strokes: 0, rev: 4 },
    { at: 250, erased: 'undo', strokes: 0, rev: 5 },
    draw(300, 0, 2, 2),
    draw(400, 1, 3, 3),
    { at: 500, erased: 'clear', strokes: 0, rev: 6 },
  ];
  expect(createPlayback(history).erasures).toEqual([
    { at: 200, what: 'undo' },
    { at: 500, what: 'clear' },
  ]);
});

test('a reading says which stroke the word hangs on, what came near, and whether the model is another', async () => {
  const words = {
    hash: 'a'.repeat(64),
    words: ['cat', 'dog', 'lion', 'map', 'pea'].map((word) => ({ word, ...(word === 'cat' && { alike: ['lion'] }) })),
  } as Words;
  /** It knows a cat by the stroke that begins at 7. */
  const look = async (strokes: number[][]) => {
    const cat = strokes.some(([x]) => x === 7) ? 0.8 : 0.1;
    const probabilities = Float32Array.from([cat, strokes.length / 10, 0.9, 0.05, 0]);
    const sureness = strokes.length > 0 ? ('guessing' as const) : ('blank' as const);
    return {
      verdict: { sureness, guesses: [], target: strokes.length > 0 ? cat : 0, recognized: true },
      probabilities,
      maps: [],
    };
  };
  const history: History = [
    draw(1000, 0, 3, 3, 90, 90),
    draw(2000, 1, 7, 7, 20, 20),
    draw(3000, 2, 5, 5, 500, 500),
    { at: 4000, erased: 'clear', strokes: 0, rev: 1 },
  ];
  const verdict = null;
  const shares: number[] = [];
  const record = { word: 'cat', model: 'a'.repeat(16), history: history.slice(0, 3), verdict };
  const reading = await read(record, { words, look }, (share) => shares.push(share));
  expect(reading.isOlder).toBe(false);
  expect(reading.whole).toBe(0.8);
  expect(reading.weights[0]).toEqual({ stroke: 1, without: 0.1 });
  expect(reading.weights.map(({ stroke }) => stroke).sort()).toEqual([0, 1, 2]);
  // A lion is accepted for a cat: that is no rival.
  expect(reading.rivals).toEqual(['dog', 'map', 'pea']);
  expect(reading.moments.at(-1)).toEqual({
    at: 3000,
    target: 0.8,
    rivals: [expect.closeTo(0.3), expect.closeTo(0.05), 0],
  });
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));

  // The recognized ink, not what came after it; and an empty board is near nothing.
  const recognized = { at: 2000, word: 'cat', probability: 0.8, ink: { rev: 0, strokes: 2, points: 1 } };
  const older = { word: 'cat', model: 'b'.repeat(16), history: history.slice(0, 3), verdict: recognized };
  const again = await read(older, { words, look });
  expect(again.isOlder).toBe(true);
  expect(again.strokes).toEqual([
    [3, 3, 90, 90],
    [7, 7],
  ]);
  const wiped = await read({ ...record, history }, { words, look });
  expect(wiped.moments.at(-1)).toEqual({ at: 4000, target: 0, rivals: [0, 0, 0] });
});
