/** A network that learned, as plain data: what it is made of, and its numbers. */
import { labelsOf, parametersOf, parseRecipe, type Recipe } from './recipe.ts';

export interface Network {
  recipe: Recipe;
  /** Of all layers, one after the other. */
  weights: Float32Array;
}

/** Tells one network's numbers from another's: FNV-1a over the bytes. Browsers have no better hash over plain http. */
export function checksumOf(weights: ArrayBuffer): number {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(weights)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Reads what somebody else wrote. Throws an Error that says what is wrong. */
export function parseNetwork(recipe: unknown, weights: ArrayBuffer): Network {
  const parsed = parseRecipe(recipe);
  const wanted = parametersOf(parsed.layers, labelsOf(parsed).length);
  if (weights.byteLength !== wanted * 4)
    throw new Error(`${weights.byteLength} bytes of weights for a network of ${wanted} numbers`);
  const numbers = new Float32Array(weights);
  if (!numbers.every(Number.isFinite)) throw new Error('a weight that is no number');
  return { recipe: parsed, weights: numbers };
}
