/** Folders of drawings to explore, and whether DuckDB is there to read them. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE } from './quickdraw.ts';
import { requires } from './requires.ts';

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@duckdb/node-api');
    return true;
  } catch {
    return false;
  }
}

export const hasDuckDB = requires(isInstalled(), 'DuckDB (@duckdb/node-api, an optional dependency)');

export interface DataDir {
  dir: string;
  /** Writes the lines of a file of donated drawings, as they are. */
  donate(name: string, ...lines: string[]): void;
  /** Writes a list of keys. */
  list(name: 'deleted.txt' | 'hidden.txt' | 'approved.txt', ...keys: string[]): void;
  remove(): void;
}

export function dataDir(): DataDir {
  const dir = mkdtempSync(join(tmpdir(), 'explore-data-'));
  mkdirSync(join(dir, 'donated'));
  return {
    dir,
    donate: (name, ...lines) => writeFileSync(join(dir, 'donated', name), lines.join('\n')),
    list: (name, ...keys) => writeFileSync(join(dir, name), keys.map((key) => `${key}\n`).join('')),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A line of a donated segment (docs/records.md): a square on the board, in one stroke. */
export const donated = (key: string, fields: object = {}): string =>
  JSON.stringify({
    word: 'square',
    countrycode: 'ZZ',
    timestamp: '2026-11-28 00:00:00.00000 UTC',
    recognized: true,
    key_id: key,
    drawing: [
      [
        [400, 1600, 1600, 400, 400],
        [400, 400, 1600, 1600, 400],
        [0, 400, 800, 1200, 1600],
      ],
    ],
    guesses: [[900, [['square', 0.9]]]],
    recognizedAt: 1400,
    seconds: 20,
    model: '0123456789abcdef',
    engine: 'native',
    language: 'de',
    reads: 0.9,
    passes: true,
    gallery: true,
    data: false,
    training: false,
    ...fields,
  });

/** A folder as Google's, of so many drawings of one word: for walls that are long. */
export function quickdrawFolder(dir: string, word: string, count: number): void {
  mkdirSync(join(dir, 'simplified'), { recursive: true });
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      word,
      countrycode: i % 3 ? 'DE' : 'KR',
      recognized: true,
      key_id: `${1000 + i}`,
      drawing: [
        [
          [0, 255, 255 - (i % 100), 0],
          [0, i % 200, 200, 100],
        ],
      ],
    }),
  );
  writeFileSync(join(dir, 'simplified', `${word}.ndjson`), `${lines.join('\n')}\n`);
}

/** A folder of Google's drawings of these words. The first has those of the first four: to the network these are kinds of it. */
export function mixedFolder(words: readonly string[]): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'explore-mixed-'));
  mkdirSync(join(dir, 'simplified'));
  const linesOf = (word: string) =>
    readFileSync(join(SAMPLE, 'simplified', `${word}.ndjson`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { key_id: string });
  for (const [i, word] of words.entries()) {
    const lines = i === 0 ? words.slice(0, 4).flatMap(linesOf) : linesOf(word);
    const named = lines.map((line) => JSON.stringify({ ...line, word, key_id: `${i}${line.key_id}` }));
    writeFileSync(join(dir, 'simplified', `${word}.ndjson`), `${named.join('\n')}\n`);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true }) };
}

/** Begins to make the index, as an operator does. */
export const startIndex = (from: string, { dir }: DataDir, ...more: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', 'models/explore/index.ts', '--data', from, '--out', dir, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
