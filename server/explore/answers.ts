/** Answers queries out of the folders of drawings and the index. Runs in the child process. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type {
  ExploreAverage,
  ExploreBiases,
  ExploreDrawing,
  ExplorePage,
  ExploreShows,
  ExploreWord,
  ExploreWords,
  Facet,
  Findings,
  Origin,
} from '../../shared/explore.ts';
import { AVERAGE_SIDE, PAGE_SIZE } from '../../shared/explore.ts';
import { CHANNELS, RASTER_SIZE, rasterize, SIDE } from '../../shared/raster.ts';
import type { Database } from './database.ts';
import type { Folders } from './folders.ts';
import {
  approvedFile,
  averagesFile,
  deletedFile,
  findingsFile,
  hiddenFile,
  manifestFile,
  originsOf,
  survey,
} from './folders.ts';
import { readKeys } from './keys.ts';
import type { Averages, Manifest } from './manifest.ts';
import { INDEX_VERSION } from './manifest.ts';
import type { Filter, Query } from './query.ts';
import type { Source } from './sources.ts';
import { donatedSource, sourceOf } from './sources.ts';
import { inkOf, readStrokes } from './strokes.ts';

/** Drawings in an average that the index does not have: more of them change little that can be seen. */
const AVERAGED = 300;
/** Countries and languages in a list. */
const FACETS = 60;

export class NoSuch extends Error {
  constructor(readonly what: 'no-word' | 'no-index') {
    super(what);
  }
}

interface Row {
  key_id: string;
  country: string | null;
  language: string | null;
  drawing: string;
}

/** Answers of one version of the drawings. */
export type Answers = (query: Query) => Promise<object>;

