/** The real inference worker, which can be made to hang: a test of what the server does then. */
import { parentPort } from 'node:worker_threads';

parentPort!.on('message', (message: unknown) => {
  if (message === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
await import('../../server/inference/worker.ts');
