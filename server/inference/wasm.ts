/** tfjs on WebAssembly, one thread, SIMD where the processor has it: slower than native, and runs everywhere. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { CHANNELS, SIDE } from '../../shared/raster.ts';
import type { Engine } from './engine.ts';
import type { Model } from './model.ts';

export async function wasmEngine(model: Model): Promise<Engine> {
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm');
  setWasmPaths(dirname(wasm) + sep);
  setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend of TensorFlow.js did not start');
  const graph = await loadGraphModel(
    tf.io.fromMemory({ modelTopology: model.graph, weightSpecs: model.weightSpecs, weightData: model.weights }),
  );
  return {
    name: 'wasm',
    async run(rasters, count) {
      const output = tf.tidy(() => graph.predict(tf.tensor4d(rasters, [count, SIDE, SIDE, CHANNELS])) as tf.Tensor);
      const probabilities = await output.data<'float32'>();
      output.dispose();
      return probabilities;
    },
    tensors: () => tf.memory().numTensors,
    close: () => graph.dispose(),
  };
}
