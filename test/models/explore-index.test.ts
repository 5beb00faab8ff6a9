/** The index of /explore: killed and begun again it is the same, an old one is served meanwhile, and it shows nothing that nobody may see. */
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { averageOf } from '../../server/explore/answers.ts';
import { literal } from '../../server/explore/database.ts';
import { fileName } from '../../server/explore/folders.ts';
import type { Averages } from '../../server/explore/manifest.ts';
import { inkOf, readStrokes } from '../../server/explore/strokes.ts';
import { withDuckDB } from '../../models/explore/table.ts';
import { isHeldOut } from '../../models/train/dataset.ts';
import type { ExploreAverage, ExploreBiases, ExplorePage, ExploreWord, ExploreWords } from '../../shared/explore.ts';
import type { DataDir } from '../support/explore.ts';
import { dataDir, donated, hasDuckDB, mixedFolder, startIndex } from '../support/explore.ts';
import { SAMPLE_WORDS } from '../support/quickdraw.ts';
import { useServer } from '../support/server.ts';

const WORDS = SAMPLE_WORDS.slice(0, 8);
const START_MS = 30_000;

const mixed = mixedFolder(WORDS);
const word = WORDS[0]!;
afterAll(mixed.remove);

const start = (data: DataDir, ...more: string[]) =>
  startIndex(mixed.dir, data, '--words', [...WORDS, 'square'].join(), '--replays', '2', ...more);

async function index(data: DataDir): Promise<void> {
  const [code] = await once(start(data), 'exit');
  expect(code).toBe(0);
}

const wordsIn = ({ dir }: DataDir): string[] => {
  const words = join(dir, 'explore', 'words', 'quickdraw');
  return existsSync(words) ? readdirSync(words).filter((name) => name.endsWith('.json')) : [];
};
const fileOf = ({ dir }: DataDir, name: string) => join(dir, 'explore', 'words', 'quickdraw', name);
const rowsOf = ({ dir }: DataDir, origin = 'quickdraw') =>
  withDuckDB(dir, (all) => all(`SELECT * FROM read_parquet(${literal(join(dir, 'explore', `${origin}.parquet`))})`));
const manifestOf = ({ dir }: DataDir) => JSON.parse(readFileSync(join(dir, 'explore', 'index.json'), 'utf8'));

describe.skipIf(!hasDuckDB)('the index', () => {
  const whole = dataDir();
  const killed = dataDir();
  afterAll(() => {
    for (const each of [whole, killed]) each.remove();
  });
  beforeAll(() => index(whole), START_MS);

  test('killed twice and begun again, it repeats no word, and is the same as one that was not', async () => {
    const kept = new Map<string, number>();
    for (const words of [1, 4]) {
      const child = start(killed);
      await vi.waitUntil(() => wordsIn(killed).length >= words, { timeout: START_MS, interval: 5 });
      child.kill('SIGKILL');
      await once(child, 'exit');
      for (const [name, at] of kept) expect(statSync(fileOf(killed, name)).mtimeMs, name).toBe(at);
      for (const name of wordsIn(killed)) kept.set(name, statSync(fileOf(killed, name)).mtimeMs);
      expect(existsSync(join(killed.dir, 'explore', 'index.json'))).toBe(false);
    }
    expect(kept.size).toBeLessThan(WORDS.length);
    await index(killed);
    for (const [name, at] of kept) expect(statSync(fileOf(killed, name)).mtimeMs, name).toBe(at);
    expect(manifestOf(killed)).toEqual(manifestOf(whole));
    expect(await rowsOf(killed)).toEqual(await rowsOf(whole));
    for (const name of wordsIn(whole))
      expect(JSON.parse(readFileSync(fileOf(killed, name), 'utf8')), name).toEqual(
        JSON.parse(readFileSync(fileOf(whole, name), 'utf8')),
      );
    expect(readdirSync(join(killed.dir, 'explore'))).not.toContain('parts');
  }, 90_000);
});

