/** A network as files: TensorFlow.js reads them, the lab reads them, and nothing else that is in them runs. */
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, type Sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOf, MODEL_FILE, type NetworkFiles, WEIGHTS_FILE } from '../../client/lab/engine/files.ts';
import { buildNetwork, setWeights, weightsOf } from '../../client/lab/engine/network.ts';
import { classify } from '../../client/lab/engine/training.ts';
import { choose, readNetwork } from '../../client/lab/files/reading.ts';
import { startEngine } from '../../models/lab/engine.ts';
import { validationExamples } from '../../shared/lab/examples.ts';
import { parseNetwork } from '../../shared/lab/network.ts';
import { PICTURE_SIDE } from '../../shared/lab/picture.ts';
import { FIRST_RECIPE, PRESETS, type Recipe } from '../../shared/lab/recipe.ts';
import { discard, samplesOf, trained } from '../support/lab.ts';

const RECIPE: Recipe = {
  ...FIRST_RECIPE,
  words: ['cat', 'house', 'sun'],
  drawings: 20,
  others: true,
  layers: { ...PRESETS.tiny, dropout: 0.25, dense: 16 },
};
const { pictures, count } = validationExamples(RECIPE, samplesOf(RECIPE));
let network: Sequential;
let files: NetworkFiles;
let probabilities: Float32Array;

beforeAll(async () => {
  await startEngine();
  ({ network } = await trained(RECIPE, 3));
  files = await filesOf(network, RECIPE);
  probabilities = classify(network, pictures, count);
});
afterAll(() => discard(network));

const modelFile = (text = files.model, name = MODEL_FILE) => new File([text], name, { type: 'application/json' });
const weightsFile = (bytes: BlobPart = files.weights) => new File([bytes], WEIGHTS_FILE);

test('TensorFlow.js itself loads the files, and gives the same probabilities', async () => {
  const { modelTopology, weightsManifest, userDefinedMetadata, format } = JSON.parse(files.model);
  expect(format).toBe('layers-model');
  expect(weightsManifest[0].paths).toEqual([WEIGHTS_FILE]);
  const loaded = await loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: files.weights,
      userDefinedMetadata,
    }),
  );
  const answer = tf.tidy(() =>
    loaded.predict(tf.tensor4d(pictures, [count, PICTURE_SIDE, PICTURE_SIDE, 1])),
  ) as tf.Tensor;
  expect([...answer.dataSync()]).toEqual([...probabilities]);
  expect(new Set(probabilities).size).toBeGreaterThan(count);
  answer.dispose();
  loaded.dispose();
});

test('the lab reads them, and gives the same probabilities', async () => {
  const { recipe, weights } = await readNetwork(modelFile(), weightsFile());
  expect(recipe).toEqual(RECIPE);
  expect([...weights]).toEqual([...weightsOf(network)]);
  const opened = buildNetwork(recipe);
  setWeights(opened, weights);
  expect([...classify(opened, pictures, count)]).toEqual([...probabilities]);
  opened.dispose();
});

test('a foreign topology is never looked at', async () => {
  const model = JSON.parse(files.model);
  model.modelTopology = { class_name: 'Sequential', config: { layers: [{ class_name: 'Lambda' }] } };
  model.weightsManifest = [{ paths: ['https://example.org/elsewhere.bin'], weights: [] }];
  expect((await readNetwork(modelFile(JSON.stringify(model)), weightsFile())).recipe).toEqual(RECIPE);
});

test.each<[string, () => Promise<unknown>, string]>([
  ['no JSON', () => readNetwork(modelFile('PK\u0003\u0004'), weightsFile()), 'strange'],
  ['other JSON', () => readNetwork(modelFile('[1, 2]'), weightsFile()), 'strange'],
  ['null', () => readNetwork(modelFile('null'), weightsFile()), 'strange'],
  ['a network from elsewhere', () => readNetwork(modelFile('{"modelTopology": {}}'), weightsFile()), 'strange'],
  [
    'a recipe that no learner can choose',
    () => readNetwork(modelFile(files.model.replaceAll('"size":3', '"size":4')), weightsFile()),
    'strange',
  ],
  ['a large file', () => readNetwork(modelFile(`${files.model}${' '.repeat(200_000)}`), weightsFile()), 'strange'],
  ['half of the weights', () => readNetwork(modelFile(), weightsFile(files.weights.slice(0, 400))), 'mismatch'],
  ['a broken length', () => readNetwork(modelFile(), weightsFile(files.weights.slice(1))), 'mismatch'],
  [
    'a neighbour’s weights, of the same size',
    () => readNetwork(modelFile(), weightsFile(new Float32Array(files.weights.byteLength / 4))),
    'mismatch',
  ],
])('%s is refused', async (_, read, why) => {
  await expect(read()).rejects.toMatchObject({ why });
});

test('files may come one after the other, and under other names', () => {
  const first = choose({}, [modelFile(files.model, 'doodle-derby (1).json')]);
  expect(Object.keys(first)).toEqual(['model']);
  const both = choose(first, [weightsFile()]);
  expect([both.model!.name, both.weights!.name]).toEqual(['doodle-derby (1).json', WEIGHTS_FILE]);
  expect(choose(both, [modelFile()]).model!.name).toBe(MODEL_FILE);
});

test('a network is its recipe and as many numbers as that has', () => {
  expect(parseNetwork(RECIPE, files.weights).weights).toHaveLength(files.weights.byteLength / 4);
  expect(() => parseNetwork({ ...RECIPE, words: ['cat', 'house', 'sun', 'moon'] }, files.weights)).toThrow(/bytes/);
  expect(() => parseNetwork({ ...RECIPE, words: ['cat', 'house', 'wombat'] }, files.weights)).toThrow(/words/);
  const broken = new Float32Array(files.weights.byteLength / 4).fill(Number.NaN).buffer;
  expect(() => parseNetwork(RECIPE, broken)).toThrow(/no number/);
});
