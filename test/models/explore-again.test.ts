/** An index that is made again: what a stopped run left, what has expired meanwhile, and folders without drawings. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeIndex } from '../../models/explore/index.ts';
import type { Network } from '../../models/explore/network.ts';
import { openNetwork } from '../../models/explore/network.ts';
import { withDuckDB } from '../../models/explore/table.ts';
import { isHeldOut } from '../../models/train/dataset.ts';
import { readAnswers } from '../../server/explore/answers.ts';
import type { Database } from '../../server/explore/database.ts';
import { literal, openDatabase } from '../../server/explore/database.ts';
import type { ExplorePage, ExploreWord, ExploreWords, Origin } from '../../shared/explore.ts';
import { type DataDir, dataDir, donated, hasDuckDB } from '../support/explore.ts';
import { SAMPLE, SAMPLE_WORDS } from '../support/quickdraw.ts';

const linesOf = (word: string): { key_id: string; drawing: number[][][] }[] =>
  readFileSync(join(SAMPLE, 'simplified', `${word}.ndjson`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.skipIf(!hasDuckDB)('an index that is made again', () => {
  let network: Network;
  let data: DataDir;
  let database: Database;
  beforeAll(async () => {
    network = await openNetwork();
    data = dataDir();
    database = await openDatabase({ folders: [SAMPLE, data.dir], connections: 1, limitMs: 10_000, memory: '128MB' });
  }, 30_000);
  afterAll(() => {
    database?.close();
    network?.close();
    data?.remove();
  });

  const index = (options: Partial<Parameters<typeof makeIndex>[0]> = {}) =>
    makeIndex({ folders: { data: data.dir }, network, replays: 0, progress: () => {}, ...options });
  const fileOf = (...path: string[]) => join(data.dir, 'explore', ...path);
  const rowsOf = (origin: Origin) =>
    withDuckDB(data.dir, (all) => all(`SELECT * FROM read_parquet(${literal(fileOf(`${origin}.parquet`))})`));

  test('of a few words loses nothing of a run that was stopped, and the next one repeats nothing', async () => {
    const folders = { quickdraw: SAMPLE, data: data.dir };
    const all = SAMPLE_WORDS.slice(0, 4);
    const [first, second, third] = all;
    const stop = (done: number) => {
      if (done === 2) throw new Error('stopped');
    };
    await expect(index({ folders, only: new Set(all), progress: stop })).rejects.toThrow('stopped');
    const madeAt = (word: string) => statSync(fileOf('words', 'quickdraw', `${word}.json`)).mtimeMs;
    const before = [madeAt(first!), madeAt(second!)];
    const { origins } = await index({ folders, only: new Set([third!]) });
    const heldOut = [first, second, third].flatMap((word) => linesOf(word!)).filter(({ key_id }) => isHeldOut(key_id));
    expect(origins.quickdraw!.biases.all.of).toBe(heldOut.length);
    await index({ folders, only: new Set(all) });
    expect([madeAt(first!), madeAt(second!)]).toEqual(before);
    const rows = await rowsOf('quickdraw');
    for (const word of all) expect(rows.filter((row) => row.word === word).length, word).toBe(linesOf(word).length);
  }, 30_000);

  test('keeps what it knows of Google’s drawings when only donated ones are indexed', async () => {
    await index({ folders: { quickdraw: SAMPLE, data: data.dir }, only: new Set(SAMPLE_WORDS.slice(0, 1)) });
    data.donate('2025-01-20.a.ndjson', donated('1'));
    const { origins } = await index();
    expect(Object.keys(origins).sort()).toEqual(['here', 'quickdraw']);
  });

  describe('of donated drawings', () => {
    const answers = () => readAnswers({ data: data.dir }, database);
    const keys = async () => {
      const { drawings } = (await (
        await answers()
      )({ ask: 'drawings', word: 'cat', from: 'here', page: 0 })) as ExplorePage;
      return drawings.map(({ key }) => key);
    };
    const typical = async () => {
      const { findings } = (await (await answers())({ ask: 'word', word: 'cat', from: 'here' })) as ExploreWord;
      return findings!.kinds.flatMap((kind) => kind.typical.map(({ key }) => key));
    };
    /** Of an old day and a newer one: cats, with other drawings that the network finds to be of another kind. */
    const give = (name: string, at: number) =>
      data.donate(
        name,
        ...[...linesOf('cat'), ...linesOf('bicycle'), ...linesOf('cat')].map(({ drawing }, i) =>
          donated(`${at + i}`, { word: 'cat', drawing }),
        ),
      );
    const isOld = (key: string) => Number(key) < 200;

    beforeAll(async () => {
      rmSync(join(data.dir, 'donated', '2025-01-20.a.ndjson'), { force: true });
      give('2025-01-20.b.ndjson', 100);
      give('2025-01-21.c.ndjson', 200);
      await index();
    }, 30_000);

    test('shows nothing of a file that has expired since, and the next one has nothing of it', async () => {
      for (const shown of [await keys(), await typical()]) {
        expect(shown.filter(isOld).length).toBeGreaterThan(5);
        expect(shown.filter((key) => !isOld(key)).length).toBeGreaterThan(5);
      }
      rmSync(join(data.dir, 'donated', '2025-01-20.b.ndjson'));
      for (const shown of [await keys(), await typical()]) {
        expect(shown.filter(isOld)).toEqual([]);
        expect(shown.length).toBeGreaterThan(5);
      }
      await index();
      const rows = await rowsOf('here');
      expect(rows.filter(({ key_id }) => isOld(key_id as string))).toEqual([]);
      expect(rows.length).toBeGreaterThan(0);
    });

    test('shows no drawing twice before it is finished', async () => {
      const before = readFileSync(fileOf('index.json'));
      give('2025-01-22.d.ndjson', 300);
      const shown = (await keys()).sort();
      await index();
      // As between the table, which is replaced first, and what the index says of itself.
      writeFileSync(fileOf('index.json'), before);
      expect((await keys()).sort()).toEqual(shown);
      await index();
      const last = await keys();
      expect(new Set(last).size).toBe(last.length);
      expect(last.some((key) => Number(key) >= 300)).toBe(true);
    });

    test('leaves nothing when all files have expired', async () => {
      for (const name of ['2025-01-21.c.ndjson', '2025-01-22.d.ndjson']) rmSync(join(data.dir, 'donated', name));
      expect(((await (await answers())({ ask: 'words' })) as ExploreWords).origins).not.toContain('here');
      const { origins } = await index();
      expect(origins.here).toBe(undefined);
      expect([fileOf('here.parquet'), fileOf('words', 'here')].filter(existsSync)).toEqual([]);
    });
  });

  test('needs drawings', async () => {
    await expect(index({ folders: { quickdraw: join(data.dir, 'nothing'), data: data.dir } })).rejects.toThrow(
      'no drawings here',
    );
    const empty = dataDir();
    await expect(index({ folders: { data: empty.dir } })).rejects.toThrow('no drawings to index');
    empty.remove();
  });
});
