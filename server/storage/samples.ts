/**
 * The drawings that ship with the game (`npm run sample:ghosts`), so that the first player has somebody to race. One file holds
 * their records, each compressed as zlib does and after its length in two bytes, big-endian. They are read-only replays.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { decodeHead } from '../../shared/record.ts';
import type { ListedReplay, Replays } from './replays.ts';

export interface Sample extends ListedReplay {
  word: string;
}

export async function readSamples(file: string): Promise<Sample[]> {
  return unpackSamples(await readFile(file));
}

export function unpackSamples(bytes: Buffer): Sample[] {
  const samples: Sample[] = [];
  for (let i = 0; i < bytes.length; ) {
    const end = i + 2 + bytes.readUInt16BE(i);
    const record = bytes.subarray(i + 2, end);
    samples.push({ id: idOf(record), owner: null, record, word: decodeHead(inflateSync(record)).word });
    i = end;
  }
  return samples;
}

export const packSamples = (records: Uint8Array[]): Buffer =>
  Buffer.concat(records.flatMap((record) => [Buffer.from([record.length >> 8, record.length & 0xff]), record]));

/** In the form of a replay's id, though anybody may know it. */
const idOf = (record: Uint8Array): string => createHash('sha256').update(record).digest('base64url').slice(0, 22);

/** They can be watched as other replays are, and nothing can change them. */
export function withSamples(replays: Replays, samples: readonly Sample[]): Replays {
  const all = new Map(samples.map((sample) => [sample.id, sample]));
  return { ...replays, read: async (id) => all.get(id) ?? replays.read(id) };
}
