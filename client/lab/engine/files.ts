/** A network as files, in the format of TensorFlow.js: `model.json`, which names the other one, and its weights. */
import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { checksumOf } from '../../../shared/lab/network.ts';
import type { Recipe } from '../../../shared/lab/recipe.ts';
import { WEIGHTS_FILE } from './file-names.ts';

export { MODEL_FILE, WEIGHTS_FILE } from './file-names.ts';

export interface NetworkFiles {
  /** JSON */
  model: string;
  weights: ArrayBuffer;
}

export async function filesOf(network: Sequential, recipe: Recipe): Promise<NetworkFiles> {
  let files: NetworkFiles | undefined;
  await network.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weights = tf.io.CompositeArrayBuffer.join(weightData);
      files = {
        model: JSON.stringify({
          format: 'layers-model',
          generatedBy: 'Doodle Derby',
          modelTopology,
          weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
          userDefinedMetadata: { recipe, checksum: checksumOf(weights) },
        }),
        weights,
      };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return files!;
}