describe.skipIf(!hasDuckDB)('a server with an index', () => {
  const data = dataDir();
  const server = useServer({ env: { EXPLORE_DATA: mixed.dir, DATA_DIR: data.dir } });
  afterAll(data.remove);
  const read = async <T>(path: string) => (await (await fetch(`${server.url}/api/explore/${path}`)).json()) as T;
  const drawings = async (more = '', from = 'quickdraw', name = word) =>
    (await read<ExplorePage>(`drawings?word=${encodeURIComponent(name)}&from=${from}${more}`)).drawings;
  const today = new Date().toISOString().slice(0, 10);

  beforeAll(async () => {
    data.donate(
      '2026-11-20.a.ndjson',
      donated('1'),
      donated('2'),
      donated('3', { passes: false }),
      donated('4'),
      donated('5').slice(0, 90),
    );
    data.donate(`${today}.a.ndjson`, donated('9'));
    data.list('deleted.txt', '4');
    await index(data);
  }, START_MS);

  test('says that it has one, and what the network makes of each word', async () => {
    expect(await read<ExploreWords>('words')).toMatchObject({ indexed: true });
    const { findings, drawings: shown } = await read<ExploreWord>(
      `word?word=${encodeURIComponent(word)}&from=quickdraw`,
    );
    const rows = (await rowsOf(data)).filter((row) => row.word === word);
    const held = rows.filter(({ key_id }) => isHeldOut(key_id as string));
    expect(findings!.drawings).toBe(rows.length);
    expect(shown).toBe(rows.filter((row) => row.shown).length);
    expect(findings!.passing).toBe(shown);
    expect(findings!.recognized.of).toBe(held.length);
    expect(findings!.kinds.length).toBeGreaterThan(1);
    expect(findings!.kinds.reduce((sum, kind) => sum + kind.drawings, 0)).toBe(rows.length);
    expect(findings!.kinds.reduce((sum, kind) => sum + kind.recognized.of, 0)).toBe(held.length);
    for (const [i, kind] of findings!.kinds.entries()) {
      const own = await drawings(`&kind=${i}`);
      expect(own).toHaveLength(rows.filter((row) => row.kind === i && row.shown).length);
      const keys = own.map(({ key }) => key);
      for (const { key } of kind.typical) expect(keys).toContain(key);
    }
    const all = await read<ExploreBiases>('biases?from=quickdraw');
    const everywhere = (await rowsOf(data)).filter(({ key_id }) => isHeldOut(key_id as string));
    expect(all.all.of).toBe(everywhere.length);
  });

  test(
    'has what players gave, today’s too; neither what was deleted nor what does not pass',
    async () => {
      const keys = async () => (await drawings('', 'here', 'square')).map(({ key }) => key).sort();
      expect(await keys()).toEqual(['1', '2', '9']);
      expect((await rowsOf(data, 'here')).map(({ key_id }) => key_id).sort()).toEqual(['1', '2', '3']);
      // What is deleted later is gone at once, and with the next index from its files.
      data.list('deleted.txt', '4', '2');
      await vi.waitFor(async () => expect(await keys()).toEqual(['1', '9']), 5000);
      await index(data);
      expect((await rowsOf(data, 'here')).map(({ key_id }) => key_id).sort()).toEqual(['1', '3']);
      expect(await keys()).toEqual(['1', '9']);
    },
    START_MS,
  );

  test('has the average pictures of a word and of its kinds', async () => {
    const rows = (await rowsOf(data)).filter((row) => row.word === word && row.shown);
    const of = (some: typeof rows) => averageOf(some.map(({ drawing }) => inkOf(readStrokes(drawing as string)!)));
    const path = `average?word=${encodeURIComponent(word)}&from=quickdraw`;
    const file = join(data.dir, 'explore/averages/quickdraw', `${fileName(word)}.json`);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Averages;
    expect(kept.all).toEqual(of(rows));
    expect(await read(path)).toEqual(kept.all);
    for (const [i, picture] of kept.kinds.entries()) {
      expect(picture).toEqual(of(rows.filter((row) => row.kind === i)));
      expect(await read(`${path}&kind=${i}`)).toEqual(picture);
    }
    // It is the index's that is served, and the word is not read for it.
    const marked = { ...kept.all, picture: kept.kinds[0]!.picture };
    writeFileSync(file, JSON.stringify({ ...kept, all: marked }));
    await index(data);
    await vi.waitFor(async () => expect(await read(path)).toEqual(marked), 5000);
    writeFileSync(file, JSON.stringify(kept));
  }, 60_000);

  test('shows nothing any more of what is hidden, in no view', async () => {
    const [first] = await drawings();
    const path = `word?word=${encodeURIComponent(word)}&from=quickdraw`;
    const seen = async () => JSON.stringify([await read(path), await drawings(), await drawings('&kind=0')]);
    expect(await seen()).toContain(first!.key);
    const average = (more = '') =>
      read<ExploreAverage>(`average?word=${encodeURIComponent(word)}&from=quickdraw${more}`);
    const before = await average();
    data.list('hidden.txt', first!.key);
    await vi.waitFor(async () => expect(await seen()).not.toContain(first!.key), 5000);
    const without = await average();
    expect(without.drawings).toBe(before.drawings - 1);
    expect(without.picture).not.toBe(before.picture);
    // As many as before, but others.
    const rest = (await rowsOf(data)).find((row) => row.word === word && !row.shown)!;
    data.list('approved.txt', rest.key_id as string);
    await vi.waitFor(async () => expect((await average()).drawings).toBe(before.drawings), 5000);
    expect((await average()).picture).not.toBe(before.picture);
    data.list('approved.txt');
    data.list('hidden.txt');
    await vi.waitFor(async () => expect(await seen()).toContain(first!.key), 5000);
  }, 20_000);

  test('shows what the operator approved', async () => {
    const keys = async () => (await drawings('', 'here', 'square')).map(({ key }) => key);
    const before = await keys();
    expect(before).not.toContain('3');
    data.list('approved.txt', '3');
    await vi.waitFor(async () => expect((await keys()).sort()).toEqual(['3', ...before].sort()), 5000);
    data.list('approved.txt');
    await vi.waitFor(async () => expect(await keys()).toEqual(before), 5000);
  }, 20_000);

  test(
    'one of another version is not read, and made anew',
    async () => {
      const before = (await drawings()).map(({ key }) => key);
      const table = join(data.dir, 'explore/quickdraw.parquet');
      await withDuckDB(data.dir, async (all) => {
        await all(`COPY (SELECT * EXCLUDE offered FROM read_parquet('${table}')) TO '${table}.old' (FORMAT parquet)`);
      });
      renameSync(`${table}.old`, table);
      const file = join(data.dir, 'explore/index.json');
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), version: 1 }));
      await vi.waitFor(async () => expect(await read('words')).toMatchObject({ indexed: false }), 5000);
      expect((await drawings()).length).toBeGreaterThan(0);
      await index(data);
      await vi.waitFor(async () => expect((await drawings()).map(({ key }) => key)).toEqual(before), 5000);
    },
    START_MS,
  );

  test('serves the old one while a new one is made', async () => {
    const child = start(data, '--replays', '3');
    let isOver = false;
    child.once('exit', () => {
      isOver = true;
    });
    let asked = 0;
    while (!isOver) {
      expect((await read<ExploreWords>('words')).indexed).toBe(true);
      expect((await drawings()).length).toBeGreaterThan(0);
      asked++;
      await wait(50);
    }
    expect(child.exitCode).toBe(0);
    expect(asked).toBeGreaterThan(5);
    expect((await drawings()).length).toBeGreaterThan(0);
  }, 60_000);
});
