/**
 * `npm run bench:explore -- --data DIR`: how quick /explore answers, and what it costs the game.
 *
 *   --data DIR     a folder of Quick, Draw! drawings (default: EXPLORE_DATA)
 *   --index DIR    a DATA_DIR with an index of them, beside
 *   --times 1,10   tables with so many copies of each drawing
 *   --races 5      beside 20 explorers, and as many without (0: none)
 *   --rooms 2      of 8 players, in each race
 *   --seconds 8    of each race
 *   --json FILE
 */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { literal } from '../server/explore/database.ts';
import type { Explorer, ExplorerOptions } from '../server/explore/explorer.ts';
import { indexDir, manifestFile, parquetFile } from '../server/explore/folders.ts';
import type { Manifest } from '../server/explore/manifest.ts';
import { INDEX_VERSION } from '../server/explore/manifest.ts';
import type { Query } from '../server/explore/query.ts';
import { createLog } from '../server/log.ts';
import { withDuckDB } from '../models/explore/table.ts';
import { beside } from './beside.ts';
import { percentile } from './load.ts';
import type { Asked } from './visitors.ts';
import { visit } from './visitors.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.EXPLORE_DATA },
    index: { type: 'string' },
    times: { type: 'string', default: '1,10' },
    races: { type: 'string', default: '5' },
    rooms: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '8' },
    json: { type: 'string' },
  },
});
if (!values.data) throw new Error('Name a folder of drawings: npm run bench:explore -- --data DIR');
const quickdraw = values.data;
const EXPLORERS = 20;
const PAGES = 200;
/** Somebody who scrolls steadily sees so many new pages a second. */
const PAGE_MS = 1000;

/** As it is built: from source, its process would first have to load a compiler. `npm run build` makes it. */
const BUILT = new URL('../dist/server/explore/explorer.js', import.meta.url).href;
const { createExplorer } = (await import(BUILT)) as { createExplorer(options: ExplorerOptions): Explorer };

const dirs: string[] = [];
const figures: object[] = [];

/** Other digits for each copy, of which no number gets longer than it was: equal drawings would take no room in a Parquet file. */
const shuffled = `CASE copy % 8 ${['346789', '347896', '348967', '349678', '436789', '437896', '438967', '439678']
  .map((digits, i) => `WHEN ${i} THEN '${digits}'`)
  .join(' ')} END`;

/** An index without its network: the table alone, each drawing so many times. Returns DATA_DIR. */
async function tableOf(times: number): Promise<{ data: string; drawings: number; words: string[]; megabytes: number }> {
  const data = await mkdtemp(join(tmpdir(), 'bench-explore-'));
  dirs.push(data);
  const folders = { quickdraw, data };
  await mkdir(indexDir(folders)!, { recursive: true });
  const file = parquetFile(folders, 'quickdraw')!;
  const words = await withDuckDB(data, async (all) => {
    await all(`COPY (
      SELECT word, (row_number() OVER (PARTITION BY word ORDER BY hash(key_id || copy)))::INTEGER AS n, key_id || '-' || copy AS key_id,
        countrycode AS country, NULL::VARCHAR AS language, (hash(key_id) % 3)::TINYINT AS kind, true AS offered, true AS shown, 0.5::FLOAT AS reads,
        word AS guess, false AS held, translate(drawing::VARCHAR, '346789', ${shuffled}) AS drawing
      FROM read_ndjson(${literal(join(quickdraw, 'simplified', '*.ndjson'))}, columns = {word: 'VARCHAR', key_id: 'VARCHAR',
        countrycode: 'VARCHAR', drawing: 'JSON'}, ignore_errors = true), range(${times}) copies(copy)
      WHERE word IS NOT NULL ORDER BY word, n
    ) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)`);
    return all(`SELECT word, count(*)::INTEGER AS n FROM read_parquet(${literal(file)}) GROUP BY word ORDER BY word`);
  });
  const counts = Object.fromEntries(words.map(({ word, n }) => [word as string, n as number]));
  const manifest: Manifest = {
    version: INDEX_VERSION,
    model: '',
    origins: {
      quickdraw: { words: counts, biases: { all: { hits: 0, of: 0 }, words: [], countries: [], languages: [] } },
    },
    covered: [],
  };
  await writeFile(manifestFile(folders)!, JSON.stringify(manifest));
  const drawings = Object.values(counts).reduce((a, b) => a + b, 0);
  return { data, drawings, words: Object.keys(counts), megabytes: (await stat(file)).size / 1e6 };
}

