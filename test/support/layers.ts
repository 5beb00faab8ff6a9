/** Layers models of TensorFlow.js in folders, as public networks are saved. */
import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, setBackend, tensor } from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { seeded } from '../../shared/chance.ts';

/** Pooling, dropout and dense layers: a chain, as DoodleNet is one. */
export async function chainOf(words: number): Promise<layers.LayersModel> {
  await setBackend('cpu');
  const { conv2d, maxPooling2d, dropout, flatten, dense } = layers.layers;
  const model = layers.sequential({
    layers: [
      conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [28, 28, 1] }),
      maxPooling2d({ poolSize: 2 }),
      dropout({ rate: 0.5 }),
      flatten(),
      dense({ units: 8, activation: 'tanh' }),
      dense({ units: words, activation: 'softmax' }),
    ],
  });
  return filled(model);
}

/** Norms, sums and steps from an even side and from an odd one: a graph, as the residual network is one. */
export async function graphOf(words: number): Promise<layers.LayersModel> {
  await setBackend('cpu');
  const { conv2d, batchNormalization, reLU, add, globalAveragePooling2d, dense } = layers.layers;
  const of = (layer: layers.layers.Layer, x: layers.SymbolicTensor | layers.SymbolicTensor[]) =>
    layer.apply(x) as layers.SymbolicTensor;
  const input = layers.input({ shape: [28, 28, 1] });
  const first = of(conv2d({ filters: 4, kernelSize: 3, padding: 'same' }), input);
  const normed = of(reLU(), of(batchNormalization({ epsilon: 0.01 }), first));
  const second = of(conv2d({ filters: 4, kernelSize: 3, padding: 'same' }), normed);
  const sum = of(add(), [normed, of(batchNormalization(), second)]);
  const to14 = of(conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same' }), sum);
  const to7 = of(conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same' }), to14);
  const to4 = of(conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same' }), to7);
  const mean = of(globalAveragePooling2d({ dataFormat: 'channelsLast' }), to4);
  return filled(layers.model({ inputs: input, outputs: of(dense({ units: words, activation: 'softmax' }), mean) }));
}

/** Random weights, so norms, biases and steps matter. */
function filled(model: layers.LayersModel): layers.LayersModel {
  const chance = seeded(5);
  model.setWeights(
    model.weights.map(({ shape, name }) => {
      const size = shape.reduce<number>((product, side) => product * side!, 1);
      const least = /variance|gamma/.test(name) ? 0.3 : -0.6;
      return tensor(
        Array.from({ length: size }, () => least + 1.4 * chance()),
        shape as number[],
      );
    }),
  );
  return model;
}

/** Returns the folder. `list`: the file of words, and what is in it. */
export async function saveLayers(model: layers.LayersModel, [name, words]: [string, string]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'public-'));
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }];
      // Converted from Keras, a topology is inside another one.
      const topology = { modelTopology: { keras_version: '2', model_config: modelTopology }, weightsManifest };
      writeFileSync(join(folder, 'model.json'), JSON.stringify(topology));
      writeFileSync(join(folder, 'group1-shard1of1.bin'), new Uint8Array(weightData as ArrayBuffer));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
    }),
  );
  writeFileSync(join(folder, name), words);
  return folder;
}
