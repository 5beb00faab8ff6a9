/** The recognizer in the browser: the server's model and the server's raster, for practice without a server. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type { Stroke } from '../../shared/ink.ts';
import { CHANNELS, RASTER_SIZE, rasterize, SIDE } from '../../shared/raster.ts';
import type { Verdict, Words } from '../../shared/verdict.ts';
import { judge } from '../../shared/verdict.ts';

export interface Question {
  id: number;
  strokes: Stroke[];
  /** The word to draw. */
  target: string;
}
export type Answer =
  | { type: 'ready'; words: Words }
  | { type: 'failed'; reason: string }
  | { type: 'seen'; id: number; verdict: Verdict };

/** Identifies the model in the names of its cached files. */
declare const __MODEL__: string;
/** The worker's own file lies in a folder of the game's path. */
const fileOf = (name: string): string => new URL(`../models/quickdraw/${name}?${__MODEL__}`, location.href).href;
const send = (answer: Answer) => postMessage(answer);

async function load(): Promise<{ model: GraphModel; words: Words }> {
  // Threads need a cross-origin isolated page, which this one is not; but the list must be complete.
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
  const [words] = await Promise.all([
    fetch(fileOf('words.json')).then((response) => response.json() as Promise<Words>),
    tf.setBackend('wasm'),
  ]);
  return { model: await loadGraphModel(fileOf('model.json')), words };
}

try {
  const { model, words } = await load();
  const raster = new Uint8Array(RASTER_SIZE);
  addEventListener('message', ({ data }: MessageEvent<Question>) => {
    rasterize(data, raster);
    const output = tf.tidy(() =>
      model.predict(tf.tensor4d(Float32Array.from(raster), [1, SIDE, SIDE, CHANNELS], 'float32')),
    ) as tf.Tensor;
    const probabilities = output.dataSync<'float32'>() as Float32Array;
    output.dispose();
    send({ type: 'seen', id: data.id, verdict: judge(words, data.target, probabilities, data) });
  });
  send({ type: 'ready', words });
} catch (error) {
  send({ type: 'failed', reason: String(error) });
}
