/** Stands in for `node:worker_threads`: the real workers, remembered, so that a test can end one; each also hears `hang`. */
import type { Worker, WorkerOptions } from 'node:worker_threads';

type Threads = typeof import('node:worker_threads');

/** In the order of their start. */
export const workers: Worker[] = [];

export const remembering = (threads: Threads): Threads => ({
  ...threads,
  Worker: class extends threads.Worker {
    constructor(_: URL, options: WorkerOptions) {
      super(new URL('./hanging-worker.ts', import.meta.url), options);
      workers.push(this);
    }
  },
});
