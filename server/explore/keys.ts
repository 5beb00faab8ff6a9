/** The lists of DATA_DIR that decide who sees a donated drawing: deleted, hidden, approved. `storage/key-list.ts` writes them. */
import { readFile } from 'node:fs/promises';
import { keysIn } from '../../shared/donation.ts';

/** The keys of all these lists. One that is not there is empty; rejects if one cannot be read. */
export async function readKeys(...files: (string | undefined)[]): Promise<Set<string>> {
  const lists = await Promise.all(files.map(readList));
  return new Set(lists.flatMap((list) => [...keysIn(list)]));
}

async function readList(file: string | undefined): Promise<string> {
  if (file === undefined) return '';
  return readFile(file, 'utf8').catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === 'ENOENT') return '';
    throw reason;
  });
}
