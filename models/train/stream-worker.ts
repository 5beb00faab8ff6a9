/** Answers each message with one training batch: labels, then rasters. Its first message is the number of drawings in an epoch. */
import { parentPort, workerData } from 'node:worker_threads';
import { RASTER_SIZE, rasterize } from '../../shared/raster.ts';
import { augment, seeded, seedOf } from './augment.ts';
import { ONE_WAY, type Preset } from './config.ts';
import { epochBatches, shuffled, trainingSet } from './epoch.ts';

const { preset, words, data, first, step } = workerData as {
  preset: Preset;
  words: string[];
  data: string;
  first: number;
  step: number;
};
const drawings = await trainingSet(words, preset, data);
const perEpoch = epochBatches(drawings.length, preset);
let next = first;
let epoch = -1;
let order = new Uint32Array(0);

parentPort!.postMessage(drawings.length);
parentPort!.on('message', () => {
  const batch = make(next);
  next += step;
  parentPort!.postMessage(batch, [batch.buffer as ArrayBuffer]);
});

function make(number: number): Uint8Array {
  const now = Math.floor(number / perEpoch);
  if (now !== epoch) {
    epoch = now;
    order = shuffled(drawings.length, seedOf(preset.seed, epoch));
  }
  const at = (number % perEpoch) * preset.batch;
  const bytes = new Uint8Array(preset.batch * (2 + RASTER_SIZE));
  const labels = new DataView(bytes.buffer);
  for (let i = 0; i < preset.batch; i++) {
    const index = order[at + i]!;
    const { ink, label } = drawings[index]!;
    labels.setUint16(2 * i, label, true);
    const chance = seeded(seedOf(preset.seed, epoch, index));
    const varied = augment(ink, preset.augment, !ONE_WAY.has(words[label]!), chance);
    rasterize(varied, bytes, 2 * preset.batch + i * RASTER_SIZE);
  }
  return bytes;
}
