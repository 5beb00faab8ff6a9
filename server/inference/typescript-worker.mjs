/**
 * Starts a worker thread that is written in TypeScript: `workerData.entry` is its file. A worker does not inherit the
 * loader of its parent (Node 20), and a parent such as a test runner has another one.
 */
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
