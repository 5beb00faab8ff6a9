/** Where the drawings and the index lie, and which version of them is there now. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { dayOf } from '../../shared/daily.ts';
import type { Origin } from '../../shared/explore.ts';
import { dateOf } from '../date.ts';

export interface Folders {
  /** A folder of the Quick, Draw! data set. */
  quickdraw?: string | undefined;
  /** Has donated drawings, the lists of those that nobody may see, and the index. */
  data?: string | undefined;
}

/** What is there to explore. The version changes with any of it; Google's files count by their folder, since they never change. */
export interface Holdings {
  version: string;
  /** Of Quick, Draw!: one file for each word. */
  files: { dir: string; words: string[] } | undefined;
  /** Files of donated drawings, by name. */
  donated: string[];
  parquet: Partial<Record<Origin, string>>;
}

/** What lies in DATA_DIR, if there is one. */
type InData = string | undefined;
const inData = ({ data }: Folders, ...path: string[]): InData => (data === undefined ? undefined : join(data, ...path));

export const indexDir = (folders: Folders): InData => inData(folders, 'explore');
export const parquetFile = (folders: Folders, origin: Origin): InData =>
  inData(folders, 'explore', `${origin}.parquet`);
export const manifestFile = (folders: Folders): InData => inData(folders, 'explore', 'index.json');
export const findingsFile = (folders: Folders, origin: Origin, word: string): InData =>
  inData(folders, 'explore', 'words', origin, `${fileName(word)}.json`);
/** Average pictures of a word. */
export const averagesFile = (folders: Folders, origin: Origin, word: string): InData =>
  inData(folders, 'explore', 'averages', origin, `${fileName(word)}.json`);
export const donatedDir = (folders: Folders): InData => inData(folders, 'donated');
/** Whose drawings are in neither the wall nor the index: a `key_id` a line. */
export const deletedFile = (folders: Folders): InData => inData(folders, 'deleted.txt');
/** Whose drawings are not shown, until the operator decides otherwise. */
export const hiddenFile = (folders: Folders): InData => inData(folders, 'hidden.txt');
/** Whose drawings are shown, whatever the gate says of them. */
export const approvedFile = (folders: Folders): InData => inData(folders, 'approved.txt');

/** Words are file names already, but one of another data set may hold anything. */
export const fileName = (word: string): string =>
  word.replace(/[^\p{L}\p{N} _-]/gu, (each) => `%${each.codePointAt(0)}`);

const NDJSON = '.ndjson';

async function ndjsonIn(dir: InData): Promise<string[]> {
  if (dir === undefined) return [];
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => name.endsWith(NDJSON)).sort();
}

export const stampOf = async (path: InData): Promise<string> => {
  if (path === undefined) return '';
  const found = await stat(path).catch(() => undefined);
  return found ? `${path} ${found.size} ${found.mtimeMs}` : '';
};

/** Simplified drawings are smaller; raw ones do, too. */
const QUICKDRAW_FOLDERS = ['simplified', 'raw', '.'];

async function wordFiles({ quickdraw }: Folders): Promise<Holdings['files']> {
  if (quickdraw === undefined) return undefined;
  for (const folder of QUICKDRAW_FOLDERS) {
    const dir = join(quickdraw, folder);
    const names = await ndjsonIn(dir);
    if (names.length > 0) return { dir, words: names.map((name) => name.slice(0, -NDJSON.length)) };
  }
  return undefined;
}

export async function survey(folders: Folders): Promise<Holdings> {
  const files = await wordFiles(folders);
  const donated = (await ndjsonIn(donatedDir(folders))).map((name) => join(donatedDir(folders)!, name));
  const parquet: Holdings['parquet'] = {};
  // Those of earlier days do not grow any more: years of them would keep libuv's threads from the game.
  const yesterday = dateOf(dayOf(Date.now()) - 1);
  const growing = donated.filter((file) => basename(file) >= yesterday);
  const lists = [deletedFile(folders), hiddenFile(folders), approvedFile(folders)];
  const stamps = [
    ...donated,
    files ? await stampOf(files.dir) : '',
    ...(await Promise.all([...growing, ...lists, manifestFile(folders)].map(stampOf))),
  ];
  for (const origin of ['quickdraw', 'here'] as const) {
    const stamp = await stampOf(parquetFile(folders, origin));
    stamps.push(stamp);
    if (stamp) parquet[origin] = parquetFile(folders, origin);
  }
  const version = createHash('sha256').update(stamps.join('\n')).digest('base64url').slice(0, 16);
  return { version, files, donated, parquet };
}

export const originsOf = ({ files, donated, parquet }: Holdings): Origin[] => [
  ...(files || parquet.quickdraw ? (['quickdraw'] as const) : []),
  ...(donated.length > 0 ? (['here'] as const) : []),
];
