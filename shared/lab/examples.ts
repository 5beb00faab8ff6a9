/** Makes the pictures that a network learns from and is checked with. All chance comes from the recipe's seed. */
import { type Chance, seeded, seedOf } from '../chance.ts';
import { type Ink, measureInk, prefix, type Stroke } from '../ink.ts';
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
/** A learner's drawings are varied until there are as many. */
export const OWN_EXAMPLES = 100;
/** Every so many of a learner's drawings is kept for validation. */
const OWN_VALIDATION = 5;

/** A learner's own drawings in the form of a shipped word's. */
export function sampleOfOwn(drawings: readonly string[]): Pick<Sample, 'training' | 'validation'> {
  const isForValidation = (_: string, i: number) => i % OWN_VALIDATION === OWN_VALIDATION - 1;
  return {
    training: drawings.filter((drawing, i) => !isForValidation(drawing, i)),
    validation: drawings.filter(isForValidation),
  };
}

/**
 * The examples of one epoch, counted from 1. Each epoch cuts the drawings off elsewhere, and varies a learner's own anew: so few
 * drawings teach more.
 */
export function trainingExamples(recipe: Recipe, samples: Samples, epoch: number): Examples {
  const labels = labelsOf(recipe);
  const prank = seeded(seedOf(recipe.seed, 1));
  const chance = seeded(seedOf(recipe.seed, 2, epoch));
  const shown = labels.flatMap((name, label) => {
    const inks = samplesOf(samples, name).training.slice(0, recipe.drawings).map(unpackDrawing);
    const count = name === OWN_WORD ? Math.max(inks.length, Math.min(recipe.drawings, OWN_EXAMPLES)) : inks.length;
    return Array.from({ length: count }, (_, i) => {
      const given = prank() < recipe.pranked ? another(label, labels.length, prank) : label;
      const strokes = i < inks.length ? inks[i]! : vary(inks[i % inks.length]!, chance);
      const whole = { strokes, label: given };
      if (!recipe.partial) return [whole];
      const share = LEAST_INK + (MOST_INK - LEAST_INK) * chance();
      return [whole, { strokes: prefix({ rev: 0, strokes }, share).strokes, label: given }];
    }).flat();
  });
  return examplesOf(shown);
}

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

function another(label: number, labels: number, chance: Chance): number {
  return (label + 1 + Math.floor(chance() * (labels - 1))) % labels;
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

/** The farthest turn, in radians, stretch, and shift of a point, as a share of the drawing's side. */
const TURN = 0.25;
const STRETCH = 0.2;
const SHIFT = 0.02;

/** A drawing like this one, as the same hand might draw it again: turned, stretched, and less steady. */
function vary(strokes: readonly Stroke[], chance: Chance): Stroke[] {
  const between = (most: number) => (chance() * 2 - 1) * most;
  const side = measureInk({ strokes } as Ink).side;
  const turn = between(TURN);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const wide = 1 + between(STRETCH);
  return strokes.map((stroke) => {
    const varied: Stroke = [];
    for (let i = 0; i < stroke.length; i += 2) {
      const x = stroke[i]! * wide;
      const y = stroke[i + 1]!;
      varied.push(x * cos - y * sin + between(SHIFT * side), x * sin + y * cos + between(SHIFT * side));
    }
    return varied;
  });
}
