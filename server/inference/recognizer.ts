/** The recognizer as the rest of the server sees it: ink in, probabilities out. The work is done in one worker thread. */
import { Worker } from 'node:worker_threads';
import type { Ink } from '../../shared/ink.ts';
import type { Words } from '../../shared/verdict.ts';
import type { EngineName } from './engine.ts';
import { pack } from './ink-pack.ts';
import { readModel, SHIPPED } from './model.ts';
import type { Job, Report, WorkerOptions } from './worker.ts';

export interface Recognizer {
  readonly engine: EngineName;
  readonly words: Words;
  /** Probabilities of every word for each ink, in the order asked. Rejects when the worker died; the next call runs on a fresh one. */
  recognize(inks: readonly Pick<Ink, 'strokes'>[]): Promise<Float32Array[]>;
  /** How often the worker was given up. */
  restarts(): number;
  close(): Promise<void>;
}

export interface RecognizerOptions {
  /** Without it: native where it runs, else wasm. */
  engine?: EngineName | undefined;
  modelDir?: string | undefined;
  /** Told why the worker was given up: it crashed, or did not answer. */
  onRestart?: ((reason: Error) => void) | undefined;
}

/** A batch takes milliseconds: a worker that is silent for so long hangs. */
const SILENCE_MS = 5_000;
/** Loading TensorFlow and the first runs, on a slow disk. */
const START_MS = 60_000;

export async function startRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const modelDir = options.modelDir ?? SHIPPED;
  // Threads cost such a small network more than they bring. TensorFlow reads this from the process, not from the worker.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // No faster with it at this size, and each start would say on the terminal that it is on.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';

  const { words } = await readModel(modelDir);
  let restarts = 0;
  const died = (reason: Error) => {
    restarts++;
    options.onRestart?.(reason);
  };
  const begin = (engine: EngineName | undefined) => startThread({ engine, modelDir }, died);
  let thread = begin(options.engine);
  const { engine } = await thread.ready;
  let closed = false;
  return {
    engine,
    words,
    async recognize(inks) {
      if (closed) throw new Error('the recognizer is closed');
      if (inks.length === 0) return [];
      // The engine stays what was reported at the start, also where the reason for a crash may lie in it.
      if (thread.dead) thread = begin(engine);
      const all = await thread.recognize(inks);
      const each = words.words.length;
      return inks.map((_, i) => all.subarray(i * each, (i + 1) * each));
    },
    restarts: () => restarts,
    async close() {
      closed = true;
      await thread.stop(new Error('the recognizer is closed'));
    },
  };
}

interface Thread {
  ready: Promise<{ engine: EngineName }>;
  /** Why it runs no more. */
  dead: Error | undefined;
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
  let silence: NodeJS.Timeout | undefined;
  let started: (engine: { engine: EngineName }) => void;
  let notStarted: (reason: Error) => void;
  const thread: Thread = {
    ready: new Promise((resolve, reject) => {
      started = resolve;
      notStarted = reject;
    }),
    dead: undefined,
    async recognize(inks) {
      await thread.ready;
      if (thread.dead) throw thread.dead;
      const id = nextId++;
      const job: Job = { id, inks: pack(inks) };
      return new Promise((resolve, reject) => {
        if (waiting.size === 0) expect(SILENCE_MS);
        waiting.set(id, { resolve, reject });
        worker.postMessage(job, [job.inks.buffer as ArrayBuffer]);
      });
    },
    async stop(reason) {
      if (!thread.dead) {
        thread.dead = reason;
        clearTimeout(silence);
        notStarted(reason);
        for (const { reject } of waiting.values()) reject(reason);
        waiting.clear();
      }
      await worker.terminate();
    },
  };
  // Whoever asks hears of it; that nobody has asked yet is no crash of the server.
  thread.ready.catch(() => {});

  const fail = (message: string) => {
    if (thread.dead) return;
    const reason = new Error(message);
    void thread.stop(reason);
    onDeath?.(reason);
  };
  const expect = (ms: number) => {
    clearTimeout(silence);
    silence = setTimeout(() => fail(`the inference worker did not answer for ${ms / 1000} s`), ms);
  };
  expect(START_MS);
  worker.on('message', (report: Report) => {
    if (thread.dead) return;
    if (report.kind === 'failed') {
      fail(report.message);
      return;
    }
    if (report.kind === 'ready') {
      clearTimeout(silence);
      started({ engine: report.engine });
      return;
    }
    const asked = waiting.get(report.id);
    waiting.delete(report.id);
    if (waiting.size > 0) expect(SILENCE_MS);
    else clearTimeout(silence);
    if (report.kind === 'done') asked?.resolve(report.probabilities);
    else asked?.reject(new Error(report.message));
  });
  worker.on('error', (error) => fail(`the inference worker crashed: ${(error as Error).message}`));
  worker.on('exit', (code) => fail(`the inference worker ended with code ${code}`));
  return thread;
}
