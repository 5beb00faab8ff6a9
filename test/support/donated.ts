/** A folder for donated drawings, and what is in it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Donation } from '../../shared/donation.ts';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'donated-'));
export const removeFolder = (dir: string): void => rmSync(dir, { recursive: true, force: true });

export const segmentsIn = (dir: string): string[] => {
  try {
    return readdirSync(join(dir, 'donated')).sort();
  } catch {
    return [];
  }
};

/** The drawings in a segment, as a reader finds them: a line that was cut off is left out. */
export function donationsIn(dir: string): Donation[] {
  return segmentsIn(dir).flatMap((name) => {
    const lines = readFileSync(join(dir, 'donated', name), 'utf8').split('\n');
    lines.pop();
    return lines.map((line) => JSON.parse(line) as Donation);
  });
}

export const deletedIn = (dir: string): string[] =>
  readFileSync(join(dir, 'deleted.txt'), 'utf8').split('\n').filter(Boolean);

export const someDonation = (change: Partial<Donation> = {}): Donation => ({
  word: 'cat',
  countrycode: 'ZZ',
  timestamp: '2026-11-28 00:00:00.00000 UTC',
  recognized: true,
  key_id: `${Math.floor(Math.random() * 2 ** 53)}`,
  drawing: [
    [
      [0, 10, 20],
      [0, 10, 20],
      [0, 16, 33],
    ],
  ],
  guesses: [[100, [['cat', 0.5]]]],
  recognizedAt: 100,
  seconds: 20,
  model: '0123456789abcdef',
  engine: 'wasm',
  language: 'en',
  reads: 0.9,
  passes: true,
  gallery: false,
  data: true,
  training: true,
  ...change,
});
