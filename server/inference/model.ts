/**
 * A model's folder as it is shipped: `model.json` (a tfjs graph model: the graph, and where its weights lie),
 * `weights.bin`, and `words.json` with the words in the order of the output and the figures of the verdict.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import type { Words } from '../../shared/verdict.ts';
import { parseWords } from '../../shared/words.ts';
import { OperatorError } from '../failure.ts';
import { MODEL_DIR as SHIPPED } from '../paths.ts';

export { SHIPPED };

/** A node of a TensorFlow GraphDef, as protobuf's JSON mapping writes it. */
export interface GraphNode {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, Record<string, unknown>>;
}

export interface Model {
  words: Words;
  graph: { node: GraphNode[] };
  /** Format and conversion, as model.json has them; `io.decodeWeights` undoes the quantization that `weightSpecs` state. */
  weightSpecs: io.WeightsManifestEntry[];
  weights: ArrayBuffer;
}

/** What is wrong with a model's folder, by file. */
export class ModelError extends OperatorError {
  override name = 'ModelError';
}

export const hashOf = (topology: Uint8Array, weights: Uint8Array): string =>
  createHash('sha256').update(topology).update(weights).digest('hex');

export async function readModel(dir: string = SHIPPED): Promise<Model> {
  // One after the other, so that of several missing files the first is named.
  const topology = await read(join(dir, 'model.json'));
  const weights = await read(join(dir, 'weights.bin'));
  const labels = await read(join(dir, 'words.json'));
  const words = readWords(json(join(dir, 'words.json'), labels), join(dir, 'words.json'));
  const hash = hashOf(topology, weights);
  if (hash !== words.hash)
    throw new ModelError(
      `${join(dir, 'words.json')}: made for the model ${words.hash}, but model.json and weights.bin are ${hash}`,
    );
  const file = join(dir, 'model.json');
  const { modelTopology, weightsManifest } = json(file, topology) as {
    modelTopology?: { node: GraphNode[] };
    weightsManifest?: { weights: io.WeightsManifestEntry[] }[];
  };
  if (!modelTopology?.node || !weightsManifest) throw new ModelError(`${file}: not a tfjs graph model`);
  return {
    words,
    graph: modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weights: new Uint8Array(weights).buffer,
  };
}

/** Says that the network and `words.json` disagree on how many words there are. */
export function checkOutputs(outputs: number, words: Words, dir: string): void {
  if (outputs !== words.words.length)
    throw new ModelError(
      `${join(dir, 'words.json')}: ${words.words.length} words, but the network in model.json has ${outputs} outputs`,
    );
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ModelError(`${file}: cannot be read (${(error as Error).message})`);
  }
}

function json(file: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw new ModelError(`${file}: not JSON (${(error as Error).message})`);
  }
}

function readWords(value: unknown, file: string): Words {
  try {
    return parseWords(value);
  } catch (error) {
    throw new ModelError(`${file}: ${(error as Error).message}`);
  }
}