/** The most memory that the process had. MB */
const peakOf = async (pid: number): Promise<number> =>
  Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) / 1000;

async function pages(folders: { quickdraw: string; data?: string }, words: string[], about: object): Promise<void> {
  const explorer = createExplorer({ mode: 'auto', folders, log: createLog('warn'), limitMs: 30_000 });
  await explorer.version();
  const timed = async (query: Query) => {
    const since = performance.now();
    await explorer.ask(query);
    return performance.now() - since;
  };
  const page = (i: number, more: object = {}): Query => ({
    ask: 'drawings',
    word: words[(i * 37) % words.length]!,
    from: 'quickdraw',
    page: i % 6,
    ...more,
  });
  const first = await timed(page(0));
  const times: Record<string, number[]> = { page: [], country: [], word: [], average: [] };
  for (let i = 1; i <= PAGES; i++) times.page!.push(await timed(page(i)));
  for (let i = 1; i <= 40; i++) {
    const { word } = page(i) as { word: string };
    times.country!.push(await timed(page(i, { country: 'DE', page: 0 })));
    times.word!.push(await timed({ ask: 'word', word, from: 'quickdraw' }));
    times.average!.push(await timed({ ask: 'average', word, from: 'quickdraw' }));
  }
  const peak = await peakOf(explorer.pid()!);
  await explorer.close();
  const row = {
    ...about,
    first: Math.round(first),
    ...Object.fromEntries(
      Object.entries(times).map(([name, all]) => [name, `${percentile(all, 0.5)} / ${percentile(all, 0.95)}`]),
    ),
    peak: Math.round(peak),
  };
  figures.push(row);
  console.log(`| ${Object.values(row).join(' | ')} |`);
}

/** As many people who scroll, each through another word. */
const explore = (words: string[], count: Asked) => async (url: string) => {
  const paths = words.flatMap((word) =>
    Array.from(
      { length: 6 },
      (_, n) => `api/explore/drawings?word=${encodeURIComponent(word)}&from=quickdraw&page=${n}`,
    ),
  );
  const ended = await visit(url, { paths, people: EXPLORERS, pauseMs: PAGE_MS });
  return async () => {
    const { answered, refused } = await ended();
    count.answered += answered;
    count.refused += refused;
  };
};

async function races(data: string, words: string[]): Promise<void> {
  const load = { kind: 'game', rooms: Number(values.rooms), seconds: Number(values.seconds) } as const;
  const env = { EXPLORE_DATA: quickdraw, DATA_DIR: data };
  const count = { answered: 0, refused: 0 };
  figures.push(await beside(`${EXPLORERS} explorers`, explore(words, count), { ...load, env }, Number(values.races)));
  console.log(`${count.answered} pages were shown, ${count.refused} refused`);
}

try {
  console.log(
    '| drawings | file | first page | page p50 / p95 | of a country | word | average | most memory |\n|---|---|---|---|---|---|---|---|',
  );
  let last: Awaited<ReturnType<typeof tableOf>> | undefined;
  for (const times of values.times.split(',').map(Number)) {
    last = await tableOf(times);
    const { data, drawings, words, megabytes } = last;
    if (times === 1) await pages({ quickdraw }, words, { drawings, file: 'ndjson' });
    await pages({ quickdraw, data }, words, { drawings, file: `Parquet, ${megabytes.toFixed(0)} MB` });
    if (times === 1 && values.index)
      await pages({ quickdraw, data: values.index }, words, { drawings, file: 'the index' });
  }
  if (last && Number(values.races) > 0) await races(last.data, last.words);
  if (values.json) await writeFile(values.json, JSON.stringify(figures, null, 2));
} finally {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
}
process.exit(0);
