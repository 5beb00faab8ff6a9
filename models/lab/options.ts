/** What the learner types after `npm run lab --`. */
import { parseArgs } from 'node:util';
import {
  DRAWINGS,
  EPOCHS,
  FEWEST_WORDS,
  FIRST_RECIPE,
  MOST_SEEDS,
  MOST_WORDS,
  PRANKS,
  PRESETS,
  type Preset,
  parseRecipe,
  type Recipe,
} from '../../shared/lab/recipe.ts';
import { isLabWord, LAB_WORDS, type LabWord } from '../../shared/lab/words.ts';

export interface Options {
  recipe: Recipe;
  epochs: number;
  /** The folder to write. */
  out: string;
}

/** More would take many minutes. */
const MOST_EPOCHS = 200;

export const HELP = `npm run lab -- [options]: trains a small network on drawings, and writes it with two plots

  --words cat,dog,sun   what it learns: ${FEWEST_WORDS} to ${MOST_WORDS} of the words below (default ${FIRST_RECIPE.words.join(',')})
  --preset NAME         its layers: ${Object.keys(PRESETS).join(', ')} (default medium)
  --drawings N          training drawings of each word: ${DRAWINGS.join(', ')} (default ${FIRST_RECIPE.drawings})
  --partial             also unfinished drawings
  --others              also drawings of other words, as "something else"
  --pranked SHARE       share of wrong labels: ${PRANKS.join(', ')} (default 0)
  --seed N              other luck: 1 to ${MOST_SEEDS} (default 1)
  --epochs N            how often it sees all drawings: 1 to ${MOST_EPOCHS} (default ${EPOCHS})
  --out DIR             where the files go (default artifacts/lab)

The words: ${LAB_WORDS.join(', ')}`;

/** Throws an Error that says what is wrong. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      words: { type: 'string' },
      preset: { type: 'string', default: 'medium' },
      drawings: { type: 'string', default: String(FIRST_RECIPE.drawings) },
      partial: { type: 'boolean', default: false },
      others: { type: 'boolean', default: false },
      pranked: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      epochs: { type: 'string', default: String(EPOCHS) },
      out: { type: 'string', default: 'artifacts/lab' },
    },
  });
  const recipe = parseRecipe({
    words: values.words === undefined ? FIRST_RECIPE.words : parseWords(values.words),
    own: false,
    drawings: Number(values.drawings),
    partial: values.partial,
    others: values.others,
    pranked: Number(values.pranked),
    layers: PRESETS[parsePreset(values.preset)],
    seed: Number(values.seed),
  });
  const epochs = Number(values.epochs);
  if (!Number.isInteger(epochs) || epochs < 1 || epochs > MOST_EPOCHS)
    throw new Error(`epochs is no whole number from 1 to ${MOST_EPOCHS}`);
  return { recipe, epochs, out: values.out };
}

function parseWords(text: string): LabWord[] {
  const words = text.split(',').map((word) => word.trim().toLowerCase());
  words.forEach((word, i) => {
    if (!isLabWord(word)) throw new Error(`there are no drawings of "${word}"; did you mean ${nearestTo(word)}?`);
    if (words.indexOf(word) < i) throw new Error(`"${word}" is there twice`);
  });
  return words as LabWord[];
}

function parsePreset(name: string): Preset {
  if (!Object.hasOwn(PRESETS, name)) throw new Error(`preset is none of ${Object.keys(PRESETS).join(', ')}`);
  return name as Preset;
}

const nearestTo = (word: string): LabWord =>
  [...LAB_WORDS].sort((a, b) => editsBetween(word, a) - editsBetween(word, b))[0]!;

/** How many letters have to be put in, left out or changed (Levenshtein). */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j]! + Number(letter !== b[j]), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row[b.length]!;
}
