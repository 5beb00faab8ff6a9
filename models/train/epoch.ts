/** The drawings of an epoch, and their order. */
import { join } from 'node:path';
import type { Ink } from '../../shared/ink.ts';
import { seeded } from './augment.ts';
import type { Preset } from './config.ts';
import { isHeldOut, readDrawings, readWords } from './dataset.ts';

export interface Labelled {
  ink: Ink;
  /** Index of the word among the network's outputs. */
  label: number;
}

export async function presetWords(preset: Preset, data: string): Promise<string[]> {
  const all = await readWords(data);
  for (const word of preset.words ?? [])
    if (!all.includes(word)) throw new Error(`preset ${preset.name}: unknown word "${word}"`);
  return preset.words ?? all;
}

/** An epoch's drawings: each simplified one once, each raw one as often as the preset says, no held-out ones. */
export async function trainingSet(words: string[], preset: Preset, data: string): Promise<Labelled[]> {
  const simplified = await collect(words, data, 'simplified', false, preset.perWord);
  const raw = await collect(words, data, 'raw', false, preset.perWord);
  return [simplified, ...Array.from({ length: preset.rawRepeats }, () => raw)].flat();
}

/** The validation split of one format, up to `perWord` drawings of each word. */
export const heldOut = (words: string[], data: string, format: string, perWord = 60): Promise<Labelled[]> =>
  collect(words, data, format, true, perWord);

async function collect(
  words: string[],
  data: string,
  format: string,
  held: boolean,
  most: number,
): Promise<Labelled[]> {
  const drawings: Labelled[] = [];
  const known = new Set(words);
  for (const [label, word] of words.entries()) {
    let left = most;
    for await (const { key, ink } of readDrawings(join(data, format, `${word}.ndjson`), known)) {
      if (isHeldOut(key) !== held) continue;
      if (left-- <= 0) break;
      drawings.push({ ink, label });
    }
  }
  return drawings;
}

/** Without the last batch of an epoch if it is not full. */
export const epochBatches = (drawings: number, preset: Preset): number =>
  Math.max(1, Math.floor(drawings / preset.batch));

/** 0..n-1 in a seeded order (Fisher-Yates). */
export function shuffled(n: number, seed: number): Uint32Array<ArrayBuffer> {
  const chance = seeded(seed);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
