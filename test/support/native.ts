import { createRequire } from 'node:module';
import { requires } from './requires.ts';

function loads(): boolean {
  // Read when the addon is first loaded; otherwise it logs a lot.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node');
    return true;
  } catch {
    return false;
  }
}

/** Whether native TensorFlow runs here; in CI it must. */
export const native = requires(loads(), 'native TensorFlow (npm run tensorflow)');
