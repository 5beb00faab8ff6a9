/** Training, as steps: the caller decides when the next batch comes. */
import * as tf from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { seeded, seedOf } from '../../../shared/chance.ts';
import { type Examples, shuffled } from '../../../shared/lab/examples.ts';
import { PICTURE_SIDE, PICTURE_SIZE } from '../../../shared/lab/picture.ts';
import { DROPOUT } from './network.ts';

const BATCH = 32;
/** Drawings that are classified at once. */
const LOOKS = 128;

export interface Batch {
  /** Of how many, in this epoch, it is which, from 1. */
  at: number;
  of: number;
  /** Drawings in it. */
  size: number;
  loss: number;
  accuracy: number;
}

/** Over the drawings of several batches. */
export function meanOf(batches: readonly Batch[]): Pick<Batch, 'loss' | 'accuracy'> {
  const all = batches.reduce((sum, { size }) => sum + size, 0);
  const mean = (of: 'loss' | 'accuracy') => batches.reduce((sum, batch) => sum + (batch[of] * batch.size) / all, 0);
  return { loss: mean('loss'), accuracy: mean('accuracy') };
}

/** How the network does on drawings that it does not learn from. */
export interface Check {
  loss: number;
  accuracy: number;
  /** For each drawing the label that it got, and how sure the network was. */
  answers: Uint8Array;
  sureness: Float32Array;
}

/** One pass over all examples in a new order. `epoch` counts from 1. The network is compiled. */
export async function* trainEpoch(
  network: Sequential,
  { pictures, labels, count }: Examples,
  seed: number,
  epoch: number,
): AsyncGenerator<Batch> {
  const order = shuffled(count, seeded(seedOf(seed, 4, epoch)));
  const of = Math.ceil(count / BATCH);
  const outputs = network.outputShape[1] as number;
  const dropout = network.layers.find(({ name }) => name === DROPOUT);
  for (let from = 0; from < count; from += BATCH) {
    const batch = order.slice(from, from + BATCH);
    const chosen = new Float32Array(batch.length * PICTURE_SIZE);
    batch.forEach((example, i) => {
      chosen.set(pictures.subarray(example * PICTURE_SIZE, (example + 1) * PICTURE_SIZE), i * PICTURE_SIZE);
    });
    const x = picturesOf(chosen, batch.length);
    const y = tf.tidy(() =>
      tf.oneHot(
        tf.tensor1d(
          batch.map((example) => labels[example]!),
          'int32',
        ),
        outputs,
      ),
    );
    // With one seed it would leave out the same neurons in each step.
    if (dropout) Object.assign(dropout, { seed: seedOf(seed, 3, epoch, from) });
    const [loss, accuracy] = (await network.trainOnBatch(x, y)) as [number, number];
    tf.dispose([x, y]);
    yield { at: from / BATCH + 1, of, size: batch.length, loss, accuracy };
  }
}

export function check(network: Sequential, examples: Examples): Check {
  const { count, labels } = examples;
  const probabilities = classify(network, examples.pictures, count);
  const outputs = probabilities.length / count;
  const answers = new Uint8Array(count);
  const sureness = new Float32Array(count);
  let loss = 0;
  let hits = 0;
  for (let i = 0; i < count; i++) {
    const own = probabilities.subarray(i * outputs, (i + 1) * outputs);
    const best = own.reduce((best, p, label) => (p > own[best]! ? label : best), 0);
    answers[i] = best;
    sureness[i] = own[best]!;
    loss -= Math.log(Math.max(own[labels[i]!]!, 1e-7));
    hits += Number(best === labels[i]);
  }
  return { loss: loss / count, accuracy: hits / count, answers, sureness };
}

/** The probability of each label for each picture. */
export function classify(network: Sequential, pictures: Float32Array, count: number): Float32Array {
  const outputs = network.outputShape[1] as number;
  const all = new Float32Array(count * outputs);
  for (let from = 0; from < count; from += LOOKS) {
    const to = Math.min(count, from + LOOKS);
    const answer = tf.tidy(() => {
      const x = picturesOf(pictures.subarray(from * PICTURE_SIZE, to * PICTURE_SIZE), to - from);
      return network.predict(x) as tf.Tensor;
    });
    all.set(answer.dataSync<'float32'>(), from * outputs);
    answer.dispose();
  }
  return all;
}

const picturesOf = (pictures: Float32Array, count: number): tf.Tensor4D =>
  tf.tensor4d(pictures, [count, PICTURE_SIDE, PICTURE_SIDE, 1]);
