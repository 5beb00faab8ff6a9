/** `npm run lab` as a learner runs it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, type Sequential } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, test } from 'vitest';
import { MODEL_FILE, WEIGHTS_FILE } from '../../client/lab/engine/files.ts';
import { buildNetwork, setWeights } from '../../client/lab/engine/network.ts';
import { check, classify } from '../../client/lab/engine/training.ts';
import { startEngine } from '../../models/lab/engine.ts';
import { readOptions } from '../../models/lab/options.ts';
import { readSamples } from '../../models/lab/samples.ts';
import { validationExamples } from '../../shared/lab/examples.ts';
import { parseNetwork } from '../../shared/lab/network.ts';
import { labelsOf, PRESETS } from '../../shared/lab/recipe.ts';
import { LAB_WORDS } from '../../shared/lab/words.ts';

const out = mkdtempSync(join(tmpdir(), 'lab-'));
afterAll(() => rmSync(out, { recursive: true }));

const run = promisify(execFile);
const lab = (...args: string[]) =>
  run(process.execPath, ['--import', 'tsx', 'models/lab/lab.ts', ...args, '--out', join(out, 'network')]);

describe('a network of three words', () => {
  const read = (name: string) => readFileSync(join(out, 'network', name));

  test('is trained, and written with its plots', async () => {
    const { stdout } = await lab(
      '--words',
      'cat, house,Bicycle',
      '--drawings',
      '20',
      '--epochs',
      '2',
      '--seed',
      '7',
      '--others',
    );
    expect(stdout).toContain('80 drawings to learn from, 160 others to check with');
    expect(stdout).toMatch(/^ {4}1 .* %.* %.*\n {4}2 .* %.* %.*\n\n/m);
    for (const name of ['cat', 'house', 'bicycle', 'something else'])
      expect(stdout).toMatch(new RegExp(`^  ${name} +[#.]{20} +\\d+ %`, 'm'));
    expect(readdirSync(join(out, 'network')).sort()).toEqual(
      ['confusion.svg', 'curves.svg', MODEL_FILE, WEIGHTS_FILE].sort(),
    );
    expect(read('curves.svg').toString()).toMatch(/<polyline[^>]*points="\S+,\S+ \S+,\S+"[\s\S]*<\/svg>/);
    expect(read('confusion.svg').toString()).toContain('>something else</text>');
  });

  test('loads in the lab and in TensorFlow.js, with the same answers, as right as the shell said', async () => {
    await startEngine();
    const model = JSON.parse(read(MODEL_FILE).toString());
    const [{ paths, weights: specs }] = model.weightsManifest;
    expect(paths).toEqual([WEIGHTS_FILE]);
    const bytes = new Uint8Array(read(WEIGHTS_FILE)).buffer;

    const { recipe, weights } = parseNetwork(model.userDefinedMetadata.recipe, bytes);
    expect(recipe).toEqual({
      words: ['cat', 'house', 'bicycle'],
      own: false,
      drawings: 20,
      partial: false,
      others: true,
      pranked: 0,
      layers: PRESETS.medium,
      seed: 7,
    });
    const own = buildNetwork(recipe);
    setWeights(own, weights);
    const theirs = (await loadLayersModel({
      load: async () => ({ modelTopology: model.modelTopology, weightSpecs: specs, weightData: bytes }),
    })) as Sequential;
    const { pictures, labels, count } = validationExamples(recipe, await readSamples(labelsOf(recipe)));
    expect(classify(theirs, pictures, count)).toEqual(classify(own, pictures, count));

    const { accuracy } = check(own, { pictures, labels, count });
    const shown = /<svg[\s\S]*<\/svg>/.exec(read('confusion.svg').toString())![0];
    const right = [...shown.matchAll(/fill="#bbb"[^>]*\/><text[^>]*>(\d+)</g)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    expect(right / count).toBeCloseTo(accuracy, 9);
    tf.disposeVariables();
  });
});

test.for([
  ['an unknown word', ['--words', 'cat,dgo,sun'], 'there are no drawings of "dgo"; did you mean dog?'],
  [
    'another unknown word',
    ['--words', 'cat,dog,bycicles'],
    'there are no drawings of "bycicles"; did you mean bicycle?',
  ],
  ['a word twice', ['--words', 'cat,dog,cat'], '"cat" is there twice'],
  ['too few words', ['--words', 'cat,dog'], '3 to 10 words, not 2'],
  ['too many words', ['--words', LAB_WORDS.slice(0, 11).join()], '3 to 10 words, not 11'],
  ['another number of drawings', ['--drawings', '30'], 'drawings is none of 20, 50, 100, 160'],
  ['a share that is none', ['--pranked', 'half'], 'pranked is none of 0, 0.1, 0.2, 0.3, 0.4'],
  ['an unknown preset', ['--preset', 'toString'], 'preset is none of tiny, small, medium, large, huge'],
  ['a seed below 1', ['--seed', '0'], 'seed is no whole number from 1 to 1000'],
  ['half an epoch', ['--epochs', '0.5'], 'epochs is no whole number from 1 to 200'],
  ['an unknown option', ['--word', 'cat'], "Unknown option '--word'"],
] as const)('refuses %s', ([, args, message]) => {
  expect(() => readOptions([...args])).toThrow(message);
});

test('says what is wrong without a stack, and where help is', async () => {
  const failure = await lab('--words', 'cat,dgo,sun').catch((error) => error);
  expect(failure).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'there are no drawings of "dgo"; did you mean dog?\nAll options: npm run lab -- --help\n',
  });
  expect((await lab('--help')).stdout).toMatch(/--words[\s\S]*--preset[\s\S]*apple, banana, .*, umbrella/);
});
