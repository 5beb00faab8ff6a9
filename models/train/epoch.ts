/** The drawings of an epoch, and their order. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ink } from '../../shared/ink.ts';
import { withdrawnFrom } from '../decided.ts';
import { seeded, seedOf } from '../../shared/chance.ts';
import type { Preset } from './config.ts';
import { type Folders, isHeldOut, readDrawings, readWords } from './dataset.ts';
import { readSoftLabels } from './soft-labels.ts';

export interface Labelled {
  ink: Ink;
  /** Index of the word among the network's outputs. */
  label: number;
  /** What other networks think of the whole drawing: a weight for each word, adding up to about 255. */
  soft?: Uint8Array;
  /** How much of its ink the drawing has, if it is cut off. */
  share?: number;
}

/** Drawings of which an epoch shows some, all equally often in the long run. */
export interface Pool {
  drawings: Labelled[];
  shown: number;
}

export async function presetWords(preset: Preset, data: string): Promise<string[]> {
  const all = await readWords(data);
  for (const word of preset.words ?? [])
    if (!all.includes(word)) throw new Error(`preset ${preset.name}: unknown word "${word}"`);
  return preset.words ?? all;
}

/**
 * The training drawings: a pool for each word, and one of the raw drawings. No held-out ones, and none that its drawer did not allow
 * or has deleted. The most drawings of a word are counted in each folder by itself, so players' drawings get in however many others there are.
 */
export async function trainingSet(words: string[], preset: Preset, { data, exports }: Folders): Promise<Pool[]> {
  const soft = await readSoftLabels(words, data);
  const withdrawn = await withdrawnFrom(exports);
  const simplified: Labelled[] = [];
  const raw: Labelled[] = [];
  for (const dir of [data, ...exports]) {
    const isMissingAllowed = dir !== data;
    const from = { dir, isMissingAllowed, held: false, most: preset.perWord, soft, withdrawn };
    simplified.push(...(await collect(words, { ...from, formats: ['simplified', 'more'] })));
    raw.push(...(await collect(words, { ...from, formats: ['raw'] })));
  }
  const pools = words.map((_, word) => {
    const drawings = simplified.filter(({ label }) => label === word);
    if (drawings.length === 0) throw new Error(`no drawing of "${words[word]}" to train on`);
    return { drawings, shown: Math.min(drawings.length, Math.round(Math.sqrt(drawings.length * preset.typical))) };
  });
  return [...pools, { drawings: raw, shown: raw.length * preset.rawRepeats }];
}

/** The validation split of one format, up to `perWord` drawings of each word. */
export const heldOut = (words: string[], data: string, format: string, perWord = 60): Promise<Labelled[]> =>
  collect(words, { dir: data, formats: [format], held: true, most: perWord });

interface From {
  dir: string;
  formats: string[];
  held: boolean;
  most: number;
  soft?: ReadonlyMap<string, Uint8Array>;
  withdrawn?: ReadonlySet<string>;
  /** Whether words without a file have no drawings. */
  isMissingAllowed?: boolean;
}

async function collect(words: string[], from: From): Promise<Labelled[]> {
  const drawings: Labelled[] = [];
  const known = new Set(words);
  // Many words have no further drawings, and a data set may be without raw ones.
  const isMissingAllowed = (format: string) =>
    from.isMissingAllowed || format === 'more' || (format === 'raw' && !existsSync(join(from.dir, format)));
  for (const [label, word] of words.entries()) {
    let left = from.most;
    for (const format of from.formats) {
      const file = join(from.dir, format, `${word}.ndjson`);
      if (isMissingAllowed(format) && !existsSync(file)) continue;
      for await (const { key, ink, training } of readDrawings(file, known)) {
        if (isHeldOut(key) !== from.held || training === false || from.withdrawn?.has(key)) continue;
        if (left-- <= 0) break;
        const soft = from.soft?.get(key);
        drawings.push({ ink, label, ...(soft && { soft }) });
      }
    }
  }
  return drawings;
}

/** How often an epoch shows each word, by label. */
export function shownOf(words: string[], pools: readonly Pool[]): number[] {
  const counts = words.map(() => 0);
  for (const { drawings, shown } of pools) for (const { label } of drawings) counts[label]! += shown / drawings.length;
  return counts;
}

/** Without the last batch of an epoch if it is not full. */
export const epochBatches = (pools: readonly Pool[], preset: Preset): number =>
  Math.max(1, Math.floor(pools.reduce((sum, { shown }) => sum + shown, 0) / preset.batch));

/** The drawings of an epoch in their order, as indices into `pools.flatMap(({ drawings }) => drawings)`. */
export function epochOrder(pools: readonly Pool[], seed: number, epoch: number): Uint32Array<ArrayBuffer> {
  const all: number[] = [];
  let first = 0;
  pools.forEach(({ drawings: { length }, shown }, pool) => {
    // Round after round through the pool, so nothing is shown twice before everything was shown once.
    for (let turn = epoch * shown; turn < (epoch + 1) * shown; ) {
      const round = Math.floor(turn / length);
      const order = shuffled(length, seedOf(seed, pool, round));
      const end = Math.min((round + 1) * length, (epoch + 1) * shown);
      for (; turn < end; turn++) all.push(first + order[turn - round * length]!);
    }
    first += length;
  });
  return shuffled(all.length, seedOf(seed, epoch)).map((i) => all[i]!);
}

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
