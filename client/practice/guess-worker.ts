/** The recognizer in the browser: the server's model, input, calibration and verdict, for practice without a server. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { calibrate } from '../../shared/calibration.ts';
import { inkLength, type Stroke } from '../../shared/ink.ts';
import { inputOf, shapesOf } from '../../shared/input.ts';
import type { Verdict, Words } from '../../shared/verdict.ts';
import { judge } from '../../shared/verdict.ts';
import { parseWords } from '../../shared/words.ts';

export interface Question {
  id: number;
  strokes: Stroke[];
  /** The word to draw. */
  target: string;
}
export type Answer =
  | { type: 'ready'; words: Words }
  | { type: 'failed'; reason: string }
  | {
      type: 'seen';
      id: number;
      verdict: Verdict /** Of each of the model's words, 0..1. */;
      probabilities: Float32Array;
    };

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
    fetch(fileOf('words.json')).then(async (response) => parseWords(await response.json())),
    tf.setBackend('wasm'),
  ]);
  return { model: await loadGraphModel(fileOf('model.json')), words };
}

try {
  const { model, words } = await load();
  const shapes = shapesOf(1);
  addEventListener('message', ({ data }: MessageEvent<Question>) => {
    const { rasters, traces } = inputOf([data]);
    const output = tf.tidy(() =>
      model.predict({ ink: tf.tensor4d(rasters, shapes.ink), trace: tf.tensor4d(traces, shapes.trace) }),
    ) as tf.Tensor;
    const probabilities = output.dataSync<'float32'>() as Float32Array;
    output.dispose();
    calibrate(probabilities, [data], words.calibration);
    const verdict = judge(words, data.target, probabilities, inkLength(data));
    send({ type: 'seen', id: data.id, verdict, probabilities });
  });
  send({ type: 'ready', words });
} catch (error) {
  send({ type: 'failed', reason: String(error) });
}
