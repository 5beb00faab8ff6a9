/** The model's weights as numbers, for the yardsticks: engines that the game does not use. */
import type { Model } from '../server/inference/model.ts';

export type Weights = Record<string, { shape: number[]; data: Float32Array }>;

export function weightsOf(model: Model, tf: typeof import('@tensorflow/tfjs-node')): Weights {
  const tensors = tf.io.decodeWeights(model.weights, model.weightSpecs);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const data = Float32Array.from(tensor.dataSync());
      tensor.dispose();
      return [name, { shape: tensor.shape, data }];
    }),
  );
}
