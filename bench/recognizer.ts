/**
 * `npm run bench:recognizer`: milliseconds per drawing at each batch size, including rasterizing, and the event-loop delay of the
 * main thread at 500 drawings a second. Beside the engines of the game, two yardsticks with the same weights: ONNX Runtime (after
 * `npm run bench:yardstick`, which installs it without its libraries for graphics cards), and the tutorials' way,
 * `LayersModel.predict` on the main thread for each stroke.
 *
 *   --engine native|wasm   one engine only, and no yardsticks
 *   --calls N              instead: N calls of the engine, and the tensors and memory they leak
 *   --model DIR
 */
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EngineName } from '../server/inference/engine.ts';
import { readModel, SHIPPED } from '../server/inference/model.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import type { Ink } from '../shared/ink.ts';
import { BOARD } from '../shared/ink.ts';
import type { Input } from '../shared/input.ts';
import { inputOf } from '../shared/input.ts';
import { layersOf, layersRunner } from './layers.ts';
import { onnxOf, onnxRunner } from './onnx.ts';
import { weightsOf } from './weights.ts';

const require = createRequire(import.meta.url);

const BATCHES = [1, 2, 4, 8, 16, 32, 64];
/** Duration of each measurement. */
const MEASURE_MS = 1_500;
const RATE = 500;
/** The server's batching: drawings of this period go together. */
const TICK_MS = 16;

type Drawing = Pick<Ink, 'strokes'>;

/** About as much ink as a finished pen drawing: 180 points in six strokes. */
function drawing(seed: number): Drawing {
  const strokes = Array.from({ length: 6 }, (_, s) => {
    const stroke: number[] = [];
    for (let i = 0; i < 30; i++) {
      const angle = i / 5 + s + seed;
      stroke.push(
        Math.round(BOARD * (0.5 + 0.07 * s * Math.cos(angle))),
        Math.round(BOARD * (0.5 + 0.06 * s * Math.sin(angle * 1.3))),
      );
    }
    return stroke;
  });
  return { strokes };
}

const drawings = Array.from({ length: 64 }, (_, i) => drawing(i));

async function curve(engine: EngineName, modelDir: string): Promise<void> {
  const recognizer = await startRecognizer({ engine, modelDir });
  const row: string[] = [];
  for (const batch of BATCHES) {
    const inks = drawings.slice(0, batch);
    for (let i = 0; i < 5; i++) await recognizer.recognize(inks);
    const start = performance.now();
    let done = 0;
    while (performance.now() - start < MEASURE_MS) {
      await recognizer.recognize(inks);
      done += batch;
    }
    row.push(((performance.now() - start) / done).toFixed(2).padStart(6));
  }
  console.log(`| ${engine.padEnd(6)} | ${row.join(' | ')} |`);
  await recognizer.close();
}

/** Without the way to another thread, so what they show is the engine's own speed. */
async function yardsticks(modelDir: string): Promise<void> {
  const model = await readModel(modelDir);
  const all: { name: string; batches: number[]; run(input: Input): unknown }[] = [];
  const { nativeEngine } = await import('../server/inference/native.ts');
  const native = await nativeEngine(model);
  all.push({ name: 'native, alone', batches: BATCHES, run: native.run });
  const tf = require('@tensorflow/tfjs-node') as typeof import('@tensorflow/tfjs-node');
  const weights = weightsOf(model, tf);
  try {
    all.push({ name: 'ONNX Runtime', batches: BATCHES, run: await onnxRunner(onnxOf(model, weights)) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    console.log('onnxruntime-node is not installed: npm run bench:yardstick');
  }
  const layers = layersOf(model, weights, tf);
  all.push({ name: 'LayersModel.predict', batches: [1], run: layersRunner(layers, tf) });
  for (const { name, batches, run } of all) {
    const row: string[] = [];
    for (const batch of batches) {
      const inks = drawings.slice(0, batch);
      for (let i = 0; i < 5; i++) await run(inputOf(inks));
      const start = performance.now();
      let done = 0;
      for (; performance.now() - start < MEASURE_MS; done += batch) await run(inputOf(inks));
      row.push(((performance.now() - start) / done).toFixed(2).padStart(6));
    }
    console.log(`| ${name} | ${row.join(' | ')} |`);
  }
  native.close();
}

async function delay(engine: EngineName, modelDir: string): Promise<void> {
  const recognizer = await startRecognizer({ engine, modelDir });
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  let done = 0;
  let busy = false;
  let running: Promise<unknown> = Promise.resolve();
  const start = performance.now();
  monitor.enable();
  while (performance.now() - start < 3 * MEASURE_MS) {
    await sleep(TICK_MS);
    const due = ((performance.now() - start) / 1000) * RATE - done;
    if (busy || due < 1) continue;
    busy = true;
    // Latest wins: an engine that cannot keep up works on the newest, 64 at a time.
    const count = Math.min(64, Math.floor(due));
    running = recognizer.recognize(drawings.slice(0, count)).finally(() => {
      done += count;
      busy = false;
    });
  }
  monitor.disable();
  await running;
  const rate = done / ((performance.now() - start) / 1000);
  const ms = (nanoseconds: number) => (nanoseconds / 1e6 - 1).toFixed(1);
  console.log(
    `${engine}: ${rate.toFixed(0)} drawings/s, event-loop delay of the main thread p50 ${ms(monitor.percentile(50))} ms, p99 ${ms(monitor.percentile(99))} ms`,
  );
  await recognizer.close();
}

async function leaks(engine: EngineName, modelDir: string, calls: number): Promise<void> {
  const model = await readModel(modelDir);
  const { nativeEngine } = await import('../server/inference/native.ts');
  const { wasmEngine } = await import('../server/inference/wasm.ts');
  const { run, tensors, close } = await (engine === 'native' ? nativeEngine(model) : wasmEngine(model));
  const input = inputOf(drawings.slice(0, 1));
  const memory = () => Math.round(process.memoryUsage().rss / 2 ** 20);
  for (let i = 0; i < 1000; i++) await run(input);
  const before = { tensors: tensors(), memory: memory() };
  for (let i = 0; i < calls; i++) await run(input);
  console.log(
    `${engine}: after ${calls} calls ${tensors() - before.tensors} more tensors, memory from ${before.memory} to ${memory()} MiB`,
  );
  close();
}

const { values } = parseArgs({
  options: { engine: { type: 'string' }, calls: { type: 'string' }, model: { type: 'string', default: SHIPPED } },
});
const engines = (['native', 'wasm'] as const).filter((engine) => !values.engine || values.engine === engine);
if (values.calls) for (const engine of engines) await leaks(engine, values.model, Number(values.calls));
else {
  console.log(
    `ms per drawing, including rasterizing\n| batch  | ${BATCHES.map((n) => String(n).padStart(6)).join(' | ')} |`,
  );
  console.log(`|${'-'.repeat(8)}|${BATCHES.map(() => '-------:|').join('')}`);
  for (const engine of engines) await curve(engine, values.model);
  if (!values.engine) await yardsticks(values.model);
  console.log('');
  for (const engine of engines) await delay(engine, values.model);
}
