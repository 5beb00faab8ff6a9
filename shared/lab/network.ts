/** A network that learned, as plain data: what it is made of, and its numbers. It runs in browsers alone. */
import { labelsOf, parametersOf, parseRecipe, type Recipe } from './recipe.ts';

export interface Network {
  recipe: Recipe;
  /** Of all layers, one after the other. */
  weights: Float32Array;
}

/** What a network may weigh, in a file or on its way to somebody else. bytes */
export const MOST_NETWORK_BYTES = 250_000;

/** Whether a network of the recipe may be shared. */
export const fits = ({ layers, ...rest }: Recipe): boolean =>
  parametersOf(layers, labelsOf(rest).length) * 4 <= MOST_NETWORK_BYTES;

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
