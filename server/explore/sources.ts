/** The drawings of an origin as a table, whatever they lie in: one SQL for walls, averages and the index. */
import type { Origin } from '../../shared/explore.ts';
import { join } from 'node:path';
import type { Values } from './database.ts';
import type { Holdings } from './folders.ts';

/**
 * A table with the columns word, n, key_id, country, language, kind, shown and drawing. `n` orders a word's drawings; `shown`
 * says whether the gate lets a drawing be seen.
 */
export interface Source {
  sql: string;
  values: Values;
}

/** A line that is no drawing, such as the torn last one of a file that is being written, becomes a row of NULLs. */
const ndjson = (files: string, columns: string): string =>
  `(SELECT * FROM read_ndjson(${files}, columns = {${columns}}, ignore_errors = true, maximum_object_size = 4194304)
    WHERE word IS NOT NULL AND key_id IS NOT NULL AND drawing IS NOT NULL)`;

const GOOGLE = "word: 'VARCHAR', key_id: 'VARCHAR', countrycode: 'VARCHAR', recognized: 'BOOLEAN', drawing: 'JSON'";
const OURS = `${GOOGLE}, language: 'VARCHAR', passes: 'BOOLEAN', recognizedAt: 'DOUBLE', gallery: 'BOOLEAN', data: 'BOOLEAN', training: 'BOOLEAN'`;

/** Google's own recognizer is the gate until the index has ours. */
export const quickdrawLines = `(SELECT word, row_number() OVER () AS n, key_id, nullif(countrycode, 'ZZ') AS country,
  NULL::VARCHAR AS language, NULL::TINYINT AS kind, coalesce(recognized, false) AS shown, drawing::VARCHAR AS drawing
  FROM ${ndjson('$file', GOOGLE)})`;

/** The newest first. */
export const donatedLines = `(SELECT word, -row_number() OVER () AS n, key_id, nullif(countrycode, 'ZZ') AS country,
  nullif(language, '') AS language, NULL::TINYINT AS kind,
  coalesce(passes, false) AND (coalesce(gallery, false) OR coalesce(data, false)) AS shown, drawing::VARCHAR AS drawing,
  coalesce(training, false) AS training, recognizedAt AS recognized_at FROM ${ndjson('$files', OURS)})`;

const COLUMNS = 'word, n, key_id, country, language, kind, shown, drawing';
const indexed = `SELECT ${COLUMNS} FROM read_parquet($parquet)`;

/** Undefined if there are no drawings of this word. `covered`: files of donated drawings that the index has. */
export function sourceOf(
  origin: Origin,
  word: string,
  holdings: Holdings,
  covered: ReadonlySet<string>,
): Source | undefined {
  const parquet = holdings.parquet[origin];
  if (origin === 'quickdraw') {
    if (parquet) return { sql: `(${indexed})`, values: { parquet } };
    const { files } = holdings;
    if (!files?.words.includes(word)) return undefined;
    return { sql: quickdrawLines, values: { file: join(files.dir, `${word}.ndjson`) } };
  }
  return donatedSource(holdings, covered);
}

export function donatedSource(
  { parquet: { here }, donated }: Holdings,
  covered: ReadonlySet<string>,
): Source | undefined {
  const files = donated.filter((file) => !covered.has(file));
  const lines = `SELECT ${COLUMNS} FROM ${donatedLines}`;
  if (here && files.length > 0) return { sql: `(${indexed} UNION ALL ${lines})`, values: { parquet: here, files } };
  if (here) return { sql: `(${indexed})`, values: { parquet: here } };
  return files.length > 0 ? { sql: `(${lines})`, values: { files } } : undefined;
}
