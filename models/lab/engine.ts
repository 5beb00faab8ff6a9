/** TensorFlow.js for the lab's networks in Node: WebAssembly in one thread, as in the browser. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerConvGradient } from '../../client/lab/engine/conv-gradient.ts';

/** Rejects if WebAssembly does not start. */
export async function startEngine(): Promise<void> {
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm');
  setWasmPaths(dirname(wasm) + sep);
  setThreadsCount(1);
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js does not start in WebAssembly');
  registerConvGradient();
}
