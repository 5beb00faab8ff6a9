/** TensorFlow.js in Node, as the lab's page runs it: WebAssembly, one thread. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerConvGradient } from '../../client/lab/engine/conv-gradient.ts';

export async function startEngine(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm');
  setWasmPaths(dirname(file) + sep);
  setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly does not start');
  registerConvGradient();
}
