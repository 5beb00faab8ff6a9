/** From packed drawings to the pictures that the lab's networks learn from. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOARD, inkLength, type Stroke } from '../../shared/ink.ts';
import {
  type Examples,
  sampleOfOwn,
  type Samples,
  shuffled,
  trainingDrawings,
  trainingExamples,
  validationExamples,
} from '../../shared/lab/examples.ts';
import { FEWEST_OWN, MOST_OWN, OWN_EXAMPLES, packOwn } from '../../shared/lab/own.ts';
import { PICTURE_SIDE, PICTURE_SIZE, pictureOf } from '../../shared/lab/picture.ts';
import { FIRST_RECIPE, isComplete, labelsOf, PRANKS, type Recipe } from '../../shared/lab/recipe.ts';
import { GRID, packDrawing, type Sample, unpackDrawing } from '../../shared/lab/sample.ts';
import { LAB_WORDS, OWN_WORD, SOMETHING_ELSE } from '../../shared/lab/words.ts';

const read = (label: string): Sample => {
  const file = `../../client/lab/sample/${label.replaceAll(' ', '-')}.json`;
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
};
/** As somebody would draw it: the first snails. */
const OWN = read('snail').training.slice(0, 20);
const RECIPE: Recipe = { ...FIRST_RECIPE, words: ['cat', 'fish', 'house'], drawings: 50, seed: 7 };
const samples: Samples = new Map([
  ...[...RECIPE.words, SOMETHING_ELSE].map((label) => [label, read(label)] as const),
  [OWN_WORD, sampleOfOwn(OWN)],
]);
const difference = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / one.reduce((sum, value) => sum + value, 0);

describe('a packed drawing', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: BOARD }), fc.integer({ min: 0, max: BOARD }));
  const stroke = fc.array(point, { minLength: 1, maxLength: 40 }).map((points): Stroke => points.flat());
  const drawing = fc.array(stroke, { minLength: 1, maxLength: 8 });

  test('comes out as it went in, to half a line of the grid', () => {
    const most = BOARD / (GRID - 1) / 2 + 1;
    fc.assert(
      fc.property(drawing, (strokes) => {
        const packed = packDrawing(strokes);
        const unpacked = unpackDrawing(packed);
        expect(packDrawing(unpacked)).toBe(packed);
        expect(unpacked.map((each) => each.length > 0)).toEqual(strokes.map(() => true));
        // No point is lost but those that fall on the one before.
        for (const [i, each] of strokes.entries())
          for (let k = 0; k < each.length; k += 2)
            expect(
              unpacked[i]!.some(
                (x, at) =>
                  at % 2 === 0 &&
                  Math.abs(x - each[k]!) <= most &&
                  Math.abs(unpacked[i]![at + 1]! - each[k + 1]!) <= most,
              ),
            ).toBe(true);
      }),
    );
  });

  test.each(['', 'A', 'AB C', 'AB  CD', 'A!', 'AB é€'])('%j is none', (text) => {
    expect(() => unpackDrawing(text)).toThrow(/point/);
  });
});

describe('a learner’s drawing', () => {
  test('keeps its details although it is small', () => {
    const large = unpackDrawing(read('bicycle').training[0]!);
    const small = large.map((each) => each.map((value) => Math.round(BOARD / 2 + value / 8)));
    const wanted = pictureOf(small);
    expect(difference(wanted, pictureOf(unpackDrawing(packOwn(small))))).toBeLessThan(0.15);
    expect(difference(wanted, pictureOf(unpackDrawing(packDrawing(small))))).toBeGreaterThan(0.4);
  });

  test('has no more points than it needs, however slowly it was drawn', () => {
    const slow = Array.from({ length: 800 }, (_, i) => [i * 2, 1000 + (i % 2)]).flat();
    expect(unpackDrawing(packOwn([slow, [...slow].reverse()])).map(({ length }) => length)).toEqual([4, 4]);
  });

  test('reaches the board’s top, its left, and with its longer side the other end', () => {
    const strokes = unpackDrawing(packOwn([[500, 700, 900, 800]]));
    expect(strokes).toEqual([[0, 0, BOARD, expect.closeTo(BOARD / 4, -2)]]);
  });

  test('is a dot if it is one', () => {
    expect(unpackDrawing(packOwn([[1500, 1700]]))).toEqual([[0, 0]]);
  });
});

