/** What files of DATA_DIR have in common. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

const NEWLINE = 0x0a;

export function ignoreMissing(reason: NodeJS.ErrnoException): undefined {
  if (reason.code !== 'ENOENT') throw reason;
}

/** The name of a new file survives a power cut only if its folder was written. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  // Not every file system can.
  await folder.sync().catch(() => {});
  await folder.close();
}

/** Whether the last line has no end. */
export async function endsWithin(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}
