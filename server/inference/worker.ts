/**
 * The inference worker: packed ink in, probabilities out. TensorFlow lives in this thread only, so that a batch of any size
 * holds nobody's socket up.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Calibration, calibrate } from '../../shared/calibration.ts';
import { blankInput, inputOf } from '../../shared/input.ts';
import type { Engine, EngineName } from './engine.ts';
import { unpack } from './ink-pack.ts';
import { checkOutputs, type Model, readModel } from './model.ts';

/** To the worker: the drawings of one call. */
export interface Job {
  id: number;
  inks: Float64Array;
}

/** From the worker: once ready or failed, then an answer for each job. */
export type Report =
  | { kind: 'ready'; engine: EngineName }
  | { kind: 'failed'; message: string }
  | { kind: 'done'; id: number; probabilities: Float32Array; tensors: number }
  | { kind: 'error'; id: number; message: string };

export interface WorkerOptions {
  engine: EngineName | undefined;
  modelDir: string;
  calibration: Calibration | undefined;
}

const port = parentPort!;
const report = (message: Report, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

async function load(model: Model, wanted: EngineName | undefined): Promise<Engine> {
  // Imported only when chosen: either may be missing, and both print or allocate as they load.
  const native = async () => (await import('./native.ts')).nativeEngine(model);
  const wasm = async () => (await import('./wasm.ts')).wasmEngine(model);
  if (wanted === 'wasm') return wasm();
  try {
    return await native();
  } catch (error) {
    if (wanted !== 'native') return wasm();
    throw new Error(`the native engine does not run here (try: npm run tensorflow): ${(error as Error).message}`);
  }
}

/** Of the thread and those that TensorFlow starts from it. */
const NICENESS = 15;

/**
 * Guesses may be late, strokes not: if there are too few cores for both, the event loop runs first. Linux has priorities for threads, and
 * says which one this is; elsewhere all stays as it is.
 */
function yieldToEventLoop(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICENESS);
  } catch {}
}

async function start(): Promise<void> {
  yieldToEventLoop();
  const { engine: wanted, modelDir, calibration: given } = workerData as WorkerOptions;
  const model = await readModel(modelDir);
  const calibration = given ?? model.words.calibration;
  const engine = await load(model, wanted);
  // The first run of a shape is slow; it must delay no drawing. It also shows how many outputs there are.
  for (const count of [1, 8]) {
    const { length } = await engine.run(blankInput(count));
    checkOutputs(length / count, model.words, modelDir);
  }
  let turn: Promise<void> = Promise.resolve();
  port.on('message', ({ id, inks }: Job) => {
    const drawings = unpack(inks);
    turn = turn
      .then(async () => {
        const probabilities = (await engine.run(inputOf(drawings))).slice();
        calibrate(probabilities, drawings, calibration);
        return probabilities;
      })
      .then(
        (probabilities) =>
          report({ kind: 'done', id, probabilities, tensors: engine.tensors() }, [probabilities.buffer]),
        (error: Error) => report({ kind: 'error', id, message: error.message }),
      );
  });
  report({ kind: 'ready', engine: engine.name });
}

start().catch((error: Error) => report({ kind: 'failed', message: error.message }));
