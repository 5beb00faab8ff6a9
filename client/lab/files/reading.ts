/** Reads a network from files that somebody chose. Only the recipe and the numbers count: what else is in them never runs. */
import { checksumOf, type Network, parseNetwork } from '../../../shared/lab/network.ts';
import { MOST_PARAMETERS, parseRecipe, type Recipe } from '../../../shared/lab/recipe.ts';

/** `strange`: not from the lab. `mismatch`: of another network, or damaged. */
export type Refusal = 'strange' | 'mismatch';

export class Refused extends Error {
  constructor(
    readonly why: Refusal,
    readonly file: string,
    cause?: unknown,
  ) {
    super(`${file}: ${why}`, { cause });
  }
}

/** Those chosen so far: people may choose them one after the other. */
export interface Chosen {
  model?: File;
  weights?: File;
}

/** Computers rename files (`doodle-derby (1).json`), and phones may not know their type. */
const isModel = ({ name, type }: File): boolean => /json/i.test(name + type);

/** The newest of each kind. */
export function choose(chosen: Chosen, files: readonly File[]): Chosen {
  const model = files.filter(isModel).at(-1) ?? chosen.model;
  const weights = files.filter((file) => !isModel(file)).at(-1) ?? chosen.weights;
  return { ...(model && { model }), ...(weights && { weights }) };
}

/** Larger files are none of ours, and are not read. bytes */
const MOST_MODEL_BYTES = 100_000;
const MOST_WEIGHTS_BYTES = MOST_PARAMETERS * 4;

/** Rejects with `Refused`. */
export async function readNetwork(model: File, weights: File): Promise<Network> {
  let recipe: Recipe;
  let checksum: unknown;
  try {
    if (model.size > MOST_MODEL_BYTES) throw new Error(`${model.size} bytes`);
    const about = JSON.parse(await model.text())?.userDefinedMetadata;
    recipe = parseRecipe(about?.recipe);
    checksum = about.checksum;
  } catch (reason) {
    throw new Refused('strange', model.name, reason);
  }
  try {
    if (weights.size > MOST_WEIGHTS_BYTES) throw new Error(`${weights.size} bytes`);
    const bytes = await weights.arrayBuffer();
    // All learners' files have the same names, and many networks the same size.
    if (checksumOf(bytes) !== checksum) throw new Error('the weights of another network');
    return parseNetwork(recipe, bytes);
  } catch (reason) {
    throw new Refused('mismatch', weights.name, reason);
  }
}
