/** What happens to one picture inside a network: the answer, and what each layer hands on. */
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { PICTURE_SIDE } from '../../../shared/lab/picture.ts';
import { DROPOUT } from './network.ts';

/** What one layer hands on. */
export interface Maps {
  /** `convolution_0`, `pooling_0`, … `dense`, `answer`. */
  layer: string;
  /** Height, width, number of maps; of a dense layer 1, 1 and its neurons. */
  shape: [number, number, number];
  /** Row by row; the maps of a pixel follow each other. */
  values: Float32Array;
}

/** A second view of the same network, whose outputs are those of all its layers. It shares the weights: dispose of the network only. */
export function withMaps(network: layers.Sequential): layers.LayersModel {
  const shown = network.layers.filter(({ name }) => name !== 'flatten' && name !== DROPOUT);
  return layers.model({ inputs: network.inputs, outputs: shown.map(({ output }) => output as layers.SymbolicTensor) });
}

/** The maps of one picture, in the order of the layers. The last are the probabilities of the labels. */
export function mapsOf(viewed: layers.LayersModel, picture: Float32Array): Maps[] {
  const outputs = tf.tidy(() => {
    const all = viewed.predict(tf.tensor4d(picture, [1, PICTURE_SIDE, PICTURE_SIDE, 1]));
    return Array.isArray(all) ? all : [all];
  });
  return outputs.map((output, i) => {
    const [, a, b, c] = output.shape as [number, number, number?, number?];
    const values = output.dataSync<'float32'>() as Float32Array;
    output.dispose();
    return { layer: viewed.outputNames[i]!, shape: c === undefined ? [1, 1, a] : [a, b!, c], values };
  });
}
