/** DuckDB, which reads nothing but the folders of drawings. Only prepared statements; one that takes too long is interrupted. */
import type { DuckDBConnection } from '@duckdb/node-api';

export type Values = Record<string, string | number | string[]>;

export interface Database {
  /** All rows of a query, with named values. Rejects with SlowQuery after the limit. */
  all<Row>(sql: string, values?: Values): Promise<Row[]>;
  close(): void;
}

export class SlowQuery extends Error {}

interface Options {
  /** The folders that it may read. */
  folders: readonly string[];
  /** Queries at once. */
  connections: number;
  limitMs: number;
  memory: string;
}

/** Rejects if DuckDB is not installed. */
export async function openDatabase({ folders, connections, limitMs, memory }: Options): Promise<Database> {
  const { DuckDBInstance, LIST, VARCHAR } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: memory });
  const free: DuckDBConnection[] = [];
  for (let i = 0; i < connections; i++) free.push(await instance.connect());
  const [first] = free as [DuckDBConnection];
  // Nothing is written outside memory, and the metadata of a large Parquet file is read once.
  await first.run("SET temp_directory = ''");
  await first.run('SET parquet_metadata_cache = true');
  await first.run(`SET allowed_directories = [${folders.map(literal).join()}]`);
  await first.run('SET enable_external_access = false');
  await first.run('SET lock_configuration = true');
  const waiting: ((connection: DuckDBConnection) => void)[] = [];

  const take = (): Promise<DuckDBConnection> | DuckDBConnection =>
    free.pop() ?? new Promise<DuckDBConnection>((resolve) => waiting.push(resolve));
  const give = (connection: DuckDBConnection): void => {
    const next = waiting.shift();
    if (next) next(connection);
    else free.push(connection);
  };

  return {
    async all<Row>(sql: string, values: Values = {}): Promise<Row[]> {
      const connection = await take();
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        connection.interrupt();
      }, limitMs);
      try {
        const statement = await connection.prepare(sql);
        for (const [name, value] of Object.entries(values)) {
          const at = statement.parameterIndex(name);
          if (Array.isArray(value)) statement.bindList(at, value, LIST(VARCHAR));
          else statement.bindValue(at, value);
        }
        // Between two statements there is nothing to interrupt.
        if (isLate) throw new Error('late');
        const reader = await statement.runAndReadAll();
        return reader.getRowObjectsJS() as Row[];
      } catch (error) {
        throw isLate ? new SlowQuery(`a query took longer than ${limitMs} ms`) : error;
      } finally {
        clearTimeout(timer);
        give(connection);
      }
    },
    close() {
      for (const connection of free) connection.closeSync();
      instance.closeSync();
    },
  };
}

/** As SQL writes a text. For paths from the settings, which `SET` takes no other way. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
