/** A recipe for a network of the lab: what it costs, and which ones are taken from somebody else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNetwork } from '../../shared/lab/network.ts';
import {
  DENSE,
  DROPOUTS,
  excessOf,
  FILTERS,
  FIRST_RECIPE,
  labelsOf,
  type Layers,
  MOST_CONVOLUTIONS,
  MOST_OPERATIONS,
  MOST_PARAMETERS,
  MOST_SEEDS,
  operationsOf,
  parametersOf,
  parseRecipe,
  type Preset,
  presetOf,
  PRESETS,
  type Recipe,
  SIZES,
  sizesOf,
} from '../../shared/lab/recipe.ts';
import { LAB_WORDS } from '../../shared/lab/words.ts';

const presets = Object.keys(PRESETS) as Preset[];

const anyLayers: fc.Arbitrary<Layers> = fc.record({
  convolutions: fc.array(
    fc.record({ filters: fc.constantFrom(...FILTERS), size: fc.constantFrom(...SIZES), pool: fc.boolean() }),
    { minLength: 1, maxLength: MOST_CONVOLUTIONS },
  ),
  dense: fc.constantFrom(...DENSE),
  dropout: fc.constantFrom(...DROPOUTS),
});

describe('what a network costs', () => {
  test('layer by layer, counted by hand', () => {
    // 28 x 28 with 8 filters of 3 x 3, halved, 16 filters over 8 maps, halved, 7 x 7 x 16 to 32 neurons, to six labels.
    expect(sizesOf(PRESETS.medium, 6)).toEqual([
      { kind: 'convolution', shape: [28, 28, 8], parameters: 9 * 8 + 8, operations: 9 * 8 * 28 * 28 },
      { kind: 'pooling', shape: [14, 14, 8], parameters: 0, operations: 0 },
      { kind: 'convolution', shape: [14, 14, 16], parameters: 9 * 8 * 16 + 16, operations: 9 * 8 * 16 * 14 * 14 },
      { kind: 'pooling', shape: [7, 7, 16], parameters: 0, operations: 0 },
      { kind: 'dense', shape: [1, 1, 32], parameters: 784 * 32 + 32, operations: 784 * 32 },
      { kind: 'answer', shape: [1, 1, 6], parameters: 32 * 6 + 6, operations: 32 * 6 },
    ]);
    expect(parametersOf(PRESETS.medium, 6)).toBe(26_566);
    expect(operationsOf(PRESETS.medium, 6)).toBe(307_520);
  });

  test('without pooling and dense layer, and with an odd side', () => {
    const plain: Layers = { convolutions: [{ filters: 4, size: 5, pool: false }], dense: 0, dropout: 0 };
    expect(sizesOf(plain, 3).map(({ shape }) => shape)).toEqual([
      [28, 28, 4],
      [1, 1, 3],
    ]);
    expect(parametersOf(plain, 3)).toBe(25 * 4 + 4 + 28 * 28 * 4 * 3 + 3);
    // 28, 14, 7, 3: what is left over of an odd side is dropped.
    expect(sizesOf(PRESETS.huge, 3).at(-3)!.shape).toEqual([3, 3, 64]);
  });

  test('each preset does more than the one before, and all may be trained with as many labels as there can be', () => {
    const operations = presets.map((preset) => operationsOf(PRESETS[preset], 6));
    expect(operations).toEqual(operations.toSorted((a, b) => a - b));
    for (const preset of presets) expect(excessOf(PRESETS[preset], 11), preset).toBeUndefined();
  });

  test('a preset is known by its layers, another mix is none', () => {
    for (const preset of presets) expect(presetOf(structuredClone(PRESETS[preset]))).toBe(preset);
    expect(presetOf({ ...PRESETS.medium, dropout: 0.5 })).toBeUndefined();
    expect(presetOf({ ...PRESETS.medium, convolutions: PRESETS.medium.convolutions.slice(1) })).toBeUndefined();
  });

  test('too large is what exceeds either limit', () => {
    const wide: Layers = { convolutions: [{ filters: 64, size: 3, pool: true }], dense: 128, dropout: 0 };
    expect(excessOf(wide, 6)).toBe('parameters');
    const slow: Layers = { convolutions: Array(2).fill({ filters: 64, size: 3, pool: false }), dense: 0, dropout: 0 };
    expect(excessOf(slow, 3)).toBe('operations');
    fc.assert(
      fc.property(anyLayers, fc.integer({ min: 3, max: 11 }), (layers, labels) => {
        const isSmall =
          parametersOf(layers, labels) <= MOST_PARAMETERS && operationsOf(layers, labels) <= MOST_OPERATIONS;
        expect(excessOf(layers, labels) === undefined).toBe(isSmall);
      }),
    );
  });
});

describe('a recipe from somebody else', () => {
  test('all presets, and whatever the page offers', () => {
    for (const preset of presets) {
      const recipe = { ...FIRST_RECIPE, layers: PRESETS[preset] };
      expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    }
    const anyWords = fc.uniqueArray(fc.constantFrom(...LAB_WORDS), { minLength: 3, maxLength: 9 });
    fc.assert(
      fc.property(anyLayers, anyWords, fc.boolean(), fc.boolean(), (layers, words, own, others) => {
        const recipe: Recipe = { ...FIRST_RECIPE, layers, words, own, others };
        const text = JSON.parse(JSON.stringify(recipe));
        if (excessOf(layers, labelsOf(recipe).length)) expect(() => parseRecipe(text)).toThrow('too many');
        else expect(parseRecipe(text)).toEqual(recipe);
      }),
    );
  });

  const layers = (part: object) => ({ layers: { ...PRESETS.medium, ...part } });
  const convolution = (part: object) => layers({ convolutions: [{ ...PRESETS.medium.convolutions[0], ...part }] });
  test.each<[object, string]>([
    [{ words: undefined }, 'unknown words'],
    [{ words: 'cat' }, 'unknown words'],
    [{ words: ['cat', 'fish', 'dragon'] }, 'unknown words'],
    [{ words: ['cat', 'fish', 'cat'] }, 'unknown words'],
    [{ words: ['cat', 'fish', ['house']] }, 'unknown words'],
    [{ words: ['cat', 'fish'] }, '3 to 10 words, not 2'],
    [{ words: LAB_WORDS.slice(0, 11) }, '3 to 10 words, not 11'],
    [{ words: LAB_WORDS.slice(0, 10), own: true }, '3 to 10 words, not 11'],
    [{ own: 1 }, 'own is neither true nor false'],
    [{ partial: 'yes' }, 'partial is neither true nor false'],
    [{ others: null }, 'others is neither true nor false'],
    [{ drawings: 99 }, 'drawings is none of'],
    [{ drawings: '100' }, 'drawings is none of'],
    [{ pranked: 1 }, 'pranked is none of'],
    [{ pranked: Number.NaN }, 'pranked is none of'],
    [{ seed: 0 }, 'seed is no whole number'],
    [{ seed: 1.5 }, 'seed is no whole number'],
    [{ seed: MOST_SEEDS + 1 }, 'seed is no whole number'],
    [{ seed: '1' }, 'seed is no whole number'],
    [{ layers: undefined }, 'layers is missing'],
    [{ layers: [] }, 'layers is missing'],
    [layers({ convolutions: undefined }), 'one to 3 convolutions'],
    [layers({ convolutions: [] }), 'one to 3 convolutions'],
    [layers({ convolutions: Array(4).fill(PRESETS.tiny.convolutions[0]) }), 'one to 3 convolutions'],
    [layers({ convolutions: [null] }), 'a convolution is missing'],
    [layers({ dense: 33 }), 'dense is none of'],
    [layers({ dense: -16 }), 'dense is none of'],
    [layers({ dropout: 1 }), 'dropout is none of'],
    [convolution({ filters: 0 }), 'filters is none of'],
    [convolution({ filters: 1e9 }), 'filters is none of'],
    [convolution({ size: 4 }), 'size is none of'],
    [convolution({ pool: 'max' }), 'pool is neither true nor false'],
    [
      {
        ...convolution({ filters: 64 }),
        ...layers({ convolutions: [{ filters: 64, size: 3, pool: true }], dense: 128 }),
      },
      'too many parameters',
    ],
    [layers({ convolutions: Array(2).fill({ filters: 64, size: 3, pool: false }), dense: 0 }), 'too many'],
  ])('refuses %j: %s', (part, reason) => {
    expect(() => parseRecipe({ ...FIRST_RECIPE, ...part })).toThrow(reason);
  });

  test.each([undefined, null, 7, 'recipe', [], () => 1])('refuses %s', (value) => {
    expect(() => parseRecipe(value)).toThrow('the recipe is missing');
  });

  test('whatever it is, it is taken or refused with a message', () => {
    const fields = Object.keys(FIRST_RECIPE);
    const near = fc
      .tuple(fc.constantFrom(...fields), fc.anything())
      .map(([field, value]) => ({ ...FIRST_RECIPE, [field]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), near), (value) => {
        const read = () => {
          try {
            return parseRecipe(value);
          } catch (error) {
            return (error as Error).message;
          }
        };
        const recipe = read();
        if (typeof recipe === 'string') expect(recipe).not.toBe('');
        else expect(parseRecipe(recipe)).toEqual(recipe);
      }),
    );
  });

  test('weights must be as many numbers as its network has', () => {
    const weights = new Float32Array(26_566).fill(0.5);
    const parsed = parseNetwork(FIRST_RECIPE, weights.buffer).weights;
    expect(Buffer.from(parsed.buffer).equals(Buffer.from(weights.buffer))).toBe(true);
    expect(() => parseNetwork(FIRST_RECIPE, weights.buffer.slice(4))).toThrow('26566 numbers');
    weights[26_565] = Number.NaN;
    expect(() => parseNetwork(FIRST_RECIPE, weights.buffer)).toThrow('no number');
  });
});