describe('a picture', () => {
  const at = (picture: Float32Array, x: number, y: number) => picture[y * PICTURE_SIDE + x]!;
  const box = (picture: Float32Array) => {
    const inked = [...picture.keys()].filter((i) => picture[i]! > 0);
    const xs = inked.map((i) => i % PICTURE_SIDE);
    const ys = inked.map((i) => Math.floor(i / PICTURE_SIDE));
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  };

  test('of nothing is blank', () => {
    expect(pictureOf([])).toEqual(new Float32Array(PICTURE_SIZE));
  });

  test('of a dot has one in the middle', () => {
    const picture = pictureOf([[3, 2000]]);
    expect(box(picture)).toEqual([13, 13, 14, 14]);
    expect(at(picture, 13, 13)).toBeGreaterThan(0.3);
    expect(at(picture, 13, 13)).toBeCloseTo(at(picture, 14, 14));
  });

  test('of a tiny drawing stays small', () => {
    const [left, , right] = box(pictureOf([[1000, 1000, 1048, 1000]]));
    expect(right! - left!).toBeLessThan(10);
  });

  test('has the ink in the middle, 24 pixels long, wherever it lay', () => {
    const square: Stroke = [0, 0, 800, 0, 800, 800, 0, 800, 0, 0];
    const picture = pictureOf([square]);
    const [left, top, right, bottom] = box(picture);
    expect([left, top, right, bottom]).toEqual([1, 1, 26, 26]);
    expect(at(picture, 14, 14)).toBe(0);
    expect(at(picture, 14, 2)).toBeGreaterThan(0.5);
    expect(difference(picture, pictureOf([square.map((value) => value + 1200)]))).toBeLessThan(1e-3);
    for (const value of picture) expect(value >= 0 && value <= 1).toBe(true);
  });
});

describe('training examples', () => {
  test('are as many of each label as the recipe says, with their labels', () => {
    const { count, labels, pictures } = trainingExamples(RECIPE, samples, 1);
    expect(count).toBe(150);
    expect(pictures).toHaveLength(150 * PICTURE_SIZE);
    expect([...labels]).toEqual([...Array(50).fill(0), ...Array(50).fill(1), ...Array(50).fill(2)]);
    const third = pictureOf(unpackDrawing(read('fish').training[2]!));
    expect(pictures.slice(52 * PICTURE_SIZE, 53 * PICTURE_SIZE)).toEqual(third);
    expect(trainingExamples({ ...RECIPE, others: true }, samples, 1).count).toBe(200);
  });

  test('are the same for the same seed and epoch', () => {
    const recipe: Recipe = { ...RECIPE, own: true, partial: true, pranked: 0.3 };
    const [first, again] = [trainingExamples(recipe, samples, 3), trainingExamples(recipe, samples, 3)];
    const next = trainingExamples(recipe, samples, 4);
    const bytes = ({ pictures }: Examples) => Buffer.from(pictures.buffer);
    expect(bytes(again).equals(bytes(first))).toBe(true);
    expect(again.labels).toEqual(first.labels);
    expect(bytes(next).equals(bytes(first))).toBe(false);
    // Whose label is wrong stays so from epoch to epoch, but not with other luck.
    expect(next.labels).toEqual(first.labels);
    expect(trainingExamples({ ...recipe, seed: 8 }, samples, 3).labels).not.toEqual(first.labels);
  });

  test('have the share of wrong labels that the recipe says', () => {
    const recipe: Recipe = { ...RECIPE, drawings: 160, others: true };
    let before = new Set<number>();
    for (const pranked of PRANKS) {
      const wrong = labelsOf(recipe).flatMap((_, label) =>
        trainingDrawings({ ...recipe, pranked }, samples, label, 1).flatMap((drawing, i) =>
          drawing.label === label ? [] : [{ at: label * 160 + i, given: drawing.label }],
        ),
      );
      expect(wrong.length / 640).toBeGreaterThanOrEqual(pranked * 0.8);
      expect(wrong.length / 640).toBeLessThanOrEqual(pranked * 1.2);
      // Each other label gets its part, and a larger share swaps what a smaller one does.
      if (pranked > 0) expect([...new Set(wrong.map(({ given }) => given))].sort()).toEqual([0, 1, 2, 3]);
      const now = new Set(wrong.map(({ at }) => at));
      expect([...before].filter((at) => !now.has(at))).toEqual([]);
      before = now;
    }
  });

  test('with unfinished drawings, each is followed by a part of itself', () => {
    const drawings = trainingDrawings({ ...RECIPE, partial: true, pranked: 0.4 }, samples, 0, 1);
    expect(drawings).toHaveLength(100);
    const shares = Array.from({ length: 50 }, (_, i) => {
      const [whole, part] = [drawings[2 * i]!, drawings[2 * i + 1]!];
      expect(part.label).toBe(whole.label);
      expect(part.strokes[0]!.slice(0, 2)).toEqual(whole.strokes[0]!.slice(0, 2));
      return inkLength({ strokes: part.strokes as Stroke[] }) / inkLength({ strokes: whole.strokes as Stroke[] });
    });
    expect(Math.min(...shares)).toBeGreaterThan(0.14);
    expect(Math.max(...shares)).toBeLessThan(0.91);
    expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.4);
  });

  test('vary a learner’s own drawings, in each epoch otherwise', () => {
    const recipe: Recipe = { ...RECIPE, own: true, drawings: 100 };
    const first = trainingDrawings(recipe, samples, 3, 1);
    expect(first).toHaveLength(OWN_EXAMPLES);
    const kept = samples.get(OWN_WORD)!.training;
    expect(kept).toHaveLength(16);
    expect(first.slice(0, 16).map(({ strokes }) => strokes)).toEqual(kept.map(unpackDrawing));
    const pictures = new Set(first.map(({ strokes }) => pictureOf(strokes).join()));
    expect(pictures.size).toBe(OWN_EXAMPLES);
    // Most are still nearest to the drawing that they come from.
    const from = kept.map((text) => pictureOf(unpackDrawing(text)));
    const nearest = first.map(({ strokes }) => {
      const far = from.map((each) => difference(each, pictureOf(strokes)));
      return far.indexOf(Math.min(...far));
    });
    expect(nearest.filter((at, i) => at === i % 16).length).toBeGreaterThan(0.7 * OWN_EXAMPLES);
    expect(trainingDrawings(recipe, samples, 3, 2)[16]!.strokes).not.toEqual(first[16]!.strokes);
    // Not more than there are of any other word.
    expect(trainingDrawings({ ...recipe, drawings: 50 }, samples, 3, 1)).toHaveLength(50);
    expect(trainingDrawings({ ...recipe, drawings: 160 }, samples, 3, 1)).toHaveLength(OWN_EXAMPLES);
  });

  test('without drawings of a label there are none', () => {
    const none: Samples = new Map([...samples, [OWN_WORD, sampleOfOwn([])]]);
    expect(() => trainingExamples({ ...RECIPE, own: true }, none, 1)).toThrow('no drawings of own word');
  });
});

