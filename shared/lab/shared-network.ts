/**
 * A network that a learner shares with a room or a class: one line of JSON, and after it the weights in 16 bits each. The server
 * checks it by the same rules and never runs it.
 */
import { fromHalves, toHalves } from './half.ts';
import { checksumOf, type Network, parseNetwork } from './network.ts';
import { labelsOf, parametersOf, parseRecipe, type Recipe } from './recipe.ts';
import type { LabWord } from './words.ts';

/** Of all of it. bytes */
export const SHARED_LIMIT = 250_000;
/** Has the token of a seat, of a pupil or of a teacher. Another site's page cannot send it. */
export const TOKEN_HEADER = 'x-token';
const HEAD_LIMIT = 2_000;
const NEWLINE = 10;

export interface SharedNetwork extends Network {
  /** On its validation drawings, 0..1, as its learner's page says; null if that was not measured. */
  accuracy: number | null;
}

/** What the others see of one before they fetch it. */
export interface SharedListing {
  /** Of its member. */
  id: string;
  /** Null for the teacher. */
  name: string | null;
  words: LabWord[];
  /** It also knows a word that its learner drew. */
  own: boolean;
  accuracy: number | null;
  bytes: number;
}

export interface SharedList {
  /** Of the one who asks. */
  me: string;
  networks: SharedListing[];
}

/** Whether a network of this recipe is small enough to be shared. */
export const isShareable = (recipe: Recipe): boolean =>
  HEAD_LIMIT + 2 * parametersOf(recipe.layers, labelsOf(recipe).length) <= SHARED_LIMIT;

/** Throws an Error if it cannot be shared. */
export function packShared({ recipe, weights, accuracy }: SharedNetwork): Uint8Array<ArrayBuffer> {
  if (!isShareable(recipe)) throw new Error('too large to be shared');
  const bytes = new Uint8Array(toHalves(weights).buffer);
  // ASCII alone.
  const text = `${headOf(parseRecipe(recipe), checksumOf(bytes.buffer), accuracy)}\n`;
  const head = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const packed = new Uint8Array(head.length + bytes.length);
  packed.set(head);
  packed.set(bytes, head.length);
  return packed;
}

/** Reads what somebody else wrote. Throws an Error that says what is wrong. */
export function parseShared(packed: Uint8Array): SharedNetwork {
  if (packed.length > SHARED_LIMIT) throw new Error(`${packed.length} bytes`);
  const end = packed.subarray(0, HEAD_LIMIT).indexOf(NEWLINE);
  const head = String.fromCharCode(...packed.subarray(0, Math.max(0, end)));
  const { recipe: made, checksum, accuracy } = (JSON.parse(head) ?? {}) as Record<string, unknown>;
  const recipe = parseRecipe(made);
  if (accuracy !== null && !(typeof accuracy === 'number' && accuracy >= 0 && accuracy <= 1))
    throw new Error('the accuracy is no share');
  // A copy: the weights must begin at an even address.
  const weights = new Uint8Array(packed.subarray(end + 1)).buffer;
  if (checksumOf(weights) !== checksum) throw new Error('the weights of another network');
  // Nothing else travels with it.
  if (headOf(recipe, checksum, accuracy) !== head) throw new Error('more than a network');
  return { ...parseNetwork(recipe, fromHalves(new Uint16Array(weights)).buffer), accuracy };
}

const headOf = (recipe: Recipe, checksum: number, accuracy: number | null): string =>
  JSON.stringify({ recipe, checksum, accuracy });
