import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBatcher } from '../../server/inference/batcher.ts';
import type { Ink } from '../../shared/ink.ts';
import { append, inkSize } from '../../shared/ink.ts';

interface Drawing {
  name: string;
  turn: string;
  ink: Ink;
}
const drawing = (name: string, turn = 'XVYYZ'): Drawing => ({ name, turn, ink: { rev: 0, strokes: [[0, 0]] } });
const grow = ({ ink }: Drawing) => append(ink, { rev: ink.rev, stroke: 0, from: inkSize(ink), points: [1, 1] });
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
/** What begins at once has begun, and goes on with what is answered. */
const settled = () => vi.advanceTimersByTimeAsync(1);

/** A recognizer that answers on demand, and records how much ink it got. */
function setUp(
  maxBatch?: number,
  isDue?: (drawing: Drawing) => boolean,
  costOf?: (drawing: Drawing) => number,
  isPromising?: (drawing: Drawing) => boolean,
) {
  const batches: { sizes: number[]; answer(): void; fail(): void }[] = [];
  const seen: [name: string, taken: number][] = [];
  const failures: unknown[] = [];
  const recognize = (inks: readonly Pick<Ink, 'strokes'>[]) =>
    new Promise<Float32Array[]>((resolve, reject) =>
      batches.push({
        sizes: inks.map((ink) => ink.strokes.flat().length / 2),
        answer: () => resolve(inks.map(() => new Float32Array(1))),
        fail: () => reject(new Error('gone')),
      }),
    );
  const batcher = createBatcher<Drawing, number>(
    { recognize },
    {
      capture: ({ ink }) => inkSize(ink),
      classified: (results) => void results.forEach(({ drawing, state }) => void seen.push([drawing.name, state])),
      failed: (reason) => void failures.push(reason),
      retryDelayMs: 5,
      maxBatch,
      isDue,
      costOf,
      isPromising,
    },
  );
  return { batcher, batches, seen, failures };
}

test('classifies only the newest ink, however often it was marked', async () => {
  const { batcher, batches, seen } = setUp();
  const cat = drawing('cat');
  batcher.mark(cat);
  await settled();
  for (let i = 0; i < 5; i++) {
    grow(cat);
    batcher.mark(cat);
  }
  expect(batches).toHaveLength(1);
  batches[0]!.answer();
  await settled();
  expect(batches).toHaveLength(2);
  expect(batches[1]!.sizes).toEqual([6]);
  batches[1]!.answer();
  await settled();
  expect(seen).toEqual([
    ['cat', 1],
    ['cat', 6],
  ]);
  expect(batcher.waiting()).toBe(0);
});

test('batches grow while the recognizer is busy, in the order of marking, up to the limit', async () => {
  const { batcher, batches, seen } = setUp(3);
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => drawing(name));
  batcher.mark(all[0]!);
  await settled();
  for (const each of all.slice(1)) batcher.mark(each);
  batcher.mark(all[1]!);
  for (let i = 0; i < 3; i++) {
    batches[i]!.answer();
    await settled();
  }
  expect(batches.map((batch) => batch.sizes.length)).toEqual([1, 3, 2]);
  expect(seen.map(([name]) => name).join('')).toBe('abcdef');
});

test('under load, drawings with due guesses come first; the others are not forgotten', async () => {
  const { batcher, batches, seen } = setUp(2, ({ name }) => name === name.toUpperCase());
  batcher.mark(drawing('x'));
  await settled();
  for (const name of ['a', 'b', 'C', 'd', 'E', 'F']) batcher.mark(drawing(name));
  for (let i = 0; i < 5; i++) {
    batches[i]!.answer();
    await settled();
  }
  expect(seen.map(([name]) => name).join('')).toBe('xCEFabd');
});

test('drawings that are not due are classified only if none is, few at a time', async () => {
  const due = new Set<string>();
  const { batcher, batches, seen } = setUp(8, ({ name }) => due.has(name));
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => drawing(name));
  for (const each of all) batcher.mark(each);
  await vi.advanceTimersByTimeAsync(30);
  expect(batches.map(({ sizes }) => sizes.length)).toEqual([4]);
  for (const each of all) grow(each);
  due.add('f');
  batches[0]!.answer();
  await settled();
  expect(batches[1]!.sizes).toEqual([2]);
  batches[1]!.answer();
  await settled();
  expect(batches[2]!.sizes).toEqual([2]);
  batches[2]!.answer();
  await settled();
  expect(seen.map(([name]) => name).join('')).toBe('abcdfe');
});

