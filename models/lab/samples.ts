/** The drawings that ship for the lab, from their files. */
import { readFile } from 'node:fs/promises';
import type { Samples } from '../../shared/lab/examples.ts';
import type { Sample } from '../../shared/lab/sample.ts';

const FOLDER = new URL('../../client/lab/sample/', import.meta.url);

export async function readSample(label: string): Promise<Sample> {
  return JSON.parse(await readFile(new URL(`${label.replaceAll(' ', '-')}.json`, FOLDER), 'utf8'));
}

export async function readSamples(labels: readonly string[]): Promise<Samples> {
  return new Map(await Promise.all(labels.map(async (label) => [label, await readSample(label)] as const)));
}
