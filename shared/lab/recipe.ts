/** What a learner decides about a network: the words, the drawings it learns from, and its layers. Plain data. */
import { FEWEST_OWN } from './own.ts';
import { PICTURE_SIDE } from './picture.ts';
import { isLabWord, type LabWord, OWN_WORD, SOMETHING_ELSE } from './words.ts';

export interface Convolution {
  filters: number;
  /** Side of the kernel. pixels */
  size: 3 | 5;
  /** Whether the largest of each 2 x 2 values goes on. */
  pool: boolean;
}

export interface Layers {
  convolutions: Convolution[];
  /** Neurons of the layer before the last one; 0 leaves it out. */
  dense: number;
  /** Share of them that each training step leaves out. */
  dropout: number;
}

export interface Recipe {
  words: LabWord[];
  /** Also a word that the learner draws. */
  own: boolean;
  /** Training drawings of each word. */
  drawings: number;
  /** Also drawings that are not finished. */
  partial: boolean;
  /** Also drawings of other words, which it learns to call "something else". */
  others: boolean;
  /** Share of the training drawings with a wrong label. */
  pranked: number;
  layers: Layers;
  /** Decides everything that chance decides. */
  seed: number;
}

export const FEWEST_WORDS = 3;
export const MOST_WORDS = 10;
export const DRAWINGS = [20, 50, 100, 160] as const;
export const PRANKS = [0, 0.1, 0.2, 0.3, 0.4] as const;
export const FILTERS = [4, 8, 16, 32, 64] as const;
export const SIZES = [3, 5] as const;
export const DENSE = [0, 16, 32, 64, 128] as const;
export const DROPOUTS = [0, 0.25, 0.5] as const;
export const MOST_CONVOLUTIONS = 3;
export const MOST_SEEDS = 1000;
/** Epochs of one training; to go on adds as many. */
export const EPOCHS = 12;
/** A network of more of these would take minutes on a school's computer. */
export const MOST_PARAMETERS = 500_000;
export const MOST_OPERATIONS = 6_000_000;

const three = (filters: number): Convolution => ({ filters, size: 3, pool: true });

/** From too small to too large. */
export const PRESETS = {
  tiny: { convolutions: [three(4)], dense: 0, dropout: 0 },
  small: { convolutions: [three(8)], dense: 16, dropout: 0 },
  medium: { convolutions: [three(8), three(16)], dense: 32, dropout: 0 },
  large: { convolutions: [three(16), three(32)], dense: 32, dropout: 0.25 },
  huge: { convolutions: [three(16), three(32), three(64)], dense: 128, dropout: 0.5 },
} satisfies Record<string, Layers>;
export type Preset = keyof typeof PRESETS;

/** Undefined for other layers. */
export const presetOf = (layers: Layers): Preset | undefined =>
  (Object.keys(PRESETS) as Preset[]).find((preset) => isSame(PRESETS[preset], layers));

function isSame(one: Layers, other: Layers): boolean {
  const plain = ({ convolutions, dense, dropout }: Layers) =>
    [convolutions.map(({ filters, size, pool }) => [filters, size, pool]), dense, dropout].join();
  return plain(one) === plain(other);
}

export const FIRST_RECIPE: Recipe = {
  words: ['cat', 'fish', 'house', 'flower', 'bicycle', 'apple'],
  own: false,
  drawings: 100,
  partial: false,
  others: false,
  pranked: 0,
  layers: PRESETS.medium,
  seed: 1,
};

/** What a network needs for a race: there it sees the beginnings of drawings first, and must be able to say nothing. */
export const RACE_DATA: Pick<Recipe, 'partial' | 'others'> = { partial: true, others: true };

/** What the network can answer, in the order of its outputs. */
export const labelsOf = ({ words, own, others }: Pick<Recipe, 'words' | 'own' | 'others'>): string[] => [
  ...words,
  ...(own ? [OWN_WORD] : []),
  ...(others ? [SOMETHING_ELSE] : []),
];

/** How many words the recipe has, the learner's own with them. */
export const countWords = ({ words, own }: Pick<Recipe, 'words' | 'own'>): number => words.length + Number(own);

/** Whether a network can learn by the recipe. `drawn`: how many drawings there are of the learner's own word. */
export function isComplete(recipe: Pick<Recipe, 'words' | 'own'>, drawn: number): boolean {
  const count = countWords(recipe);
  return count >= FEWEST_WORDS && count <= MOST_WORDS && (!recipe.own || drawn >= FEWEST_OWN);
}

