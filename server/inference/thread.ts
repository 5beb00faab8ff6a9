/** The recognizer in a worker thread of its own, so that a batch of any size delays no socket. A worker that dies is replaced. */
import { Worker } from 'node:worker_threads';
import type { Calibration } from '../../shared/calibration.ts';
import type { Ink } from '../../shared/ink.ts';
import { OperatorError } from '../failure.ts';
import type { EngineName } from './engine.ts';
import { pack } from './ink-pack.ts';
import { readModel, SHIPPED } from './model.ts';
import type { Recognizer } from './recognizer.ts';
import type { Job, Report, WorkerOptions } from './worker.ts';

export interface RecognizerOptions {
  /** By default native if it runs here, else wasm. */
  engine?: EngineName | undefined;
  modelDir?: string | undefined;
  /** By default the model's own. */
  calibration?: Calibration | undefined;
  /** Called when a worker is replaced because it crashed or did not answer. */
  onRestart?: ((reason: Error) => void) | undefined;
}

/** A batch takes milliseconds: a worker without an answer after this hangs. */
const ANSWER_TIMEOUT_MS = 5_000;
/** Loading TensorFlow and its first runs, on a slow disk. */
const START_TIMEOUT_MS = 60_000;

/** A recognizer that has loaded its network. */
export async function startRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const recognizer = await openRecognizer(options);
  await recognizer.loaded;
  return recognizer;
}

/** A recognizer that still loads its network; `loaded` rejects if it cannot. */
export async function openRecognizer(options: RecognizerOptions): Promise<Recognizer & { loaded: Promise<void> }> {
  const modelDir = options.modelDir ?? SHIPPED;
  // Such a small network is slower on several threads. TensorFlow reads this from the process, not from the worker.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // oneDNN is faster, but prints two lines at every start, which TensorFlow cannot be kept from. Operators may turn it on.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';

  let restarts = 0;
  const onDeath = (reason: Error) => {
    // One that never ran is not replaced: `loaded` rejects.
    if (!engine) return;
    restarts++;
    options.onRestart?.(reason);
  };
  const start = (engine: EngineName | undefined) =>
    startThread({ engine, modelDir, calibration: options.calibration }, onDeath);
  let engine: EngineName | undefined;
  let thread = start(options.engine);
  const loaded = thread.ready.then((ready) => {
    engine = ready.engine;
  });
  loaded.catch(() => {});
  const { words } = await readModel(modelDir).catch(async (error) => {
    await thread.stop(error);
    throw error;
  });
  let closed = false;
  return {
    get engine() {
      return engine;
    },
    words,
    loaded,
    async recognize(inks) {
      if (closed) throw new Error('the recognizer is closed');
      if (inks.length === 0) return [];
      // The engine stays the one reported at the start, even if it may have caused the crash.
      if (thread.dead) thread = start(engine ?? options.engine);
      const all = await thread.recognize(inks);
      const each = words.words.length;
      return inks.map((_, i) => all.subarray(i * each, (i + 1) * each));
    },
    restarts: () => restarts,
    tensors: () => thread.tensors,
    async close() {
      closed = true;
      await thread.stop(new Error('the recognizer is closed'));
    },
  };
}

interface Thread {
  ready: Promise<{ engine: EngineName }>;
  /** Why it stopped. */
  dead: Error | undefined;
  /** After the newest answer. */
  tensors: number;
  recognize(inks: readonly Pick<Ink, 'strokes'>[]): Promise<Float32Array>;
  stop(reason: Error): Promise<void>;
}

interface Waiting {
  resolve(probabilities: Float32Array): void;
  reject(reason: Error): void;
}

function startThread(options: WorkerOptions, onDeath: RecognizerOptions['onRestart']): Thread {
  const here = (file: string) => new URL(file, import.meta.url);
  const worker = import.meta.filename.endsWith('.ts')
    ? // From source, as in tests and under `npm run dev`.
      new Worker(here('./worker.ts'), {
        workerData: options,
        execArgv: ['--import', here('./typescript-loader.mjs').href],
      })
    : new Worker(here('./worker.js'), { workerData: options });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let timeout: NodeJS.Timeout | undefined;
  let resolveReady: (engine: { engine: EngineName }) => void;
  let rejectReady: (reason: Error) => void;
  const thread: Thread = {
    ready: new Promise((resolve, reject) => {
      resolveReady = resolve;
      rejectReady = reject;
    }),
    dead: undefined,
    tensors: 0,
    async recognize(inks) {
      // Before any wait: the drawings grow meanwhile, and their verdicts count from the ink of now.
      const packed = pack(inks);
      await thread.ready;
      if (thread.dead) throw thread.dead;
      const id = nextId++;
      const job: Job = { id, inks: packed };
      return new Promise((resolve, reject) => {
        if (waiting.size === 0) expect(ANSWER_TIMEOUT_MS);
        waiting.set(id, { resolve, reject });
        worker.postMessage(job, [job.inks.buffer as ArrayBuffer]);
      });
    },
    async stop(reason) {
      if (!thread.dead) {
        thread.dead = reason;
        clearTimeout(timeout);
        rejectReady(reason);
        for (const { reject } of waiting.values()) reject(reason);
        waiting.clear();
      }
      await worker.terminate();
    },
  };
  // Every call gets the rejection; before the first call it must not count as unhandled.
  thread.ready.catch(() => {});

  const fail = (message: string) => {
    if (thread.dead) return;
    const reason = new OperatorError(message);
    void thread.stop(reason);
    onDeath?.(reason);
  };
  const expect = (ms: number) => {
    clearTimeout(timeout);
    timeout = setTimeout(() => fail(`the inference worker did not answer for ${ms / 1000} s`), ms);
  };
  expect(START_TIMEOUT_MS);
  worker.on('message', (report: Report) => {
    if (thread.dead) return;
    if (report.kind === 'failed') {
      fail(report.message);
      return;
    }
    if (report.kind === 'ready') {
      clearTimeout(timeout);
      resolveReady({ engine: report.engine });
      return;
    }
    const caller = waiting.get(report.id);
    waiting.delete(report.id);
    if (waiting.size > 0) expect(ANSWER_TIMEOUT_MS);
    else clearTimeout(timeout);
    if (report.kind === 'done') {
      thread.tensors = report.tensors;
      caller?.resolve(report.probabilities);
    } else caller?.reject(new Error(report.message));
  });
  worker.on('error', (error) => fail(`the inference worker crashed: ${(error as Error).message}`));
  worker.on('exit', (code) => fail(`the inference worker ended with code ${code}`));
  return thread;
}
