/** tfjs on WebAssembly, one thread, SIMD where the processor has it: slower than native, and runs everywhere. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { shapesOf } from '../../shared/input.ts';
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
    async run({ count, rasters, traces }) {
      const shapes = shapesOf(count);
      const output = tf.tidy(() => {
        const input = { ink: tf.tensor4d(rasters, shapes.ink), trace: tf.tensor4d(traces, shapes.trace) };
        return graph.predict(input) as tf.Tensor;
      });
      const probabilities = await output.data<'float32'>();
      output.dispose();
      return probabilities;
    },
    tensors: () => tf.memory().numTensors,
    close: () => graph.dispose(),
  };
}
