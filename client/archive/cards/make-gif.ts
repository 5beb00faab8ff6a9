/** A GIF of a record: in a worker or, in a browser that starts none, on the page in slices. */
import type { Record } from '../../../shared/record.ts';
import { frameCount, framesOf } from './frames.ts';
import { gifOf } from './gif.ts';
import type { Labels, Mask } from './labels.ts';

export interface GifJob {
  record: Record;
  labels: Labels<Mask>;
  isRightToLeft: boolean;
}
export type GifReport = { frames: number } | { gif: Uint8Array<ArrayBuffer> };

/** The page paints between two slices. */
const SLICE_MS = 10;

/** `progress`: the share that is done. Rejects if `stop` is aborted. */
export async function makeGif(
  job: GifJob,
  progress: (share: number) => void,
  stop: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = frameCount(job.record);
  const count = (frames: number) => progress(Math.min(1, frames / all));
  return (await inWorker(job, count, stop)) ?? inSlices(job, count, stop);
}

/** Undefined if the worker does not run. */
function inWorker(
  job: GifJob,
  count: (frames: number) => void,
  stop: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return new Promise((resolve, reject) => {
    let worker: Worker | undefined;
    const end = () => {
      worker?.terminate();
      reject(stop.reason);
    };
    if (stop.aborted) return end();
    try {
      worker = new Worker(new URL('./gif-worker.ts', import.meta.url), { type: 'module' });
    } catch {
      return resolve(undefined);
    }
    stop.addEventListener('abort', end, { once: true });
    const done = (gif?: Uint8Array<ArrayBuffer>) => {
      stop.removeEventListener('abort', end);
      worker?.terminate();
      resolve(gif);
    };
    worker.onerror = () => done();
    worker.onmessage = ({ data }: MessageEvent<GifReport>) => {
      if ('gif' in data) done(data.gif);
      else count(data.frames);
    };
    worker.postMessage(job);
  });
}

async function inSlices(
  { record, labels, isRightToLeft }: GifJob,
  count: (frames: number) => void,
  stop: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const making = gifOf(framesOf(record, labels, isRightToLeft));
  for (let until = 0; ; ) {
    const step = making.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    count(step.value);
    await new Promise((next) => setTimeout(next));
    stop.throwIfAborted();
    until = performance.now() + SLICE_MS;
  }
}
