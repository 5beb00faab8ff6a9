/** Writes the simplified drawings of an export into one Parquet file, by DuckDB. */
import { join } from 'node:path';

/** It spills to disk beyond this. */
const MEMORY = '1GB';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Returns false if DuckDB, an optional dependency, is not installed. `files` are in the order that the rows get. */
export async function writeParquet(file: string, files: readonly string[], dir: string): Promise<boolean> {
  const duckdb = await import('@duckdb/node-api').catch(() => null);
  if (!duckdb) return false;
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    threads: '2',
    temp_directory: join(dir, '.duckdb'),
  });
  const connection = await instance.connect();
  try {
    await connection.run(`
      COPY (
        SELECT word, countrycode, CAST(left("timestamp", 10) AS DATE) AS day, recognized, CAST(key_id AS UBIGINT) AS key_id,
          drawing, language, seconds, startedAt, recognizedAt, model, engine, reads, training
        FROM read_ndjson([${files.map(quoted).join(', ')}], maximum_object_size = 16777216, columns = {
          word: 'VARCHAR', countrycode: 'VARCHAR', "timestamp": 'VARCHAR', recognized: 'BOOLEAN', key_id: 'VARCHAR',
          drawing: 'UTINYINT[][][]', language: 'VARCHAR', seconds: 'DOUBLE', startedAt: 'INTEGER', recognizedAt: 'INTEGER',
          model: 'VARCHAR', engine: 'VARCHAR', reads: 'DOUBLE', training: 'BOOLEAN'
        })
      ) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return true;
}