test('a drawing that comes to be due while none is promising is classified within milliseconds', async () => {
  const due = new Set<string>();
  const { batcher, batches } = setUp(
    8,
    ({ name }) => due.has(name),
    undefined,
    () => false,
  );
  batcher.mark(drawing('a'));
  await vi.advanceTimersByTimeAsync(30);
  expect(batches).toHaveLength(0);
  due.add('a');
  await vi.advanceTimersByTimeAsync(6);
  expect(batches).toHaveLength(1);
});

test('a drawing that is due is classified at once, although others wait until they are', async () => {
  const { batcher, batches } = setUp(
    8,
    ({ name }) => name === 'D',
    undefined,
    () => false,
  );
  batcher.mark(drawing('a'));
  await vi.advanceTimersByTimeAsync(2);
  batcher.mark(drawing('D'));
  await Promise.resolve();
  expect(batches.map(({ sizes }) => sizes.length)).toEqual([1]);
});

test('nothing begins in the pause after a failure', async () => {
  const { batcher, batches } = setUp();
  batcher.mark(drawing('cat'));
  await settled();
  batches[0]!.fail();
  await settled();
  batcher.mark(drawing('dog'));
  await vi.advanceTimersByTimeAsync(2);
  expect(batches).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5);
  expect(batches[1]!.sizes).toHaveLength(2);
});

test('if judging a batch fails, the next one still runs alone', async () => {
  const answers: (() => void)[] = [];
  let failures = 0;
  const batcher = createBatcher<Drawing, null>(
    {
      recognize: (inks) => new Promise((resolve) => answers.push(() => resolve(inks.map(() => new Float32Array(1))))),
    },
    {
      capture: () => null,
      classified: () => {
        if (failures === 0) throw new Error('a bug');
      },
      failed: () => void failures++,
      retryDelayMs: 5,
    },
  );
  batcher.mark(drawing('cat'));
  await settled();
  answers[0]!();
  await settled();
  expect(failures).toBe(1);
  batcher.mark(drawing('dog'));
  await vi.advanceTimersByTimeAsync(2);
  expect(answers).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5);
  batcher.mark(drawing('owl'));
  await vi.advanceTimersByTimeAsync(20);
  expect(answers).toHaveLength(2);
});

test('a failed batch is queued again after a pause', async () => {
  const { batcher, batches, seen, failures } = setUp();
  const cat = drawing('cat');
  batcher.mark(cat);
  await settled();
  grow(cat);
  batches[0]!.fail();
  await settled();
  expect(failures).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5);
  expect(batches[1]!.sizes).toEqual([2]);
  batches[1]!.answer();
  await settled();
  expect(seen).toEqual([['cat', 2]]);
});

test('an unmarked drawing is not classified; after the end none is', async () => {
  const { batcher, batches, seen } = setUp();
  const [cat, dog] = [drawing('cat'), drawing('dog')];
  batcher.mark(cat);
  await settled();
  batcher.mark(dog);
  batcher.unmark(dog);
  batches[0]!.answer();
  await settled();
  expect(batches).toHaveLength(1);
  batcher.mark(cat);
  await settled();
  batcher.close();
  batches[1]!.answer();
  await settled();
  expect(seen).toHaveLength(1);
});

test('rooms take turns by cost: a room full of dear drawings delays its own', async () => {
  const dear = Array.from({ length: 12 }, (_, i) => drawing(`D${i}`, 'DEAR2'));
  const cheap = ['a', 'b', 'c', 'd'].map((name) => drawing(name, 'CHEAP'));
  const { batcher, batches, seen } = setUp(
    8,
    () => true,
    ({ turn }) => (turn === 'DEAR2' ? 6 : 1),
  );
  for (const each of [...dear, ...cheap]) batcher.mark(each);
  await settled();
  for (let i = 0; i < 3; i++) {
    batches[i]!.answer();
    await settled();
  }
  const order = seen.map(([name]) => name[0]).join('');
  // All four cheap ones are back before the second dear one, though twelve were marked before them.
  expect(order.indexOf('d')).toBeLessThan(order.indexOf('D', order.indexOf('D') + 1));
  expect(batches.every(({ sizes }) => sizes.length <= 8)).toBe(true);
});
