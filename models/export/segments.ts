/** Reads donated drawings: DATA_DIR/donated/*.ndjson, as docs/records.md describes them. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Donation } from '../../shared/donation.ts';
import { BOARD } from '../../shared/ink.ts';

/** Oldest day first. A missing folder has none. */
export async function segmentFiles(dataDir: string): Promise<string[]> {
  const dir = join(dataDir, 'donated');
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .map((name) => join(dir, name));
}

/** The drawings of a segment. Lines that are none are passed to `skip`: a process that dies leaves half a line at the end. */
export async function* readDonations(
  file: string,
  skip: (line: number, reason: string) => void,
  read: (bytes: number) => void = () => {},
): AsyncGenerator<Donation> {
  let number = 0;
  let bad: string | undefined;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    if (bad !== undefined) skip(number, bad);
    bad = undefined;
    number++;
    read(Buffer.byteLength(line) + 1);
    if (line === '') continue;
    const parsed = parseDonation(line);
    if (typeof parsed === 'string') bad = parsed;
    else yield parsed;
  }
  if (bad !== undefined) skip(number, bad === NOT_JSON ? 'the last line is torn' : bad);
}

const NOT_JSON = 'not a line of JSON';
/** A word becomes a file's name. */
const WORD = /^[^/\\\0.][^/\\\0]{0,99}$/;
const KEY = /^(0|[1-9]\d{0,19})$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+ UTC$/;
const LARGEST_KEY = 2n ** 64n - 1n;

/** A donation, or what is wrong with the line. */
export function parseDonation(line: string): Donation | string {
  let value: Partial<Record<keyof Donation, unknown>>;
  try {
    value = JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
  if (typeof value !== 'object' || value === null) return 'not an object';
  const is = (type: string, ...names: (keyof Donation)[]) => names.find((name) => typeof value[name] !== type);
  const wrong =
    is('string', 'word', 'countrycode', 'timestamp', 'key_id', 'model', 'engine', 'language') ??
    is('boolean', 'recognized', 'passes', 'gallery', 'data', 'training') ??
    is('number', 'seconds', 'reads');
  if (wrong) return `no ${wrong}`;
  const donation = value as unknown as Donation;
  if (!WORD.test(donation.word)) return `"${donation.word}" is no word`;
  if (!KEY.test(donation.key_id) || BigInt(donation.key_id) > LARGEST_KEY) return `"${donation.key_id}" is no key_id`;
  if (!TIMESTAMP.test(donation.timestamp)) return `"${donation.timestamp}" is no timestamp`;
  if (!/^[A-Z]{2}$/.test(donation.countrycode)) return `"${donation.countrycode}" is no countrycode`;
  if (!Array.isArray(donation.guesses)) return 'no guesses';
  if (donation.recognizedAt !== null && typeof donation.recognizedAt !== 'number') return 'no recognizedAt';
  if (!Array.isArray(donation.drawing) || donation.drawing.length === 0) return 'no drawing';
  if (!donation.drawing.every(isStroke)) return 'a stroke that is no [xs, ys, ts] on the board';
  return donation;
}

const isStroke = (stroke: unknown): boolean =>
  Array.isArray(stroke) &&
  stroke.length === 3 &&
  stroke.every((list) => Array.isArray(list) && list.length > 0 && list.length === stroke[0].length) &&
  stroke.every((list: unknown[], i) =>
    list.every((n) => Number.isInteger(n) && (n as number) >= 0 && (i === 2 || (n as number) <= BOARD)),
  );
