/** Makes the pictures that a network learns from and is checked with. All chance comes from the recipe's seed. */
import { type Chance, seeded, seedOf } from '../chance.ts';
import { prefix, type Stroke } from '../ink.ts';
import { OWN_EXAMPLES, OWN_VALIDATION, vary } from './own.ts';
import { drawPicture, PICTURE_SIZE } from './picture.ts';
import { labelsOf, type Recipe } from './recipe.ts';
import { type Sample, unpackDrawing } from './sample.ts';
import { OWN_WORD } from './words.ts';

export interface Examples {
  count: number;
  /** PICTURE_SIZE floats each. */
  pictures: Float32Array;
  /** Index into the recipe's labels. */
  labels: Uint8Array;
}

/** The drawings of each label. */
export type Samples = ReadonlyMap<string, Pick<Sample, 'training' | 'validation'>>;

/** How much of the ink drawings have that are not finished. */
const LEAST_INK = 0.15;
const MOST_INK = 0.9;

/** A learner's own drawings in the form of a shipped word's. */
export function sampleOfOwn(drawings: readonly string[]): Pick<Sample, 'training' | 'validation'> {
  const isForValidation = (_: string, i: number) => i % OWN_VALIDATION === OWN_VALIDATION - 1;
  return {
    training: drawings.filter((drawing, i) => !isForValidation(drawing, i)),
    validation: drawings.filter(isForValidation),
  };
}

/** A drawing to learn from. */
export interface TrainingDrawing {
  strokes: readonly Stroke[];
  /** Index into the recipe's labels: the true one, or that of a prankster. */
  label: number;
}

/**
 * The drawings of one label (its index) for one epoch, counted from 1, in the order of the sample; an unfinished one follows the
 * whole one. Each epoch cuts the drawings off elsewhere, and varies a learner's own drawings again: so few drawings teach more.
 */
export function trainingDrawings(recipe: Recipe, samples: Samples, label: number, epoch: number): TrainingDrawing[] {
  const labels = labelsOf(recipe);
  const name = labels[label]!;
  const inks = samplesOf(samples, name).training.slice(0, recipe.drawings).map(unpackDrawing);
  const count = name === OWN_WORD ? Math.max(inks.length, Math.min(recipe.drawings, OWN_EXAMPLES)) : inks.length;
  const prank = seeded(seedOf(recipe.seed, 1, label));
  const chance = seeded(seedOf(recipe.seed, 2, epoch, label));
  return Array.from({ length: count }, (_, i) => {
    // Two numbers for each: what a smaller share swaps, a larger one swaps as well.
    const [luck, other] = [prank(), prank()];
    const given = luck < recipe.pranked ? (label + 1 + Math.floor(other * (labels.length - 1))) % labels.length : label;
    const strokes = i < inks.length ? inks[i]! : vary(inks[i % inks.length]!, chance);
    const whole = { strokes, label: given };
    if (!recipe.partial) return [whole];
    const share = LEAST_INK + (MOST_INK - LEAST_INK) * chance();
    return [whole, { strokes: prefix({ rev: 0, strokes: strokes as Stroke[] }, share).strokes, label: given }];
  }).flat();
}

/** The examples of one epoch, counted from 1. */
export const trainingExamples = (recipe: Recipe, samples: Samples, epoch: number): Examples =>
  examplesOf(labelsOf(recipe).flatMap((_, label) => trainingDrawings(recipe, samples, label, epoch)));

/** Whole drawings with their true labels. */
export function validationExamples(recipe: Recipe, samples: Samples): Examples {
  return examplesOf(
    labelsOf(recipe).flatMap((name, label) =>
      samplesOf(samples, name).validation.map((text) => ({ strokes: unpackDrawing(text), label })),
    ),
  );
}

function samplesOf(samples: Samples, name: string): Pick<Sample, 'training' | 'validation'> {
  const sample = samples.get(name);
  if (!sample || sample.training.length === 0) throw new Error(`no drawings of ${name}`);
  return sample;
}

function examplesOf(drawings: readonly { strokes: readonly Stroke[]; label: number }[]): Examples {
  const pictures = new Float32Array(drawings.length * PICTURE_SIZE);
  drawings.forEach(({ strokes }, i) => {
    drawPicture(strokes, pictures, i * PICTURE_SIZE);
  });
  return { count: drawings.length, pictures, labels: Uint8Array.from(drawings, ({ label }) => label) };
}

/** 0..n-1 in a chance order (Fisher-Yates). */
export function shuffled(n: number, chance: Chance): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
