/**
 * Draws the cards of links: in worker threads, a few at once, while so many others wait. A thread starts when it is needed and
 * ends when it has had nothing to do for a while; one that dies or hangs fails its card and nothing else.
 */
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import type { Job, Report } from './worker.ts';

export interface Artist {
  /** A PNG. Rejects with `Busy` if too many wait. */
  draw(job: Job): Promise<Uint8Array>;
  close(): Promise<void>;
}

export class Busy extends Error {
  override name = 'Busy';
}

export const CARDS_AT_ONCE = 2;
export const MAX_WAITING = 24;
const IDLE_MS = 60_000;
/** A card takes milliseconds, but a thread begins only while nobody else needs the processor. */
const ANSWER_TIMEOUT_MS = 15_000;

export function createArtist(): Artist {
  const limit = pLimit(CARDS_AT_ONCE);
  const idle: { worker: Worker; ending: NodeJS.Timeout }[] = [];
  const workers = new Set<Worker>();
  let isClosed = false;

  function acquire(): Worker {
    const free = idle.pop();
    if (!free) return start();
    clearTimeout(free.ending);
    return free.worker;
  }

  function start(): Worker {
    const worker = newWorker();
    workers.add(worker);
    // It must keep no process, and its death is noticed by whoever waits for it.
    worker.unref();
    worker.on('error', () => {});
    worker.once('exit', () => {
      workers.delete(worker);
      const at = idle.findIndex((each) => each.worker === worker);
      if (at >= 0) clearTimeout(idle.splice(at, 1)[0]!.ending);
    });
    return worker;
  }

  function release(worker: Worker): void {
    if (!workers.has(worker)) return;
    const ending = setTimeout(() => void worker.terminate(), IDLE_MS).unref();
    idle.push({ worker, ending });
  }

  async function drawNow(job: Job): Promise<Uint8Array> {
    if (isClosed) throw new Busy('the server is closing');
    const worker = acquire();
    const answer = await new Promise<Report>((resolve) => {
      const timeout = setTimeout(() => done({ error: 'the card worker did not answer' }), ANSWER_TIMEOUT_MS);
      const onMessage = (report: Report) => done(report);
      const onError = (error: Error) => done({ error: error.message });
      const onExit = () => done({ error: 'the card worker ended' });
      function done(report: Report): void {
        clearTimeout(timeout);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(report);
      }
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(job);
    });
    if ('png' in answer) {
      release(worker);
      return answer.png;
    }
    void worker.terminate();
    throw new Error(answer.error);
  }

  return {
    async draw(job) {
      if (limit.pendingCount >= MAX_WAITING) throw new Busy('too many cards are asked for');
      return limit(drawNow, job);
    },
    async close() {
      isClosed = true;
      limit.clearQueue();
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

function newWorker(): Worker {
  const here = (file: string) => new URL(file, import.meta.url);
  if (!import.meta.filename.endsWith('.ts')) return new Worker(here('./worker.js'));
  // From source, as in tests and under `npm run dev`.
  return new Worker(here('./worker.ts'), {
    execArgv: ['--import', here('../inference/typescript-loader.mjs').href],
  });
}
