/** Drawings that nobody may use any more. Every reader of players' drawings leaves them out. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keysIn } from '../shared/donation.ts';

/** The keys of deleted.txt and hidden.txt in a folder: deleted by their drawers, hidden by the operator. */
export async function readWithdrawn(dir: string): Promise<Set<string>> {
  const lists = await Promise.all(['deleted.txt', 'hidden.txt'].map((name) => readIfThere(join(dir, name))));
  return new Set(lists.flatMap((list) => [...keysIn(list)]));
}

/** The same of all exports together, and of DATA_DIR: what was withdrawn after an export counts, too. */
export async function withdrawnFrom(exports: readonly string[]): Promise<Set<string>> {
  const dirs = [...exports, ...(process.env.DATA_DIR ? [process.env.DATA_DIR] : [])];
  return new Set((await Promise.all(dirs.map(readWithdrawn))).flatMap((keys) => [...keys]));
}

/** Those that the operator approved, although they do not read as their word. Withdrawn ones stay withdrawn. */
export const readApproved = async (dir: string): Promise<Set<string>> =>
  keysIn(await readIfThere(join(dir, 'approved.txt')));

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
