/**
 * `npm run explore:index -- --data DIR --out DATA_DIR`: studies the drawings that /explore shows: sub-kinds, what each word is taken
 * for, how fast it is recognized, biases; and writes them into a Parquet file that is quick to page through. docs/explore.md
 * describes what it holds.
 *
 *   --data DIR      a folder of Quick, Draw! drawings (default: EXPLORE_DATA)
 *   --out DIR       the server's DATA_DIR (default: DATA_DIR), which also has the donated drawings
 *   --words A,B     only these words, for a try
 *   --replays N     drawings with times to replay for each word (default 20; 0: none)
 *   --engine native|wasm   the engine (default: native if it runs here)
 *   --model DIR     another model's folder
 *
 * It can be stopped at any time: the words that were done are not done again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readJson, readManifest } from '../../server/explore/answers.ts';
import { readKeys } from '../../server/explore/keys.ts';
import { literal } from '../../server/explore/database.ts';
import type { Folders } from '../../server/explore/folders.ts';
import {
  averagesFile,
  deletedFile,
  fileName,
  findingsFile,
  indexDir,
  manifestFile,
  parquetFile,
  stampOf,
  survey,
} from '../../server/explore/folders.ts';
import type { Averages, Manifest } from '../../server/explore/manifest.ts';
import { INDEX_VERSION } from '../../server/explore/manifest.ts';
import { donatedLines, quickdrawLines } from '../../server/explore/sources.ts';
import type { Findings, Origin } from '../../shared/explore.ts';
import { progressBar, writeWhole } from '../output.ts';
import { spread } from '../play.ts';
import { type Drawing, parseDrawing } from '../train/dataset.ts';
import { biasesOf } from './biases.ts';
import type { Network } from './network.ts';
import { openNetwork } from './network.ts';
import type { Moment, Stored, Tally } from './study.ts';
import { momentOf, study, toldMoment } from './study.ts';
import { withDuckDB, writeTable } from './table.ts';

/** A word's file. With the same stamp it need not be made again. */
interface WordFile {
  stamp: string;
  findings: Findings;
  tally: Tally;
}

/** The drawings of an origin, word by word. */
interface Subject {
  origin: Origin;
  words: string[];
  /** Changes when the drawings of the word do. */
  stamp(word: string): Promise<string>;
  read(word: string): Promise<Stored[]>;
  moments(word: string, stored: readonly Stored[]): Promise<Moment[]>;
}

interface Options {
  folders: Folders & { data: string };
  network: Network;
  replays: number;
  only?: ReadonlySet<string> | undefined;
  progress(done: number, of: number): void;
}

