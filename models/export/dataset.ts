/**
 * Writes an export: Quick, Draw!'s layout, a Parquet file and a data card.
 *
 * Two passes, each with little in memory: the first sorts the lines of all segments into a file for each word, the second writes the
 * files of one word after the other. A word's drawings are in the order of their random keys, so nothing tells which were drawn together.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, rmSync } from 'node:fs';
import {
  appendFile,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { readApproved, readWithdrawn } from '../decided.ts';
import { BITMAP_SIZE, bitmapOf } from './bitmap.ts';
import { dataCard } from './card.ts';
import { type Counts, count, noCounts, type RawLine, rawLine, simplifiedLine } from './lines.ts';
import { npyHeader } from './npy.ts';
import { writeParquet } from './parquet.ts';
import type { Donation } from '../../shared/donation.ts';
import { readDonations, segmentFiles } from './segments.ts';
import { simplify } from '../../shared/simplify.ts';

export interface Order {
  dataDir: string;
  out: string;
  /** YYYY-MM-DD: drawings of this day and later. */
  since: string | null;
  /** For open data. Null: an export of what networks may learn from, for the operator alone. */
  license: string | null;
  /** Today, UTC. */
  day: string;
  report: (message: string) => void;
  /** `done` of 1. */
  progress: (what: string, done: number) => void;
}

/** Marks a folder as an export, which a new one may replace. */
const CHECKSUMS = 'SHA256SUMS';
const FORMATS = ['raw', 'simplified', 'numpy_bitmap'];
/** Bytes that wait to be written, over all words. */
const MOST_WAITING = 16 << 20;
const MOST_REPORTED = 20;

