/**
 * `npm run compare -- --model DIR [--data DIR …] [--take]`: measures a network against the shipped one on the same held-out drawings,
 * and says whether it is better (`comparison.ts`).
 *
 *   --model DIR      the new network: what models/train/export.py wrote and `npm run calibrate -- --model DIR` completed
 *   --data DIR       as for training: the data set (default: QUICKDRAW_DATA, else ../shared/quickdraw), and exports of players' drawings
 *   --take           replaces the shipped network if the new one is better
 *   --shipped DIR    another one to compare with, and to replace
 *   --drawings N     of each source, evenly over the words (default: all)
 *
 * Of the data set it uses simplified drawings, of players' exports the raw ones. Ends with 0 if the new network is better, else with 1.
 */
import { existsSync } from 'node:fs';
import { copyFile, cp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readModel, SHIPPED } from '../server/inference/model.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { prefix } from '../shared/ink.ts';
import { topGuesses } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { type Compared, compare, type Difference, objection, type Pair } from './comparison.ts';
import { percent, readFolder, SHARES } from './evaluation.ts';
import { progressLine } from './output.ts';
import { spread } from './play.ts';
import { type Drawing, foldersOf } from './train/dataset.ts';
import { withdrawnFrom } from './decided.ts';

interface Sample {
  source: string;
  drawing: Drawing;
}

/** The held-out drawings. Those that their drawers withdrew or did not allow for training do not decide about networks either. */
async function readSamples(named: readonly string[], words: readonly string[], most: number): Promise<Sample[]> {
  const { data, exports } = foldersOf(named);
  const samples = spread(await readFolder(join(data, 'simplified'), words, 'held-out'), most).map((drawing) => ({
    source: data,
    drawing,
  }));
  const withdrawn = await withdrawnFrom(exports);
  for (const dir of exports) {
    const all = await readFolder(join(dir, 'raw'), words, 'held-out');
    const allowed = all.filter(({ key, training }) => training !== false && !withdrawn.has(key));
    samples.push(...spread(allowed, most).map((drawing) => ({ source: dir, drawing })));
  }
  return samples;
}

/** Whether the best guess is right, for each sample at each share of its ink. */
async function judgements(
  modelDir: string,
  samples: readonly Sample[],
  progress: (done: number) => void,
): Promise<boolean[][]> {
  const recognizer = await startRecognizer({ modelDir });
  try {
    const names = recognizer.words.words.map(({ word }) => word);
    const rights = samples.map((): boolean[] => []);
    function* looks() {
      for (const [i, { drawing }] of samples.entries())
        for (const share of SHARES) yield { i, ink: prefix(drawing.ink, share) };
    }
    for await (const { item, probabilities } of ask(recognizer, looks())) {
      const best = topGuesses(probabilities, 1)[0]!;
      rights[item.i]!.push(names[best.word] === samples[item.i]!.drawing.word);
      progress((item.i + 1) / samples.length);
    }
    return rights;
  } finally {
    await recognizer.close();
  }
}

const cell = ({ shipped, candidate, gain, low, high }: Difference): string =>
  `${percent(shipped)} → ${percent(candidate)} (${gain < 0 ? '' : '+'}${(100 * gain).toFixed(2)}, ${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;

const row = ({ source, drawings, full, mean }: Compared): string =>
  `${source.padEnd(16)} ${String(drawings).padStart(6)}   top-1 ${cell(full)}   mean over ink ${cell(mean)}`;

/** The network of `from` replaces that of `to`, which keeps its other files: as a whole, or not at all. */
async function replaceModel(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  const old = `${to}.old`;
  try {
    await rm(part, { recursive: true, force: true });
    await cp(to, part, { recursive: true });
    for (const file of ['model.json', 'weights.bin', 'words.json']) await copyFile(join(from, file), join(part, file));
    await rm(old, { recursive: true, force: true });
    await rename(to, old);
    await rename(part, to).catch(async (error) => {
      await rename(old, to);
      throw error;
    });
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw new Error(`${to} stays as it is: ${(error as Error).message}`, { cause: error });
  }
  await rm(old, { recursive: true });
}

/** After a command that was killed between its two renames. */
async function recover(dir: string): Promise<void> {
  if (!existsSync(dir) && existsSync(`${dir}.old`)) await rename(`${dir}.old`, dir);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      data: { type: 'string', multiple: true, default: [] },
      take: { type: 'boolean', default: false },
      shipped: { type: 'string', default: SHIPPED },
      drawings: { type: 'string', default: 'Infinity' },
    },
  });
  const { model } = values;
  const shipped = resolve(values.shipped);
  const most = Number(values.drawings);
  if (!model) throw new Error('Name the folder of the new network: npm run compare -- --model DIR');
  if (!(most >= 1)) throw new Error(`--drawings takes a number, not "${values.drawings}"`);
  await recover(shipped);
  const [words, newWords] = [await namesOf(shipped), await namesOf(model)];
  if (words.join() !== newWords.join())
    throw new Error(`${model} has other words than ${shipped}, or another order of them`);
  const samples = await readSamples(values.data, words, most);
  const progress = progressLine();
  const before = await judgements(shipped, samples, (done) => progress('the shipped network', done));
  const after = await judgements(model, samples, (done) => progress('the new network', done));
  const pairs = samples.map(({ source }, i): Pair => ({ source, shipped: before[i]!, candidate: after[i]! }));
  const rows = compare(pairs);
  console.log(rows.map(row).join('\n'));
  const reason = objection(rows);
  if (reason !== null) {
    console.log(`Not better: ${reason}. ${shipped} stays as it is.`);
    process.exitCode = 1;
  } else if (values.take) {
    await replaceModel(model, shipped);
    console.log(`Better. It is now in ${shipped}; run the tests before you commit it.`);
  } else console.log('Better. --take would put it in place of the shipped one.');
}

async function namesOf(modelDir: string): Promise<string[]> {
  const { words } = (await readModel(modelDir)).words;
  if (words.some(({ threshold }) => threshold === 0))
    throw new Error(`${modelDir} is not calibrated: npm run calibrate -- --model ${modelDir}`);
  return words.map(({ word }) => word);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 2;
});
