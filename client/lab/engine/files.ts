/** A network as files, in the format of TensorFlow.js: `model.json`, which names the other one, and its weights. */
import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import type { Recipe } from '../../../shared/lab/recipe.ts';

export interface NetworkFiles {
  /** JSON */
  model: string;
  weights: ArrayBuffer;
}

/** The name that model.json has for the file of weights, beside it. */
export const WEIGHTS_FILE = 'doodle-derby.weights.bin';
export const MODEL_FILE = 'doodle-derby.json';

export async function filesOf(network: Sequential, recipe: Recipe): Promise<NetworkFiles> {
  let files: NetworkFiles | undefined;
  await network.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      files = {
        model: JSON.stringify({
          format: 'layers-model',
          generatedBy: 'Doodle Derby',
          modelTopology,
          weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
          userDefinedMetadata: { recipe },
        }),
        weights: tf.io.CompositeArrayBuffer.join(weightData),
      };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return files!;
}
