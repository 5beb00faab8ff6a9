/** The lab's networks in Node: drawings, training, and looks. */
import { readFileSync } from 'node:fs';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { buildNetwork, compile } from '../../client/lab/engine/network.ts';
import { check, classify, trainEpoch } from '../../client/lab/engine/training.ts';
import { type Samples, trainingExamples, validationExamples } from '../../shared/lab/examples.ts';
import { pictureOf } from '../../shared/lab/picture.ts';
import { count, type Look, callOf, NO_CALLS, type Tally } from '../../shared/lab/race.ts';
import { labelsOf, type Recipe } from '../../shared/lab/recipe.ts';
import { type Sample, unpackDrawing } from '../../shared/lab/sample.ts';
import type { LabWord } from '../../shared/lab/words.ts';

/** Words that learners might choose: some unlike each other, some alike. All forty words are in one. */
export const LAB_SETS: LabWord[][] = [
  ['cat', 'fish', 'house', 'flower', 'bicycle', 'apple'],
  ['dog', 'car', 'tree', 'cup', 'sun', 'star'],
  ['banana', 'bird', 'book', 'clock', 'eye', 'key'],
  ['butterfly', 'chair', 'cloud', 'door', 'fork', 'hat'],
  ['guitar', 'ladder', 'leaf', 'lightning', 'moon', 'mushroom'],
  ['octopus', 'pants', 'pizza', 'rabbit', 'scissors', 'shoe'],
  ['snail', 'umbrella', 'elephant', 'envelope', 'cat', 'dog'],
  ['apple', 'banana', 'pizza', 'mushroom', 'cup', 'fork'],
  ['moon', 'sun', 'star', 'cloud', 'lightning', 'leaf'],
  ['bird', 'fish', 'snail', 'butterfly', 'octopus', 'rabbit'],
];

export function sampleOf(label: string): Sample {
  const file = new URL(`../../client/lab/sample/${label.replaceAll(' ', '-')}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

export const samplesOf = (recipe: Recipe): Samples =>
  new Map(labelsOf(recipe).map((label) => [label, sampleOf(label)]));

/** The engine has been started. `accuracy`: on the validation drawings, 0..1. */
export async function trained(recipe: Recipe, epochs: number): Promise<{ network: Sequential; accuracy: number }> {
  const samples = samplesOf(recipe);
  const network = buildNetwork(recipe);
  compile(network);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const examples = trainingExamples(recipe, samples, epoch);
    for await (const _ of trainEpoch(network, examples, recipe.seed, epoch));
  }
  return { network, accuracy: check(network, validationExamples(recipe, samples)).accuracy };
}

/** What it held is free again: its numbers, and those of its optimizer. */
export function discard(network: Sequential): void {
  network.optimizer.dispose();
  network.dispose();
}

export function lookOf(network: Sequential, recipe: Recipe): Look {
  const labels = labelsOf(recipe);
  return async (strokes) => {
    const probabilities = classify(network, pictureOf(strokes), 1);
    return new Map(labels.map((label, i) => [label, probabilities[i]!]));
  };
}

/** First calls over the validation drawings of the words; `heldOut`: only those that the game's network has not learned from. */
export async function tallyOf(words: readonly LabWord[], look: Look, heldOut = false): Promise<Tally> {
  let tally = NO_CALLS;
  for (const sample of words.map(sampleOf))
    for (const drawing of heldOut ? sample.validation.slice(0, sample.heldOut) : sample.validation)
      tally = count(tally, sample.word, await callOf(unpackDrawing(drawing), words, look));
  return tally;
}
