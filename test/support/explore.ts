/** Folders of drawings to explore, and whether DuckDB is there to read them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  list(name: 'deleted.txt' | 'hidden.txt', ...keys: string[]): void;
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
