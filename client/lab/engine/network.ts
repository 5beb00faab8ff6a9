/** The network of a recipe, in TensorFlow.js: how it is built, and its numbers as plain data. */
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { seedOf } from '../../../shared/chance.ts';
import { PICTURE_SIDE } from '../../../shared/lab/picture.ts';
import { labelsOf, type Recipe } from '../../../shared/lab/recipe.ts';

/** Layers that the page shows carry these names, with their place among their kind. */
const LAYER = { convolution: 'convolution', pooling: 'pooling', dense: 'dense', answer: 'answer' } as const;

export const DROPOUT = 'dropout';

const LEARNING_RATE = 0.003;

export function buildNetwork(recipe: Recipe): layers.Sequential {
  const { convolutions, dense, dropout } = recipe.layers;
  const network = layers.sequential();
  let count = 0;
  const initializer = () => layers.initializers.glorotUniform({ seed: seedOf(recipe.seed, 2, count++) });
  convolutions.forEach(({ filters, size, pool }, i) => {
    network.add(
      layers.layers.conv2d({
        name: `${LAYER.convolution}_${i}`,
        filters,
        kernelSize: size,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initializer(),
        ...(i === 0 && { inputShape: [PICTURE_SIDE, PICTURE_SIDE, 1] }),
      }),
    );
    if (pool) network.add(layers.layers.maxPooling2d({ name: `${LAYER.pooling}_${i}`, poolSize: 2 }));
  });
  network.add(layers.layers.flatten({ name: 'flatten' }));
  if (dense > 0)
    network.add(
      layers.layers.dense({ name: LAYER.dense, units: dense, activation: 'relu', kernelInitializer: initializer() }),
    );
  if (dropout > 0) network.add(layers.layers.dropout({ name: DROPOUT, rate: dropout }));
  network.add(
    layers.layers.dense({
      name: LAYER.answer,
      units: labelsOf(recipe).length,
      activation: 'softmax',
      kernelInitializer: initializer(),
    }),
  );
  return network;
}

export function compile(network: layers.Sequential): void {
  network.compile({
    optimizer: tf.train.adam(LEARNING_RATE),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
}

/** All numbers of the network, layer by layer. */
export function weightsOf(network: layers.Sequential): Float32Array {
  const all = network.getWeights().map((each) => each.dataSync<'float32'>());
  const weights = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of all) {
    weights.set(each, at);
    at += each.length;
  }
  return weights;
}

/** Throws an Error if the network has another number of weights. */
export function setWeights(network: layers.Sequential, weights: Float32Array): void {
  const shapes = network.getWeights().map(({ shape }) => shape);
  const sizes = shapes.map(tf.util.sizeFromShape);
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  if (weights.length !== wanted) throw new Error(`${weights.length} weights for a network of ${wanted}`);
  let at = 0;
  const tensors = shapes.map((shape, i) => {
    const from = at;
    at += sizes[i]!;
    return tf.tensor(weights.slice(from, at), shape);
  });
  network.setWeights(tensors);
  tf.dispose(tensors);
}
