/** Networks to share, which have learned nothing. */
import { seeded, seedOf } from '../../shared/chance.ts';
import { FIRST_RECIPE, labelsOf, parametersOf, PRESETS, type Recipe } from '../../shared/lab/recipe.ts';
import type { SharedNetwork } from '../../shared/lab/shared-network.ts';

export const RECIPE: Recipe = { ...FIRST_RECIPE, words: ['cat', 'house', 'sun'], layers: PRESETS.tiny };

export function someNetwork(recipe = RECIPE): SharedNetwork {
  const chance = seeded(seedOf(1));
  const weights = new Float32Array(parametersOf(recipe.layers, labelsOf(recipe).length)).map(() => chance() - 0.5);
  return { recipe, weights, accuracy: 0.87 };
}

/** With another line before its weights. */
export function altered(packed: Uint8Array, change: (head: object) => object, indent?: number): Uint8Array {
  const end = packed.indexOf(10);
  const head = JSON.parse(Buffer.from(packed.subarray(0, end)).toString()) as object;
  const line = JSON.stringify(change(head), null, indent).replaceAll('\n', ' ');
  return Buffer.concat([Buffer.from(`${line}\n`), packed.subarray(end + 1)]);
}
