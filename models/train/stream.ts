/**
 * Feeds the trainer through standard output with rasters of augmented drawings, made by the same code as in the game.
 *
 *   node --import tsx models/train/stream.ts --preset full [--from BATCH] [--workers 2]      endless training batches
 *   node --import tsx models/train/stream.ts --preset full --check simplified [--share 0.5] [--every 4]    the held-out drawings, once
 *
 * --public: with bitmaps for public networks.
 * --data DIR, any number of times: the data set, and exports of players' drawings to train on as well (`foldersOf`).
 *
 * The first line is JSON: the preset, the words, and how many batches an epoch has and how often it shows each word, or how many
 * drawings follow. Then come batches, as `batch.ts` lays them out; the held-out drawings are one.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { prefix } from '../../shared/ink.ts';
import { packBatch } from './batch.ts';
import { presets } from './config.ts';
import { foldersOf } from './dataset.ts';
import { heldOut, presetWords } from './epoch.ts';
import { withSample } from './sample.ts';
import type { About } from './stream-worker.ts';

// Node 20 does not pass tsx's loader on to worker threads, so each worker registers it.
const BOOT = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('./stream-worker.ts', import.meta.url).href)});
})`;

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'full' },
    data: { type: 'string', multiple: true, default: [] },
    public: { type: 'boolean', default: false },
    from: { type: 'string', default: '0' },
    workers: { type: 'string', default: '2' },
    check: { type: 'string' },
    share: { type: 'string', default: '1' },
    every: { type: 'string', default: '1' },
  },
});
const preset = presets[values.preset];
if (!preset) throw new Error(`unknown preset "${values.preset}"; there are ${Object.keys(presets).join(', ')}`);
process.stdout.on('error', () => process.exit(0)); // The trainer has stopped reading.

const folders = await withSample(foldersOf(values.data), preset, values.check ? () => {} : console.error);
const words = await presetWords(preset, folders.data);
if (values.check) await check(values.check, Number(values.share), Number(values.every));
else await train(Number(values.from), Number(values.workers));

async function send(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

function header(more: object): Promise<void> {
  return send(Buffer.from(`${JSON.stringify({ preset, words, ...more })}\n`));
}

/** Sends the held-out drawings without augmentation, cut to `share` of their ink. */
async function check(format: string, share: number, every: number): Promise<void> {
  const all = await heldOut(words, folders.data, format);
  const drawings = all.filter((_, i) => i % every === 0);
  await header({ drawings: drawings.length });
  const cut = drawings.map((drawing) => (share < 1 ? { ...drawing, ink: prefix(drawing.ink, share), share } : drawing));
  await send(packBatch(cut, words.length, values.public));
}

/** Worker w makes the batches w, w + workers, … They are sent in order, so the number of workers does not change a run. */
async function train(from: number, workers: number): Promise<void> {
  const pool = Array.from(
    { length: workers },
    (_, i) =>
      new Worker(BOOT, {
        eval: true,
        workerData: { preset, words, folders, isPublic: values.public, first: from + i, step: workers },
      }),
  );
  for (const worker of pool)
    worker.on('error', (error) => {
      console.error(error);
      process.exit(1);
    });
  const [about] = await Promise.all(pool.map(async (worker) => (await once(worker, 'message'))[0] as About));
  await header(about!);
  const waiting = pool.map(() => [] as Uint8Array[]);
  let wake = () => {};
  pool.forEach((worker, i) => {
    worker.on('message', (batch: Uint8Array) => {
      waiting[i]!.push(batch);
      wake();
    });
    // Two batches ahead keep a worker busy without filling the memory.
    worker.postMessage('next');
    worker.postMessage('next');
  });
  for (let turn = 0; ; turn = (turn + 1) % workers) {
    while (waiting[turn]!.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    const batch = waiting[turn]!.shift()!;
    pool[turn]!.postMessage('next');
    await send(batch);
  }
}
