/** Networks that are shared: nothing but a network, of at most 250 kB. */
import { describe, expect, test } from 'vitest';
import { fromHalves, toHalves } from '../../shared/lab/half.ts';
import { labelsOf, parametersOf, PRESETS, type Recipe } from '../../shared/lab/recipe.ts';
import { isShareable, packShared, parseShared, SHARED_LIMIT } from '../../shared/lab/shared-network.ts';
import { altered, RECIPE, someNetwork } from '../support/shared-network.ts';

describe('numbers of 16 bits', () => {
  test('each of them comes back as it was', () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter((half) => (half & 0x7c00) < 0x7c00);
    // But for the sign of zero.
    expect(toHalves(fromHalves(all))).toEqual(all.map((half) => (half === 0x8000 ? 0 : half)));
  });

  test('other numbers are rounded to the nearest, or become infinite', () => {
    const numbers = Float32Array.of(0.1, -3.3, 1e-6, 2 ** -25, 65_504, 65_519, 65_520, -1e38, Number.NaN);
    const back = fromHalves(toHalves(numbers));
    for (let i = 0; i < 2; i++) expect(Math.abs(back[i]! / numbers[i]! - 1)).toBeLessThan(2 ** -11);
    expect(Math.abs(back[2]! - 1e-6)).toBeLessThanOrEqual(2 ** -25);
    expect([...back.subarray(4)]).toEqual([65_504, 65_504, Infinity, -Infinity, Infinity]);
  });
});

test('a network comes back as it was, but for the rounding of its weights', () => {
  const network = someNetwork();
  const packed = packShared(network);
  const back = parseShared(packed);
  expect(back).toMatchObject({ recipe: network.recipe, accuracy: 0.87 });
  expect(back.weights).toEqual(fromHalves(toHalves(network.weights)));
  // As a request's body is: at any address in memory.
  expect(parseShared(Buffer.concat([Buffer.from('x'), packed]).subarray(1))).toEqual(back);
  expect(parseShared(packShared({ ...network, accuracy: null })).accuracy).toBe(null);
});

test('all presets can be shared with ten words, and none is larger than the limit', () => {
  const words: Recipe['words'] = ['cat', 'dog', 'sun', 'moon', 'star', 'key', 'cup', 'hat', 'car', 'eye'];
  for (const [name, layers] of Object.entries(PRESETS)) {
    const recipe = { ...RECIPE, words, others: true, layers };
    expect(isShareable(recipe), name).toBe(true);
    expect(packShared(someNetwork(recipe)).length, name).toBeLessThanOrEqual(SHARED_LIMIT);
  }
  const large: Recipe = {
    ...RECIPE,
    layers: { ...PRESETS.tiny, dense: 128, convolutions: [{ filters: 8, size: 3, pool: true }] },
  };
  expect(parametersOf(large.layers, labelsOf(large).length)).toBeGreaterThan(125_000);
  expect(isShareable(large)).toBe(false);
  expect(() => packShared(someNetwork(large))).toThrow('too large');
});

describe('what is not a network is refused:', () => {
  const packed = packShared(someNetwork());
  const { recipe } = someNetwork();
  const cases: [string, Uint8Array][] = [
    ['nothing', new Uint8Array(0)],
    ['no line', packed.subarray(packed.indexOf(10) + 1)],
    ['no JSON', Buffer.from('cat\n')],
    ['null', Buffer.from('null\n')],
    ['a byte less', packed.subarray(0, -1)],
    ['a byte more', Buffer.concat([packed, Buffer.from('x')])],
    ['a weight less', packed.subarray(0, -2)],
    ['other weights', packed.map((byte, i) => (i === packed.length - 1 ? byte ^ 1 : byte))],
    ['a line without end', Buffer.alloc(10_000, ' ')],
    ['more than the limit', Buffer.concat([packed, Buffer.alloc(SHARED_LIMIT)])],
    ['a name in it', altered(packed, (head) => ({ ...head, name: 'Ann' }))],
    ['a name in its recipe', altered(packed, (head) => ({ ...head, recipe: { ...recipe, name: 'Ann' } }))],
    ['spaces in its line', altered(packed, (head) => head, 1)],
    [
      'a word that is none',
      altered(packed, (head) => ({ ...head, recipe: { ...recipe, words: ['cat', 'dog', 'ann'] } })),
    ],
    [
      'layers without end',
      altered(packed, (head) => ({
        ...head,
        recipe: {
          ...recipe,
          layers: { ...recipe.layers, convolutions: Array(1000).fill(recipe.layers.convolutions[0]) },
        },
      })),
    ],
    ['layers of another size', altered(packed, (head) => ({ ...head, recipe: { ...recipe, layers: PRESETS.huge } }))],
    ['an accuracy of 200 %', altered(packed, (head) => ({ ...head, accuracy: 2 }))],
    ['an accuracy in words', altered(packed, (head) => ({ ...head, accuracy: 'good' }))],
    ['an infinite weight', packShared(withWeight(70_000))],
    ['a weight that is no number', packShared(withWeight(Number.NaN))],
  ];
  test.each(cases)('%s', (_, bytes) => {
    expect(() => parseShared(bytes)).toThrow();
  });

  function withWeight(weight: number) {
    const network = someNetwork();
    network.weights[5] = weight;
    return network;
  }
});
