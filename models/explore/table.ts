/** The index's table of drawings: a Parquet file, sorted by word, which is made beside the old one and then takes its place. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../server/explore/database.ts';
import type { Origin } from '../../shared/explore.ts';

/** Rows that are read together: a page needs one or two of them. */
const ROW_GROUP = 8192;
const MEMORY = '1GB';

const COLUMNS = {
  ...{ word: 'VARCHAR', n: 'INTEGER', key_id: 'VARCHAR', country: 'VARCHAR', language: 'VARCHAR', kind: 'TINYINT' },
  ...{ offered: 'BOOLEAN', shown: 'BOOLEAN', reads: 'FLOAT', guess: 'VARCHAR', held: 'BOOLEAN', drawing: 'VARCHAR' },
};
const columnsOf = (origin: Origin): Record<string, string> =>
  origin === 'here' ? { ...COLUMNS, file: 'VARCHAR' } : COLUMNS;

/** Runs SQL that writes files. `dir` is for what does not fit into memory. */
export async function withDuckDB<T>(
  dir: string,
  run: (all: (sql: string) => Promise<Record<string, unknown>[]>) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const spill = join(dir, '.duckdb');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    threads: '2',
    temp_directory: spill,
  });
  const connection = await instance.connect();
  try {
    return await run(
      async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Record<string, unknown>[],
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(spill, { recursive: true, force: true });
  }
}

interface Parts {
  origin: Origin;
  /** The table, and whether there is one already. */
  file: string;
  exists: boolean;
  /** Lines of words that were studied again, as ndjson. */
  parts: readonly string[];
  /** All words of the table, and those that are in the parts. */
  words: readonly string[];
  changed: readonly string[];
  deleted: ReadonlySet<string>;
}

const list = (texts: Iterable<string>): string => `[${[...texts].map(literal).join()}]::VARCHAR[]`;

/** The old table with the parts in place of what they replace, without what was deleted. Returns the number of shown drawings by word. */
export async function writeTable(
  dir: string,
  { origin, file, exists, parts, words, changed, deleted }: Parts,
): Promise<Record<string, number>> {
  await mkdir(dir, { recursive: true });
  const columns = Object.entries(columnsOf(origin));
  const names = columns.map(([name]) => name).join();
  const types = columns.map(([name, type]) => `${name}: '${type}'`).join();
  return withDuckDB(dir, async (all) => {
    const sources = [
      ...(exists
        ? [
            `SELECT ${names} FROM read_parquet(${literal(file)}) WHERE list_contains(${list(words)}, word) AND NOT list_contains(${list(changed)}, word)`,
          ]
        : []),
      ...(parts.length > 0
        ? [`SELECT ${names} FROM read_ndjson(${list(parts)}, columns = {${types}}, maximum_object_size = 16777216)`]
        : []),
    ];
    const part = `${file}.part`;
    await all('CREATE TABLE deleted (key_id VARCHAR)');
    if (deleted.size > 0) await all(`INSERT INTO deleted SELECT unnest(${list(deleted)})`);
    await all(
      `COPY (SELECT ${names} FROM (${sources.join(' UNION ALL ')}) WHERE key_id NOT IN (SELECT key_id FROM deleted) ORDER BY word, n)
       TO ${literal(part)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP})`,
    );
    const counts = await all(
      `SELECT word, count(*) FILTER (shown)::INTEGER AS shown FROM read_parquet(${literal(part)}) GROUP BY word ORDER BY word`,
    );
    await rename(part, file);
    return Object.fromEntries(counts.map(({ word, shown }) => [word as string, shown as number]));
  });
}
