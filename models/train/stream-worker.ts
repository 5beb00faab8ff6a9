/** Answers each message with one training batch, as `batch.ts` lays it out. Its first message says what an epoch has. */
import { parentPort, workerData } from 'node:worker_threads';
import { seeded, seedOf } from '../../shared/chance.ts';
import { augment } from './augment.ts';
import { packBatch } from './batch.ts';
import { augmentIn, ONE_WAY, type Preset } from './config.ts';
import type { Folders } from './dataset.ts';
import { epochBatches, epochOrder, shownOf, trainingSet } from './epoch.ts';

/** How many batches an epoch has, and how often it shows each word, by label. */
export interface About {
  epoch: number;
  shown: number[];
}

const { preset, words, folders, isPublic, first, step } = workerData as {
  preset: Preset;
  words: string[];
  folders: Folders;
  isPublic: boolean;
  first: number;
  step: number;
};
const pools = await trainingSet(words, preset, folders);
const drawings = pools.flatMap((pool) => pool.drawings);
const perEpoch = epochBatches(pools, preset);
let next = first;
let epoch = -1;
let order = new Uint32Array(0);

parentPort!.postMessage({ epoch: perEpoch, shown: shownOf(words, pools) } satisfies About);
parentPort!.on('message', () => {
  const batch = make(next);
  next += step;
  parentPort!.postMessage(batch, [batch.buffer as ArrayBuffer]);
});

function make(number: number): Uint8Array {
  const now = Math.floor(number / perEpoch);
  if (now !== epoch) {
    epoch = now;
    order = epochOrder(pools, preset.seed, epoch);
  }
  const how = augmentIn(preset, epoch);
  const at = (number % perEpoch) * preset.batch;
  const picked = Array.from(order.subarray(at, at + preset.batch), (index, i) => {
    const drawing = drawings[index]!;
    const chance = seeded(seedOf(preset.seed, epoch, index, at + i));
    return { ...drawing, ...augment(drawing.ink, how, !ONE_WAY.has(words[drawing.label]!), chance) };
  });
  return packBatch(picked, words.length, isPublic);
}