/** One step of the network's sums, with what goes out of it. */
export interface LayerSize {
  kind: 'convolution' | 'pooling' | 'dense' | 'answer';
  /** Height, width and number of the maps; of a dense layer 1, 1 and its neurons. */
  shape: [number, number, number];
  /** Numbers that training changes. */
  parameters: number;
  /** Multiplications for one drawing. */
  operations: number;
}

export function sizesOf({ convolutions, dense }: Layers, labels: number): LayerSize[] {
  const sizes: LayerSize[] = [];
  let side = PICTURE_SIDE;
  let maps = 1;
  for (const { filters, size, pool } of convolutions) {
    const weights = size * size * maps * filters;
    sizes.push({
      kind: 'convolution',
      shape: [side, side, filters],
      parameters: weights + filters,
      operations: weights * side * side,
    });
    maps = filters;
    if (!pool) continue;
    side = Math.floor(side / 2);
    sizes.push({ kind: 'pooling', shape: [side, side, maps], parameters: 0, operations: 0 });
  }
  let inputs = side * side * maps;
  const full = (kind: 'dense' | 'answer', neurons: number) => {
    const weights = inputs * neurons;
    sizes.push({ kind, shape: [1, 1, neurons], parameters: weights + neurons, operations: weights });
    inputs = neurons;
  };
  if (dense > 0) full('dense', dense);
  full('answer', labels);
  return sizes;
}

export const parametersOf = (layers: Layers, labels: number): number =>
  sizesOf(layers, labels).reduce((sum, { parameters }) => sum + parameters, 0);

export const operationsOf = (layers: Layers, labels: number): number =>
  sizesOf(layers, labels).reduce((sum, { operations }) => sum + operations, 0);

/** What such a network has too much of to be trained here. */
export function excessOf(layers: Layers, labels: number): 'parameters' | 'operations' | undefined {
  if (parametersOf(layers, labels) > MOST_PARAMETERS) return 'parameters';
  return operationsOf(layers, labels) > MOST_OPERATIONS ? 'operations' : undefined;
}

/** Reads a recipe that somebody else wrote: a file, or a neighbour. Throws an Error that says what is wrong. */
export function parseRecipe(value: unknown): Recipe {
  const recipe = parseDraft(value);
  const count = countWords(recipe);
  const excess = excessOf(recipe.layers, labelsOf(recipe).length);
  if (excess) throw new Error(`too many ${excess}`);
  if (count < FEWEST_WORDS || count > MOST_WORDS)
    throw new Error(`${FEWEST_WORDS} to ${MOST_WORDS} words, not ${count}`);
  return recipe;
}

/** The same for one that is still being written: it may have too few words, or layers that are too large for them. */
export function parseDraft(value: unknown): Recipe {
  const { words, own, drawings, partial, others, pranked, layers, seed } = record(value, 'the recipe');
  if (!Array.isArray(words) || !words.every(isLabWord) || new Set(words).size < words.length)
    throw new Error('unknown words');
  return {
    words,
    own: flag(own, 'own'),
    drawings: oneOf(DRAWINGS, drawings, 'drawings'),
    partial: flag(partial, 'partial'),
    others: flag(others, 'others'),
    pranked: oneOf(PRANKS, pranked, 'pranked'),
    layers: parseLayers(layers),
    seed: wholeNumber(seed, MOST_SEEDS, 'seed'),
  };
}

function parseLayers(value: unknown): Layers {
  const { convolutions, dense, dropout } = record(value, 'layers');
  if (!Array.isArray(convolutions) || convolutions.length < 1 || convolutions.length > MOST_CONVOLUTIONS)
    throw new Error(`one to ${MOST_CONVOLUTIONS} convolutions`);
  return {
    convolutions: convolutions.map((each) => {
      const { filters, size, pool } = record(each, 'a convolution');
      return {
        filters: oneOf(FILTERS, filters, 'filters'),
        size: oneOf(SIZES, size, 'size'),
        pool: flag(pool, 'pool'),
      };
    }),
    dense: oneOf(DENSE, dense, 'dense'),
    dropout: oneOf(DROPOUTS, dropout, 'dropout'),
  };
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${name} is missing`);
  return value as Record<string, unknown>;
}

function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`${name} is neither true nor false`);
  return value;
}

function oneOf<T>(all: readonly T[], value: unknown, name: string): T {
  if (!all.includes(value as T)) throw new Error(`${name} is none of ${all.join(', ')}`);
  return value as T;
}

function wholeNumber(value: unknown, most: number, name: string): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > most)
    throw new Error(`${name} is no whole number from 1 to ${most}`);
  return value as number;
}
