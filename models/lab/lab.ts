/**
 * `npm run lab -- --words cat,dog,sun [options]`: the lab at the shell. Trains a network with the lab's own code, on the drawings that
 * ship with it, and writes its files, which `/lab` opens, with two plots. `--help` lists the options (`options.ts`).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, MODEL_FILE, WEIGHTS_FILE } from '../../client/lab/engine/files.ts';
import { buildNetwork, compile } from '../../client/lab/engine/network.ts';
import { type Batch, type Check, check, meanOf, trainEpoch } from '../../client/lab/engine/training.ts';
import { trainingExamples, validationExamples } from '../../shared/lab/examples.ts';
import { labelsOf, parametersOf } from '../../shared/lab/recipe.ts';
import { confusionOf } from '../../shared/lab/result.ts';
import { clearProgress, progressBar, writeWhole } from '../output.ts';
import { confusionPlot, learningPlot } from '../plots.ts';
import { startEngine } from './engine.ts';
import { HELP, readOptions } from './options.ts';
import { readSamples } from './samples.ts';

const percent = (share: number) => `${Math.round(share * 100)} %`.padStart(5);

async function main(args: string[]): Promise<void> {
  if (args.includes('--help')) return console.log(HELP);
  const { recipe, epochs, out } = readOptions(args);
  await startEngine();
  const labels = labelsOf(recipe);
  const samples = await readSamples(labels);
  const validation = validationExamples(recipe, samples);
  const network = buildNetwork(recipe);
  compile(network);
  console.log(
    `${labels.join(', ')}: ${trainingExamples(recipe, samples, 1).count} drawings to learn from, ${validation.count} others to ` +
      `check with, a network of ${parametersOf(recipe.layers, labels.length)} numbers`,
  );
  console.log('epoch   known drawings: loss, right   others: loss, right   seconds');

  const began = performance.now();
  const progress = progressBar();
  const history: { accuracy: number; validation: number }[] = [];
  let checked: Check | undefined;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const batches: Batch[] = [];
    for await (const batch of trainEpoch(network, trainingExamples(recipe, samples, epoch), recipe.seed, epoch)) {
      batches.push(batch);
      progress((epoch - 1) * batch.of + batch.at, epochs * batch.of);
    }
    checked = check(network, validation);
    const { loss, accuracy } = meanOf(batches);
    history.push({ accuracy, validation: checked.accuracy });
    clearProgress();
    console.log(
      [
        String(epoch).padStart(5),
        loss.toFixed(3).padStart(22),
        percent(accuracy).padStart(7),
        checked.loss.toFixed(3).padStart(14),
        percent(checked.accuracy).padStart(7),
        ((performance.now() - began) / 1000).toFixed(1).padStart(10),
      ].join(''),
    );
  }

  const counts = confusionOf(validation.labels, checked!.answers, labels.length);
  console.log(`\n${percent(checked!.accuracy).trim()} of the other drawings are right:`);
  for (const line of linesOf(counts, labels)) console.log(line);
  const { model, weights } = await filesOf(network, recipe);
  await mkdir(out, { recursive: true });
  const files = {
    [MODEL_FILE]: model,
    [WEIGHTS_FILE]: new Uint8Array(weights),
    'curves.svg': learningPlot(history),
    'confusion.svg': confusionPlot(Uint32Array.from(counts.flat()), labels, labels),
  };
  for (const [name, content] of Object.entries(files)) await writeWhole(join(out, name), content);
  console.log(`\nIn ${out}: ${Object.keys(files).join(', ')}. Open the first two in /lab.`);
}

/** For each label how often it was right, and what it was taken for, most often first. */
function linesOf(counts: readonly number[][], labels: readonly string[]): string[] {
  const width = Math.max(...labels.map(({ length }) => length));
  return labels.map((name, label) => {
    const row = counts[label]!;
    const share = row[label]! / row.reduce((sum, n) => sum + n, 0);
    const mistakes = row
      .map((n, answer) => ({ n, answer }))
      .filter(({ n, answer }) => n > 0 && answer !== label)
      .sort((a, b) => b.n - a.n)
      .map(({ n, answer }) => `${labels[answer]} ${n}`);
    const bar = '#'.repeat(Math.round(share * 20)).padEnd(20, '.');
    return `  ${name.padEnd(width)}  ${bar} ${percent(share)}${mistakes.length > 0 ? `   taken for ${mistakes.join(', ')}` : ''}`;
  });
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(`${error.message}\nAll options: npm run lab -- --help`);
  process.exitCode = 1;
});