test('validation drawings are whole, with their true labels, and none that is learned from', () => {
  const recipe: Recipe = { ...RECIPE, own: true, others: true, partial: true, pranked: 0.4 };
  const { count, labels, pictures } = validationExamples(recipe, samples);
  expect(count).toBe(40 + 40 + 40 + 4 + 40);
  expect([0, 1, 2, 3, 4].map((label) => labels.filter((each) => each === label).length)).toEqual([40, 40, 40, 4, 40]);
  expect(pictures.slice(120 * PICTURE_SIZE, 121 * PICTURE_SIZE)).toEqual(pictureOf(unpackDrawing(OWN[4]!)));
  const learned = new Set(trainingDrawings(recipe, samples, 3, 1).map(({ strokes }) => JSON.stringify(strokes)));
  expect(samples.get(OWN_WORD)!.validation.filter((text) => learned.has(JSON.stringify(unpackDrawing(text))))).toEqual(
    [],
  );
});

test('a chance order has each number once', () => {
  let at = 0;
  const order = shuffled(50, () => (at++ % 10) / 10);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(order).not.toEqual([...order].sort((a, b) => a - b));
});

test('a recipe is complete with 3 to 10 words and enough drawings of the own one', () => {
  const words = (n: number, own = false) => ({ words: LAB_WORDS.slice(0, n), own });
  expect([2, 3, 10, 11].map((n) => isComplete(words(n), 0))).toEqual([false, true, true, false]);
  expect([1, 2, 9, 10].map((n) => isComplete(words(n, true), MOST_OWN))).toEqual([false, true, true, false]);
  expect(isComplete(words(5, true), FEWEST_OWN - 1)).toBe(false);
  expect(isComplete(words(5, true), FEWEST_OWN)).toBe(true);
});
