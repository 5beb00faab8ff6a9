/**
 * Downloads drawings from Google's public Quick, Draw! bucket, or from any server with the same layout
 * (full/simplified/WORD.ndjson, full/raw/WORD.ndjson).
 *
 *   npm run data -- --per-class 2000 [--categories cat,dog] [--raw] [--dir DIR] [--from URL]
 *
 * It reads a file only as far as needed. Checked lines go to WORD.ndjson.part, and the next call continues there. The complete file
 * gets its final name.
 */
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { DATA, DataError, parseDrawing } from './dataset.ts';

export const BUCKET = process.env.QUICKDRAW_URL ?? 'https://storage.googleapis.com/quickdraw_dataset';
const WORDS = new URL('../quickdraw/words.json', import.meta.url);

export interface Wanted {
  word: string;
  format: 'simplified' | 'raw';
  /** How many drawings; all of them, if there are fewer. */
  count: number;
  dir: string;
  from: string;
}

/** Makes DIR/FORMAT/WORD.ndjson hold at least `count` drawings, or all that the server has. Returns how many it holds. */
export async function download(wanted: Wanted, progress: (drawings: number) => void = () => {}): Promise<number> {
  const { word, format, count, dir, from } = wanted;
  const file = join(dir, format, `${word}.ndjson`);
  const part = `${file}.part`;
  const url = `${from}/full/${format}/${encodeURIComponent(word)}.ndjson`;
  const there = await linesOf(file);
  if (there.lines >= count) return there.lines;

  try {
    await mkdir(join(dir, format), { recursive: true });
    const begun = await linesOf(part);
    let lines = begun.lines;
    if (lines < count) {
      const response = await ask(url, begun.bytes);
      // 416: the part already is the whole file.
      if (response.status !== 416) {
        if (response.status === 200) lines = 0;
        lines = await receive(response, part, response.status === 206 ? begun.bytes : 0, lines, wanted, url, progress);
      }
    }
    if (lines === 0) throw new Error(`${url}: no drawings in it`);
    await rename(part, file);
    return lines;
  } catch (error) {
    if (error instanceof DataError || !isSystemError(error)) throw error;
    throw new Error(`${error.path ?? part}: ${error.message}`, { cause: error });
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

async function ask(url: string, from: number): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, from > 0 ? { headers: { range: `bytes=${from}-` } } : {});
  } catch (error) {
    throw new Error(`${url}: no answer (${reason(error)})`, { cause: error });
  }
  if (!response.ok && response.status !== 416) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
}

/** The message of the innermost error: fetch wraps it as "fetch failed" and "terminated". */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause ? reason(error.cause) : error.message;
}

/** Appends checked lines to `part` from byte `at` until there are enough. Returns how many lines it then holds. */
async function receive(
  response: Response,
  part: string,
  at: number,
  lines: number,
  wanted: Wanted,
  url: string,
  progress: (drawings: number) => void,
): Promise<number> {
  const handle = await open(part, at > 0 ? 'r+' : 'w');
  const decoder = new TextDecoder();
  let rest = '';
  let written = at;
  const keep = async (line: string): Promise<void> => {
    const { word } = parseDrawing(line, url, lines + 1);
    if (word !== wanted.word) throw new DataError(url, lines + 1, `a drawing of "${word}"`);
    const bytes = Buffer.from(`${line}\n`);
    await handle.write(bytes, 0, bytes.length, written);
    written += bytes.length;
    lines++;
  };
  try {
    if (at > 0) await handle.truncate(at);
    for await (const bytes of body(response, url)) {
      const pieces = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = pieces.pop()!;
      for (const line of pieces) {
        if (line !== '') await keep(line);
        // Leaving the loop cancels the download.
        if (lines >= wanted.count) break;
      }
      if (lines >= wanted.count) break;
      progress(lines);
    }
    if (rest !== '' && lines < wanted.count) await keep(rest);
    await handle.sync();
    return lines;
  } finally {
    await handle.close();
  }
}

async function* body(response: Response, url: string): AsyncGenerator<Uint8Array> {
  try {
    if (response.body) yield* response.body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new Error(`${url}: the download broke off (${reason(error)}); run the same command again to continue`, {
      cause: error,
    });
  }
}

/** Complete lines in a file, and their bytes. Whatever follows the last newline is half a drawing. A missing file has none. */
async function linesOf(file: string): Promise<{ lines: number; bytes: number }> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return { lines: 0, bytes: 0 };
  const bytes = await readFile(file);
  let lines = 0;
  let end = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, end)) {
    lines++;
    end = at + 1;
  }
  return { lines, bytes: end };
}

/** All words, and the chosen ones. Throws on unknown words. */
export async function chosen(categories: string | undefined): Promise<{ all: string[]; words: string[] }> {
  const { words: labels } = JSON.parse(await readFile(WORDS, 'utf8')) as { words: { word: string }[] };
  const all = labels.map(({ word }) => word);
  const words = categories?.split(',').map((word) => word.trim()) ?? all;
  const unknown = words.filter((word) => !all.includes(word));
  if (unknown.length > 0) throw new Error(`--categories: unknown words: ${unknown.join(', ')}`);
  return { all, words };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'per-class': { type: 'string', default: '1000' },
      categories: { type: 'string' },
      raw: { type: 'boolean', default: false },
      dir: { type: 'string', default: DATA },
      from: { type: 'string', default: BUCKET },
    },
  });
  const count = Number(values['per-class']);
  if (!Number.isInteger(count) || count < 1) throw new Error('--per-class: a whole number of drawings, at least 1');
  const { all, words } = await chosen(values.categories);
  const format = values.raw ? 'raw' : 'simplified';
  for (const [i, word] of words.entries()) {
    const bar = (drawings: number): void => {
      if (!process.stderr.isTTY) return;
      const done = Math.round(30 * Math.min(1, drawings / count));
      process.stderr.write(
        `\r[${'#'.repeat(done)}${'.'.repeat(30 - done)}] ${i + 1}/${words.length} ${word} ${drawings} \x1b[K`,
      );
    };
    bar(0);
    const drawings = await download({ word, format, count, dir: values.dir, from: values.from }, bar);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.log(`${word}: ${drawings} ${format} drawings`);
  }
  const list = join(values.dir, 'categories.txt');
  if (!(await stat(list).catch(() => null))) await writeFile(list, `${all.join('\n')}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