export async function readAnswers(folders: Folders, database: Database): Promise<Answers & { version: string }> {
  const holdings = await survey(folders);
  const manifest = await readManifest(folders);
  // Tables of another version may lack columns.
  if (!manifest) holdings.parquet = {};
  const inIndex = new Set(manifest?.covered);
  const covered = new Set(holdings.donated.filter((file) => inIndex.has(basename(file))));
  await keep('approved', await readKeys(approvedFile(folders)));
  await keep('excluded', await readKeys(hiddenFile(folders), deletedFile(folders)));

  async function keep(table: string, keys: ReadonlySet<string>): Promise<void> {
    await database.all(`CREATE OR REPLACE TABLE ${table} AS SELECT unnest($keys::VARCHAR[]) AS key_id`, {
      keys: [...keys],
    });
  }

  const source = ({ word, from }: { word: string; from: Origin }): Source => {
    const found = sourceOf(from, word, holdings, covered);
    if (!found) throw new NoSuch('no-word');
    return found;
  };

  async function words(): Promise<ExploreWords> {
    const all = new Map<string, ExploreWords['words'][number]['origins']>();
    const add = (word: string, origin: Origin, drawings: number | null) =>
      void all.set(word, { ...all.get(word), [origin]: drawings });
    const counted = manifest?.origins.quickdraw?.words;
    if (holdings.parquet.quickdraw && counted)
      for (const [word, drawings] of Object.entries(counted)) add(word, 'quickdraw', drawings);
    else for (const word of holdings.files?.words ?? []) add(word, 'quickdraw', null);
    const donated = donatedSource(holdings, covered);
    if (donated) {
      const rows = await database.all<{ word: string; drawings: number }>(
        `SELECT word, count(*)::INTEGER AS drawings FROM ${donated.sql} WHERE ${SHOWN} GROUP BY word ORDER BY word`,
        donated.values,
      );
      for (const { word, drawings } of rows) add(word, 'here', drawings);
    }
    return {
      origins: originsOf(holdings),
      indexed: manifest?.origins.quickdraw !== undefined || manifest?.origins.here !== undefined,
      words: [...all].map(([word, origins]) => ({ word, origins })).sort((a, b) => (a.word < b.word ? -1 : 1)),
    };
  }

  async function word(asked: { word: string; from: Origin }): Promise<ExploreWord> {
    const { sql, values } = source(asked);
    const rows = await database.all<{ country: string | null; language: string | null; drawings: number }>(
      `SELECT country, language, count(*)::INTEGER AS drawings FROM ${sql} WHERE word = $word AND ${SHOWN} GROUP BY ALL`,
      { ...values, word: asked.word },
    );
    const facets = (name: 'country' | 'language'): Facet[] => {
      const sums = new Map<string, number>();
      for (const row of rows) if (row[name]) sums.set(row[name], (sums.get(row[name]) ?? 0) + row.drawings);
      return [...sums]
        .map(([name, drawings]) => ({ name, drawings }))
        .sort((a, b) => b.drawings - a.drawings || (a.name < b.name ? -1 : 1))
        .slice(0, FACETS);
    };
    const drawings = rows.reduce((sum, row) => sum + row.drawings, 0);
    const findings = await findingsOf(asked);
    if (drawings === 0 && !findings) throw new NoSuch('no-word');
    return { word: asked.word, drawings, countries: facets('country'), languages: facets('language'), findings };
  }

  /** Which of these are shown. */
  async function shownOf(asked: { word: string; from: Origin }, keys: string[]): Promise<Set<string>> {
    const { sql, values } = source(asked);
    const rows = await database.all<{ key_id: string }>(
      `SELECT key_id FROM ${sql} WHERE word = $word AND ${SHOWN} AND key_id IN (SELECT unnest($keys::VARCHAR[]))`,
      { ...values, word: asked.word, keys },
    );
    return new Set(rows.map(({ key_id }) => key_id));
  }

  /** What the index knows of a word. Typical drawings that are no longer shown are left out. */
  async function findingsOf(asked: { word: string; from: Origin }): Promise<Findings | null> {
    const known = await readJson<{ findings: Findings }>(findingsFile(folders, asked.from, asked.word));
    if (!known) return null;
    const { findings } = known;
    const keys = findings.kinds.flatMap(({ typical }) => typical.map(({ key }) => key));
    if (keys.length === 0) return findings;
    const shown = await shownOf(asked, keys);
    const kinds = findings.kinds.map((kind) => ({
      ...kind,
      typical: kind.typical.filter(({ key }) => shown.has(key)),
    }));
    return { ...findings, kinds };
  }

  /** The condition of a filter, and its values. */
  function where(filter: Filter): Source {
    const named = (['country', 'language', 'kind'] as const).filter((name) => filter[name] !== undefined);
    return {
      sql: ['word = $word', SHOWN, ...named.map((name) => `${name} = $${name}`)].join(' AND '),
      values: { word: filter.word, ...Object.fromEntries(named.map((name) => [name, filter[name]!])) },
    };
  }

  /** So many of the drawings of a filter, from one on, and how many there are. */
  async function some(filter: Filter, limit: number, offset: number): Promise<{ total: number; rows: Row[] }> {
    const { sql, values } = source(filter);
    const condition = where(filter);
    // First without the drawings, which are most of the bytes: then only those of the page are read.
    const found = await database.all<{ n: number; total: number }>(
      `SELECT n::INTEGER AS n, (count(*) OVER ())::INTEGER AS total FROM ${sql} WHERE ${condition.sql}
       ORDER BY n LIMIT $limit OFFSET $offset`,
      { ...values, ...condition.values, limit, offset },
    );
    const [first, last] = [found[0], found.at(-1)];
    if (!first || !last) return { total: 0, rows: [] };
    const rows = await database.all<Row>(
      `SELECT key_id, country, language, drawing FROM ${sql} WHERE ${condition.sql} AND n BETWEEN $first AND $last ORDER BY n`,
      { ...values, ...condition.values, first: first.n, last: last.n },
    );
    return { total: first.total, rows };
  }

  async function drawings({ page, ...filter }: Filter & { page: number }): Promise<ExplorePage> {
    const { total, rows } = await some(filter, PAGE_SIZE, page * PAGE_SIZE);
    return { total, drawings: rows.flatMap(drawingOf) };
  }

  /** The picture that the index has, if it is of the very drawings that are shown now. */
  async function indexedAverage({ word, from, kind }: Filter): Promise<ExploreAverage | undefined> {
    const known = manifest && (await readJson<Averages>(averagesFile(folders, from, word)));
    const picture = kind === undefined ? known?.all : known?.kinds[kind];
    if (!picture) return undefined;
    const { sql, values } = source({ word, from });
    const ofKind = kind === undefined ? '' : 'AND kind = $kind';
    const [found] = await database.all<{ now: number; gone: number }>(
      `SELECT (count(*) FILTER (WHERE ${SHOWN}))::INTEGER AS now,
         (count(*) FILTER (WHERE shown AND key_id IN (SELECT key_id FROM excluded)))::INTEGER AS gone
       FROM ${sql} WHERE word = $word ${ofKind}`,
      { ...values, word, ...(kind !== undefined && { kind }) },
    );
    return found!.now === picture.drawings && found!.gone === 0 ? picture : undefined;
  }

  async function average(filter: Filter): Promise<ExploreAverage> {
    const isPlain = filter.country === undefined && filter.language === undefined;
    const indexed = isPlain ? await indexedAverage(filter) : undefined;
    if (indexed) return indexed;
    const { rows } = await some(filter, AVERAGED, 0);
    return averageOf(rows.flatMap(({ drawing }) => strokesOf(drawing)).map(inkOf));
  }

  function biases({ from }: { from: Origin }): ExploreBiases {
    const found = manifest?.origins[from]?.biases;
    if (!found) throw new NoSuch('no-index');
    return found;
  }

  async function shows({ key, ...asked }: { word: string; from: Origin; key: string }): Promise<ExploreShows> {
    return { shows: (await shownOf(asked, [key])).size > 0 };
  }

  const answer: Answers = async (query) => {
    switch (query.ask) {
      case 'words':
        return words();
      case 'word':
        return word(query);
      case 'drawings':
        return drawings(query);
      case 'average':
        return average(query);
      case 'biases':
        return biases(query);
      case 'shows':
        return shows(query);
    }
  };
  return Object.assign(answer, { version: holdings.version });
}

