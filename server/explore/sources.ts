/** The drawings of an origin as a table, whatever they lie in: one SQL for walls, averages and the index. */
import type { Origin } from '../../shared/explore.ts';
import { basename, join } from 'node:path';
import type { Values } from './database.ts';
import type { Holdings } from './folders.ts';

/**
 * A table with the columns word, n, key_id, country, language, kind, offered, shown and drawing. `n` orders a word's drawings;
 * `offered` says whether its drawer lets a drawing be seen, `shown` whether the gate does, too.
 */
export interface Source {
  sql: string;
  values: Values;
}

/** A line that is no drawing, such as the torn last one of a file that is being written, becomes a row of NULLs. */
const ndjson = (files: string, columns: string): string =>
  `(SELECT * FROM read_ndjson(${files}, columns = {${columns}}, ignore_errors = true, maximum_object_size = 4194304, filename = true)
    WHERE word IS NOT NULL AND key_id IS NOT NULL AND drawing IS NOT NULL)`;

const GOOGLE = "word: 'VARCHAR', key_id: 'VARCHAR', countrycode: 'VARCHAR', recognized: 'BOOLEAN', drawing: 'JSON'";
const OURS = `${GOOGLE}, language: 'VARCHAR', passes: 'BOOLEAN', recognizedAt: 'DOUBLE', gallery: 'BOOLEAN', data: 'BOOLEAN', training: 'BOOLEAN'`;

/** Google's own recognizer is the gate until the index has ours. */
export const quickdrawLines = `(SELECT word, row_number() OVER () AS n, key_id, nullif(countrycode, 'ZZ') AS country,
  NULL::VARCHAR AS language, NULL::TINYINT AS kind, true AS offered, coalesce(recognized, false) AS shown, drawing::VARCHAR AS drawing
  FROM ${ndjson('$file', GOOGLE)})`;

/** The newest first. */
export const donatedLines = `(SELECT word, -row_number() OVER () AS n, key_id, nullif(countrycode, 'ZZ') AS country,
  nullif(language, '') AS language, NULL::TINYINT AS kind,
  coalesce(gallery, false) OR coalesce(data, false) AS offered, offered AND coalesce(passes, false) AS shown, drawing::VARCHAR AS drawing,
  coalesce(training, false) AS training, recognizedAt AS recognized_at, parse_filename(filename) AS file
  FROM ${ndjson('$files', OURS)})`;

const COLUMNS = 'word, n, key_id, country, language, kind, offered, shown, drawing';
const indexed = `SELECT ${COLUMNS} FROM read_parquet($parquet)`;

/** Undefined if there are no drawings of this word. */
export function sourceOf(
  origin: Origin,
  word: string,
  holdings: Holdings,
  covered: ReadonlySet<string>,
): Source | undefined {
  if (origin === 'here') return donatedSource(holdings, covered);
  const { files, parquet } = holdings;
  if (parquet.quickdraw) return { sql: `(${indexed})`, values: { parquet: parquet.quickdraw } };
  if (!files?.words.includes(word)) return undefined;
  return { sql: quickdrawLines, values: { file: join(files.dir, `${word}.ndjson`) } };
}

/** `covered`: files that are in the index. What it has of others is left out: they have expired. */
export function donatedSource(
  { parquet: { here }, donated }: Holdings,
  covered: ReadonlySet<string>,
): Source | undefined {
  const isIndexed = (file: string) => here !== undefined && covered.has(file);
  const names = donated.filter(isIndexed).map((file) => basename(file));
  const files = donated.filter((file) => !isIndexed(file));
  const parts: Source[] = [];
  if (here && names.length > 0)
    parts.push({
      sql: `${indexed} WHERE file IN (SELECT unnest($names::VARCHAR[]))`,
      values: { parquet: here, names },
    });
  if (files.length > 0) parts.push({ sql: `SELECT ${COLUMNS} FROM ${donatedLines}`, values: { files } });
  if (parts.length === 0) return undefined;
  return {
    sql: `(${parts.map(({ sql }) => sql).join(' UNION ALL ')})`,
    values: Object.assign({}, ...parts.map(({ values }) => values)),
  };
}
