/**
 * Calibrates probabilities: multiplies the logits by one number, the inverse temperature. It is a weight of the model, so every
 * engine gives the same calibrated probabilities.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf } from '../server/inference/model.ts';
import { writeWhole } from './output.ts';

const WEIGHT = 'inverse_temperature';

export interface Row {
  probabilities: Float32Array;
  label: number;
}

/** Mean of -ln p(label), with the logits multiplied by `factor`. */
export function logLoss(rows: readonly Row[], factor: number): number {
  let sum = 0;
  for (const { probabilities, label } of rows) {
    let total = 0;
    for (const p of probabilities) total += Math.max(p, 1e-30) ** factor;
    sum += Math.log(total) - factor * Math.log(Math.max(probabilities[label]!, 1e-30));
  }
  return sum / rows.length;
}

/** The probability of `word` with the logits multiplied by `factor`. */
export function sharpened(probabilities: Float32Array, factor: number, word: number): number {
  let total = 0;
  for (const p of probabilities) total += p ** factor;
  return probabilities[word]! ** factor / total;
}

/** The factor for the logits with the least log loss, by golden-section search on its logarithm. The loss has one minimum. */
export function fitFactor(rows: readonly Row[]): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let from = Math.log(0.2);
  let to = Math.log(5);
  while (to - from > 1e-3) {
    const a = to - (to - from) * golden;
    const b = from + (to - from) * golden;
    if (logLoss(rows, Math.exp(a)) < logLoss(rows, Math.exp(b))) to = b;
    else from = a;
  }
  return Math.exp((from + to) / 2);
}

/** Multiplies the model's inverse temperature by `factor` and updates the hash in words.json. Returns the new value. */
export async function sharpen(dir: string, factor: number): Promise<number> {
  const [topology, weights, labels] = await Promise.all(
    ['model.json', 'weights.bin', 'words.json'].map((name) => readFile(join(dir, name))),
  );
  const { weightsManifest } = JSON.parse(topology!.toString()) as {
    weightsManifest: {
      weights: { name: string; shape: number[]; dtype: string; quantization?: { dtype: string } }[];
    }[];
  };
  let at = 0;
  for (const { name, shape, quantization } of weightsManifest.flatMap((group) => group.weights)) {
    if (name === WEIGHT) {
      if (quantization) throw new Error(`${join(dir, 'model.json')}: ${WEIGHT} is quantized`);
      const value = weights!.readFloatLE(at) * factor;
      weights!.writeFloatLE(value, at);
      const words = { ...JSON.parse(labels!.toString()), hash: hashOf(topology!, weights!) };
      await writeWhole(join(dir, 'weights.bin'), weights!);
      await writeWhole(join(dir, 'words.json'), `${JSON.stringify(words, null, 1)}\n`);
      return value;
    }
    const bytes = { float16: 2, uint16: 2, uint8: 1 }[quantization?.dtype ?? ''] ?? 4;
    at += bytes * shape.reduce((product, side) => product * side, 1);
  }
  throw new Error(`${join(dir, 'model.json')}: no weight ${WEIGHT}`);
}
