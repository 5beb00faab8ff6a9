/**
 * `npm run bench:lab -- [--sets N]`: what the lab's networks can do, over fixed sets of six words. How often the first call of the
 * race is wrong, for networks that saw beginnings and other things, for those that saw whole drawings only, and for the game's
 * own; the accuracy of ten trainings; and what twenty trainings leave in memory.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../models/lab/engine.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { type Look, median, type Tally } from '../shared/lab/race.ts';
import { FIRST_RECIPE, RACE_DATA, type Recipe } from '../shared/lab/recipe.ts';
import { discard, LAB_SETS, lookOf, tallyOf, trained } from '../test/support/lab.ts';

const { values } = parseArgs({ options: { sets: { type: 'string', default: `${LAB_SETS.length}` } } });
const sets = LAB_SETS.slice(0, Number(values.sets));
const TRAININGS = 20;

const percent = (share: number | undefined) => `${((share ?? 0) * 100).toFixed(1)} %`;
const megabytes = () => process.memoryUsage().rss / 1e6;
const mid = (all: number[]) => percent(median(all));

function print(name: string, tallies: Tally[]): void {
  const share = (kind: 'right' | 'wrong' | 'silent') =>
    tallies.map((tally) => tally[kind] / (tally.right + tally.wrong + tally.silent));
  const ink = mid(tallies.map(({ shares }) => median(shares) ?? 1));
  console.log(
    `| ${name} | ${mid(share('right'))} | ${mid(share('wrong'))} | ${mid(share('silent'))} | ${ink} | ${share('wrong').map(percent).join(', ')} |`,
  );
}

await startEngine();
const recognizer = await startRecognizer();
const game: Look = async (strokes) => {
  const [probabilities] = await recognizer.recognize([{ strokes }]);
  return new Map(recognizer.words.words.map(({ word }, i) => [word, probabilities![i]!]));
};

async function race(name: string, part: Partial<Recipe>): Promise<void> {
  const tallies: Tally[] = [];
  for (const words of sets) {
    const recipe = { ...FIRST_RECIPE, ...part, words };
    const { network } = await trained(recipe, 12);
    tallies.push(await tallyOf(words, lookOf(network, recipe)));
    discard(network);
  }
  print(name, tallies);
}

console.log(`First calls, median of ${sets.length} sets of six words, up to 240 drawings each`);
console.log('| network | right | wrong | silent | ink at right calls | wrong, each set |\n|---|---|---|---|---|---|');
await race('a learner’s, beginnings and other things, 100 drawings, 12 epochs', RACE_DATA);
await race('a learner’s, whole drawings only', {});
const tallies: Tally[] = [];
for (const words of sets) tallies.push(await tallyOf(words, game, true));
print(`the game’s (${recognizer.engine}), on drawings that it has not learned from`, tallies);
await recognizer.close();

const accuracies: number[] = [];
const times: number[] = [];
for (const words of sets) {
  const began = performance.now();
  const { network, accuracy } = await trained({ ...FIRST_RECIPE, words, drawings: 160 }, 10);
  times.push(performance.now() - began);
  accuracies.push(accuracy);
  discard(network);
}
console.log(
  `\nAccuracy with 160 whole drawings, 10 epochs: median ${mid(accuracies)}, least ${percent(Math.min(...accuracies))}`,
);
console.log(`${accuracies.map(percent).join(', ')}; median time ${(median(times)! / 1000).toFixed(1)} s`);

// The first trainings fill the engine's memory, which it keeps.
let before = { tensors: 0, rss: 0 };
for (let i = 0; i < TRAININGS; i++) {
  const recipe: Recipe = { ...FIRST_RECIPE, words: LAB_SETS[i % LAB_SETS.length]!, drawings: 50 };
  discard((await trained(recipe, 2)).network);
  if (i === 1) before = { tensors: tf.memory().numTensors, rss: megabytes() };
}
console.log(
  `\nAfter ${TRAININGS} trainings: ${tf.memory().numTensors - before.tensors} tensors and ${(megabytes() - before.rss).toFixed(1)} MB more than after two`,
);