const SHOWN = `(shown OR offered AND key_id IN (SELECT key_id FROM approved))
  AND key_id NOT IN (SELECT key_id FROM excluded)`;

const strokesOf = (json: string) => {
  const strokes = readStrokes(json);
  return strokes ? [strokes] : [];
};

function drawingOf({ key_id, country, language, drawing }: Row): ExploreDrawing[] {
  return strokesOf(drawing).map((strokes) => ({
    key: key_id,
    ...(country && { country }),
    ...(language && { language }),
    strokes,
  }));
}

/** Drawings laid on top of each other: how much ink there is at each pixel. */
export function averageOf(inks: ReturnType<typeof inkOf>[]): ExploreAverage {
  const sums = new Float64Array(AVERAGE_SIDE ** 2);
  const raster = new Uint8Array(RASTER_SIZE);
  for (const ink of inks) {
    rasterize(ink, raster);
    for (let i = 0; i < SIDE * SIDE; i++) sums[i]! += raster[i * CHANNELS]!;
  }
  const bytes = Uint8Array.from(sums, (sum) => Math.round(sum / Math.max(1, inks.length)));
  return { drawings: inks.length, picture: Buffer.from(bytes).toString('base64') };
}

export async function readManifest(folders: Folders): Promise<Manifest | undefined> {
  const manifest = await readJson<Manifest>(manifestFile(folders));
  return manifest?.version === INDEX_VERSION ? manifest : undefined;
}

export async function readJson<T>(file: string | undefined): Promise<T | undefined> {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
