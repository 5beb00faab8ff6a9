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
  /** Nodes of model.json whose values the answer should have. */
  stages?: readonly string[];
}
/** What one node of the model hands on. */
export interface StageMaps {
  /** Height, width, number of maps. */
  shape: [number, number, number];
  /** Row by row; the maps of a pixel follow each other. */
  values: Float32Array;
}
export type Answer =
  | { type: 'ready'; words: Words }
  | { type: 'failed'; reason: string }
  | {
      type: 'seen';
      id: number;
      verdict: Verdict /** Of each of the model's words, 0..1. */;
      probabilities: Float32Array;
      /** In the order of the stages that were asked for. */
      maps: StageMaps[];
    };

/** Identifies the model in the names of its cached files. */
declare const __MODEL__: string;
/** The worker's own file lies in a folder of the game's path. */
const fileOf = (name: string): string => new URL(`../models/quickdraw/${name}?${__MODEL__}`, location.href).href;
const send = (answer: Answer) => postMessage(answer);

function mapsOf(output: tf.Tensor): StageMaps {
  const [, a, b, c] = output.shape as [number, number, number?, number?];
  return { shape: c === undefined ? [1, 1, a] : [a, b!, c], values: output.dataSync<'float32'>() as Float32Array };
}

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
    const nodes = [...model.outputNodes, ...(data.stages ?? [])];
    const outputs = tf.tidy(() =>
      [
        model.execute({ ink: tf.tensor4d(rasters, shapes.ink), trace: tf.tensor4d(traces, shapes.trace) }, nodes),
      ].flat(),
    );
    const [answer, ...maps] = outputs.map(mapsOf);
    const probabilities = answer!.values;
    tf.dispose(outputs);
    calibrate(probabilities, [data], words.calibration);
    const verdict = judge(words, data.target, probabilities, inkLength(data));
    send({ type: 'seen', id: data.id, verdict, probabilities, maps });
  });
  send({ type: 'ready', words });
} catch (error) {
  send({ type: 'failed', reason: String(error) });
}
