/** Takes drawings that were deleted out of a segment that nobody writes to any more. */
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ignoreMissing, syncFolder } from './files.ts';

const NEWLINE = 0x0a;
const KEY = /"key_id":"(\d+)"/;
/** A process that began a copy so long ago has died. */
const ABANDONED_MS = 60 * 60_000;

/**
 * A copy without them takes the segment's place at once; its other lines stay as they are, to the byte. Does nothing while another
 * process is at it. Rejects if the disk fails: then the segment is as it was.
 */
export async function purge(path: string, deleted: ReadonlySet<string>): Promise<void> {
  const isDeleted = (line: Buffer) => deleted.has(KEY.exec(line.toString('latin1'))?.[1] ?? '');
  if (!(await hasLine(path, isDeleted))) return;
  const part = `${path}.part`;
  const begun = (await stat(part).catch(ignoreMissing))?.mtimeMs;
  if (begun !== undefined && Date.now() - begun > ABANDONED_MS) await unlink(part).catch(ignoreMissing);
  const copy = await open(part, 'wx').catch((reason: NodeJS.ErrnoException) => {
    if (reason.code !== 'EEXIST') throw reason;
  });
  if (!copy) return;
  try {
    await writeLines(path, copy, (line) => !isDeleted(line));
    await rename(part, path);
  } catch (reason) {
    await unlink(part).catch(ignoreMissing);
    throw reason;
  }
  await syncFolder(dirname(path));
}

async function hasLine(path: string, isThis: (line: Buffer) => boolean): Promise<boolean> {
  for await (const lines of linesOf(path)) if (lines.some(isThis)) return true;
  return false;
}

async function writeLines(from: string, to: FileHandle, isWanted: (line: Buffer) => boolean): Promise<void> {
  try {
    for await (const lines of linesOf(from)) await to.writeFile(Buffer.concat(lines.filter(isWanted)));
    await to.datasync();
  } finally {
    await to.close();
  }
}

/** Some at a time, with their ends. The last one has none if a crash cut it off. */
async function* linesOf(path: string): AsyncGenerator<Buffer[]> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
      lines.push(rest.subarray(from, end + 1));
      from = end + 1;
    }
    rest = rest.subarray(from);
    yield lines;
  }
  if (rest.length > 0) yield [rest];
}
