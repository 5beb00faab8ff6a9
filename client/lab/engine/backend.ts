/** TensorFlow.js in the browser: WebAssembly, or plain JavaScript where that does not start. */
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { registerConvGradient } from './conv-gradient.ts';

export type BackendName = 'wasm' | 'cpu';

/** Returns the one that runs. `wanted` skips what would be tried before it. */
export async function startBackend(wanted?: BackendName): Promise<BackendName> {
  if (wanted !== 'cpu' && (await startWasm())) {
    registerConvGradient();
    return 'wasm';
  }
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  return 'cpu';
}

async function startWasm(): Promise<boolean> {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
  setThreadsCount(1);
  try {
    return await tf.setBackend('wasm');
  } catch {
    return false;
  }
}