export async function makeIndex({ folders, network, replays, only, progress }: Options): Promise<Manifest> {
  const dir = indexDir(folders)!;
  await mkdir(dir, { recursive: true });
  const deleted = await readKeys(deletedFile(folders));
  const { hash } = network.words;
  const old = await readManifest(folders);
  const holdings = await survey(folders);
  if (folders.quickdraw !== undefined && !holdings.files) throw new Error(`${folders.quickdraw}: no drawings here`);
  const today = new Date().toISOString().slice(0, 10);
  // Today's files still grow.
  const covered = holdings.donated.filter((file) => basename(file) < today);
  if (!holdings.files && covered.length === 0 && !old) throw new Error('There are no drawings to index.');
  const manifest: Manifest = {
    version: INDEX_VERSION,
    model: hash.slice(0, 16),
    origins: { ...old?.origins },
    covered: covered.map((file) => basename(file)),
  };
  await withDuckDB(dir, async (all) => {
    const stage = join(dir, 'stage.parquet');
    const subjects: Subject[] = [];
    if (holdings.files) subjects.push(quickdraw(all, folders.quickdraw!, holdings.files));
    if (covered.length > 0) subjects.push(await donated(all, covered, stage));
    else delete manifest.origins.here;
    const isWanted = (word: string) => !only || only.has(word);
    const of = subjects.reduce((sum, { words }) => sum + words.filter(isWanted).length, 0);
    let done = 0;
    for (const subject of subjects) {
      const { origin } = subject;
      const parts = join(dir, 'parts', origin);
      await mkdir(parts, { recursive: true });
      for (const name of ['words', 'averages']) await mkdir(join(dir, name, origin), { recursive: true });
      const table = parquetFile(folders, origin)!;
      // That of another version may lack columns.
      const exists = old !== undefined && (await isThere(table));
      const indexed = new Set(exists ? Object.keys(old?.origins[origin]?.words ?? {}) : []);
      const partOf = (word: string) => join(parts, `${fileName(word)}.ndjson`);
      const tallies = new Map<string, Tally>();
      for (const word of subject.words) {
        const file = findingsFile(folders, origin, word)!;
        const known = await readJson<WordFile>(file);
        if (!isWanted(word)) {
          if (known) tallies.set(word, known.tally);
          continue;
        }
        const stamp = createHash('sha256')
          .update(`${INDEX_VERSION} ${hash} ${replays} ${await subject.stamp(word)}`)
          .digest('base64url');
        const hasLines = indexed.has(word) || (await isThere(partOf(word)));
        if (known?.stamp === stamp && hasLines) tallies.set(word, known.tally);
        else {
          const stored = (await subject.read(word)).filter(({ key_id }) => !deleted.has(key_id));
          const moments = await subject.moments(word, stored);
          const { findings, averages, tally, lines } = await study(network, word, stored, moments);
          await writeWhole(partOf(word), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
          await writeWhole(averagesFile(folders, origin, word)!, JSON.stringify(averages satisfies Averages));
          await writeWhole(file, JSON.stringify({ stamp, findings, tally } satisfies WordFile));
          tallies.set(word, tally);
        }
        progress(++done, of);
      }
      const files = new Set(await readdir(parts));
      // With --words, those of a run before that did not end, too: their parts are removed below.
      const changed = subject.words.filter((word) => files.has(basename(partOf(word))));
      const counts = await writeTable(dir, {
        origin,
        file: table,
        exists,
        parts: changed.map(partOf),
        words: subject.words,
        changed,
        deleted,
      });
      manifest.origins[origin] = { words: counts, biases: biasesOf(tallies) };
    }
    await writeWhole(manifestFile(folders)!, JSON.stringify(manifest));
    await rm(join(dir, 'parts'), { recursive: true, force: true });
    await rm(stage, { force: true });
    // All files of donated drawings have expired.
    if (covered.length === 0) {
      await rm(parquetFile(folders, 'here')!, { force: true });
      for (const name of ['words', 'averages']) await rm(join(dir, name, 'here'), { recursive: true, force: true });
    }
  });
  return manifest;

  function quickdraw(all: Run, root: string, { dir: from, words }: { dir: string; words: string[] }): Subject {
    const rawOf = (word: string) => join(root, 'raw', `${word}.ndjson`);
    const fileOf = (word: string) => join(from, `${word}.ndjson`);
    return {
      origin: 'quickdraw',
      words,
      stamp: async (word) => `${await stampOf(fileOf(word))} ${await stampOf(rawOf(word))}`,
      read: async (word) =>
        (await all(
          `SELECT key_id, country, language, offered, shown, drawing FROM ${quickdrawLines.replace('$file', () => literal(fileOf(word)))} ORDER BY n`,
        )) as unknown as Stored[],
      async moments(word) {
        const moments: Moment[] = [];
        for (const drawing of spread(await timedDrawings(rawOf(word)), replays))
          moments.push(await momentOf(network, drawing));
        return moments;
      },
    };
  }

  /** All words lie in the same files: they are sorted by word once. */
  async function donated(all: Run, files: string[], stage: string): Promise<Subject> {
    const lines = donatedLines.replace('$files', () => `[${files.map(literal).join()}]`);
    await all(`COPY (SELECT * FROM ${lines} ORDER BY word, n) TO ${literal(stage)} (FORMAT parquet, COMPRESSION zstd)`);
    const words = (await all(`SELECT DISTINCT word FROM read_parquet(${literal(stage)}) ORDER BY word`)).map(
      ({ word }) => word as string,
    );
    const stamps = await Promise.all(files.map(stampOf));
    return {
      origin: 'here',
      words,
      stamp: async () => stamps.join(),
      read: async (word) =>
        (await all(
          `SELECT key_id, country, language, offered, shown, drawing, training, recognized_at, file FROM read_parquet(${literal(stage)})
           WHERE word = ${literal(word)} ORDER BY n`,
        )) as unknown as Stored[],
      moments: async (_, stored) =>
        (stored as (Stored & { recognized_at: number | null })[]).map(({ drawing, recognized_at }) =>
          toldMoment(drawing, recognized_at),
        ),
    };
  }
}

const isThere = async (path: string): Promise<boolean> => (await stampOf(path)) !== '';

type Run = (sql: string) => Promise<Record<string, unknown>[]>;

/** Of a raw file; what is no drawing is left out. */
async function timedDrawings(file: string): Promise<Drawing[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return lines.flatMap((line, i) => {
    try {
      const drawing = parseDrawing(line, file, i + 1);
      return drawing.times ? [drawing] : [];
    } catch {
      return [];
    }
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: process.env.EXPLORE_DATA },
      out: { type: 'string', default: process.env.DATA_DIR },
      words: { type: 'string' },
      replays: { type: 'string', default: '20' },
      engine: { type: 'string' },
      model: { type: 'string' },
    },
  });
  const { data, out, engine, model } = values;
  const replays = Number(values.replays);
  if (!out) throw new Error('Name the server’s DATA_DIR: npm run explore:index -- --data DIR --out DATA_DIR');
  if (engine !== undefined && engine !== 'native' && engine !== 'wasm') throw new Error(`unknown engine "${engine}"`);
  if (!Number.isInteger(replays) || replays < 0) throw new Error(`--replays takes a number, not "${values.replays}"`);
  const network = await openNetwork(model, engine);
  try {
    const { origins } = await makeIndex({
      folders: { quickdraw: data, data: out },
      network,
      replays,
      only: values.words ? new Set(values.words.split(',')) : undefined,
      progress: progressBar(),
    });
    for (const [origin, found] of Object.entries(origins)) {
      const shown = Object.values(found.words).reduce((a, b) => a + b, 0);
      const { hits, of } = found.biases.all;
      console.log(
        `${origin}: ${Object.keys(found.words).length} words, ${shown} drawings pass; of ${of} held-out ones ${hits} are recognized`,
      );
    }
  } finally {
    network.close();
  }
}

if (import.meta.filename === process.argv[1])
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