/** Replaces `out` as a whole, or leaves it as it is. */
export async function exportDataset(order: Order): Promise<Counts> {
  const out = resolve(order.out);
  await mkdir(dirname(out), { recursive: true });
  const old = `${out}.old`;
  // An export that died between its two renames.
  if (existsSync(old) && !existsSync(out)) await rename(old, out);
  const there = await readdir(out).catch((): string[] => []);
  if (there.length > 0 && !there.includes(CHECKSUMS))
    throw new Error(`${out} holds something else than an export: name an empty or a new folder`);
  const part = await mkdtemp(`${out}.part-`);
  // At once, and again if a file that was being opened comes between: what goes on writing would fill the folder meanwhile.
  const discard = () => rmSync(part, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  function interrupt(signal: NodeJS.Signals): void {
    try {
      discard();
    } finally {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const counts = await write(order, part);
    await rm(old, { recursive: true, force: true });
    if (existsSync(out)) await rename(out, old);
    await rename(part, out);
    await rm(old, { recursive: true, force: true });
    return counts;
  } catch (error) {
    discard();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || /no space left/i.test((error as Error).message))
      throw new Error(
        `The disk of ${dirname(out)} is full. ${existsSync(out) ? 'The last export is as it was.' : ''}`,
        {
          cause: error,
        },
      );
    throw error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function write(order: Order, part: string): Promise<Counts> {
  for (const format of FORMATS) await mkdir(join(part, format));
  const withdrawn = await readWithdrawn(order.dataDir);
  const words = await spool(order, part, { withdrawn, approved: await readApproved(order.dataDir) });
  if (words.length === 0) throw new Error(`${order.dataDir}: there is no drawing to export`);
  const counts = noCounts();
  for (const [i, word] of words.entries()) {
    await writeWord(word, part, counts);
    order.progress('writing', (i + 1) / words.length);
  }
  const simplified = words.map((word) => join(part, 'simplified', `${word}.ndjson`));
  const hasParquet = await writeParquet(join(part, 'drawings.parquet'), simplified, part);
  if (!hasParquet)
    order.report('drawings.parquet is left out: @duckdb/node-api, an optional dependency, is not installed');
  await rm(join(part, '.duckdb'), { recursive: true, force: true });
  await writeFile(join(part, 'deleted.txt'), [...withdrawn].map((key) => `${key}\n`).join(''));
  await writeFile(join(part, 'README.md'), dataCard({ ...order, counts, hasParquet }));
  await writeFile(join(part, CHECKSUMS), await checksums(part));
  return counts;
}

interface Decided {
  withdrawn: ReadonlySet<string>;
  approved: ReadonlySet<string>;
}

const isWanted = ({ license, since }: Order, { withdrawn, approved }: Decided, donation: Donation): boolean =>
  !withdrawn.has(donation.key_id) &&
  (donation.passes || approved.has(donation.key_id)) &&
  (license === null ? donation.training : donation.data) &&
  (since === null || donation.timestamp.slice(0, 10) >= since);

const spoolOf = (part: string, word: string): string => join(part, 'raw', `${word}.ndjson.part`);

/** Sorts the lines of all segments into a file for each word. Returns the words. */
async function spool(order: Order, part: string, decided: Decided): Promise<string[]> {
  const files = await segmentFiles(order.dataDir);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const total = sizes.reduce((a, b) => a + b, 0) || 1;
  const waiting = new Map<string, string[]>();
  const words = new Set<string>();
  let bytes = 0;
  let done = 0;
  let skipped = 0;
  const flush = async () => {
    for (const [word, lines] of waiting) await appendFile(spoolOf(part, word), lines.join(''));
    waiting.clear();
    bytes = 0;
  };
  for (const file of files) {
    const skip = (line: number, reason: string) => {
      if (++skipped <= MOST_REPORTED) order.report(`${file}:${line}: skipped: ${reason}`);
    };
    for await (const donation of readDonations(file, skip, (read) => {
      done += read;
    })) {
      if (!isWanted(order, decided, donation)) continue;
      const line = `${JSON.stringify(rawLine(donation))}\n`;
      const lines = waiting.get(donation.word) ?? [];
      if (lines.push(line) === 1) waiting.set(donation.word, lines);
      words.add(donation.word);
      bytes += line.length;
      if (bytes > MOST_WAITING) await flush();
      order.progress('reading', Math.min(1, done / total));
    }
  }
  await flush();
  if (skipped > MOST_REPORTED) order.report(`… and ${skipped - MOST_REPORTED} more lines`);
  return [...words].sort();
}

/** Writes the three files of a word, each drawing once. */
async function writeWord(word: string, part: string, counts: Counts): Promise<void> {
  const spooled = spoolOf(part, word);
  const places = await linesByKey(spooled);
  const source = await open(spooled);
  const [raw, simplified, bitmaps] = await Promise.all(
    [`raw/${word}.ndjson`, `simplified/${word}.ndjson`, `numpy_bitmap/${word}.npy`].map((name) =>
      open(join(part, name), 'w'),
    ),
  );
  try {
    const writers = [writer(raw!), writer(simplified!), writer(bitmaps!)] as const;
    await writers[2].write(npyHeader(places.length, BITMAP_SIZE));
    for (const { from, bytes } of places) {
      const { buffer } = await source.read(Buffer.alloc(bytes), 0, bytes, from);
      const line = JSON.parse(buffer.toString()) as RawLine;
      const drawing = simplify(line.drawing);
      count(counts, line);
      await writers[0].write(buffer);
      await writers[1].write(Buffer.from(`${JSON.stringify(simplifiedLine(line, drawing))}\n`));
      await writers[2].write(bitmapOf(drawing));
    }
    for (const each of writers) await each.flush();
  } finally {
    for (const handle of [source, raw!, simplified!, bitmaps!]) await handle.close();
  }
  await rm(spooled);
}

/** Gathers small pieces into large writes. */
function writer(handle: FileHandle) {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  const flush = async () => {
    if (bytes > 0) await handle.writeFile(Buffer.concat(pieces));
    pieces = [];
    bytes = 0;
  };
  return {
    flush,
    async write(piece: Uint8Array): Promise<void> {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > 1 << 20) await flush();
    },
  };
}

/** Where the lines of a file are, in the order of their keys. Of those with the same key, the first. */
async function linesByKey(file: string): Promise<{ from: number; bytes: number }[]> {
  const lines: { key: string; from: number; bytes: number }[] = [];
  let from = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    const bytes = Buffer.byteLength(line) + 1;
    lines.push({ key: /"key_id":"(\d+)"/.exec(line)![1]!, from, bytes });
    from += bytes;
  }
  lines.sort((a, b) => a.key.length - b.key.length || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return lines.filter(({ key }, i) => key !== lines[i - 1]?.key);
}

async function checksums(dir: string): Promise<string> {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
  const lines: string[] = [];
  for (const name of names) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(dir, name))) hash.update(chunk as Buffer);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  return lines.join('');
}

/** What interrupted exports have left beside `out`. */
export async function leftovers(out: string): Promise<string[]> {
  const path = resolve(out);
  const names = await readdir(dirname(path)).catch(() => []);
  return names.filter((name) => name.startsWith(`${basename(path)}.part-`)).map((name) => join(dirname(path), name));
}
