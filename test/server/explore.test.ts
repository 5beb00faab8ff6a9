/** /api/explore on a real server, with the real DuckDB in its process: what it answers, what it keeps back, and how it fails. */
import { mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import express from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { exploreApi } from '../../server/edge/explore.ts';
import { Address } from '../../server/edge/address-book.ts';
import { openDatabase, SlowQuery } from '../../server/explore/database.ts';
import type { Explorer } from '../../server/explore/explorer.ts';
import { createExplorer } from '../../server/explore/explorer.ts';
import { readStrokes } from '../../server/explore/strokes.ts';
import { createLog } from '../../server/log.ts';
import type { ExploreAverage, ExplorePage, ExploreWord, ExploreWords } from '../../shared/explore.ts';
import { type DataDir, dataDir, donated, hasDuckDB, quickdrawFolder } from '../support/explore.ts';
import { clearest } from '../support/known.ts';
import { penPause } from '../support/pen.ts';
import { closeAll, create, eraseAll, join as joinRoom, phase, stroke } from '../support/player.ts';
import { SAMPLE } from '../support/quickdraw.ts';
import { useServer } from '../support/server.ts';

/** It looks at its folders once a second, and what is hidden must be gone within 5 s. */
const SOON = { timeout: 4_000, interval: 200 };

const TOKEN = 'a token of sixteen or more';

describe.skipIf(!hasDuckDB)('drawings to explore', () => {
  const data = dataDir();
  data.donate(
    '2026-11-27.a.ndjson',
    donated('1', { countrycode: 'DE' }),
    donated('2', { gallery: false, data: true, language: 'ja' }),
    donated('3', { passes: false }),
    donated('4', { gallery: false }),
    '{"word":"square","key_id":5}',
    'no json at all',
    donated('6', { drawing: 'nonsense' }),
    donated('7'),
    donated('8').slice(0, 60),
  );
  const env = { EXPLORE_DATA: SAMPLE, DATA_DIR: data.dir, OPERATOR_TOKEN: TOKEN, TRUSTED_HOPS: '1' };
  const server = useServer({ env });
  afterAll(data.remove);

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/explore/${path}`, { headers });
  const read = async <T>(path: string) => (await (await ask(path)).json()) as T;
  const keys = async (path: string) => (await read<ExplorePage>(path)).drawings.map(({ key }) => key);

  const plain = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      get(`${server.url}/api/explore/${path}`, { headers }, (response) => {
        let body = '';
        response.on('data', (part) => {
          body += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      }).on('error', reject);
    });

  test('lists the words of both origins', async () => {
    const { words, origins, indexed } = await read<ExploreWords>('words');
    expect(origins).toEqual(['quickdraw', 'here']);
    expect(indexed).toBe(false);
    expect(words.find(({ word }) => word === 'cat')).toEqual({ word: 'cat', origins: { quickdraw: null } });
    expect(words.find(({ word }) => word === 'square')).toEqual({ word: 'square', origins: { here: 4 } });
  });

  test('shows donated drawings that pass the gate and may be seen, the newest first; torn and broken lines are left out', async () => {
    expect(await keys('drawings?word=square&from=here')).toEqual(['7', '2', '1']);
    expect(await keys('drawings?word=square&from=here&country=DE')).toEqual(['1']);
    expect(await keys('drawings?word=square&from=here&language=ja')).toEqual(['2']);
    const { drawings } = await read<ExplorePage>('drawings?word=square&from=here');
    expect(drawings[2]).toEqual({
      key: '1',
      country: 'DE',
      language: 'de',
      strokes: [
        [
          [0, 255, 255, 0, 0],
          [0, 0, 255, 255, 0],
        ],
      ],
    });
  });

  test('shows Google’s drawings page by page, and what they have in common', async () => {
    const word = await read<ExploreWord>('word?word=cat&from=quickdraw');
    expect(word).toMatchObject({ word: 'cat', drawings: 12, findings: null });
    const page = await read<ExplorePage>('drawings?word=cat&from=quickdraw');
    expect(page).toMatchObject({ total: 12 });
    expect(new Set(page.drawings.map(({ key }) => key)).size).toBe(12);
    expect((await read<ExplorePage>('drawings?word=cat&from=quickdraw&page=1')).drawings).toEqual([]);
    const average = await read<ExploreAverage>('average?word=cat&from=quickdraw');
    const bytes = Buffer.from(average.picture, 'base64');
    expect(average.drawings).toBe(12);
    expect(bytes.length).toBe(64 * 64);
    expect(Math.max(...bytes)).toBeGreaterThan(60);
  });

  test('hides what is hidden or deleted within seconds, Google’s drawings too, and shows it again', async () => {
    const [first, second] = await keys('drawings?word=cat&from=quickdraw');
    data.list('hidden.txt', first!, '7', '1');
    data.list('deleted.txt', second!);
    await vi.waitFor(async () => {
      expect(await keys('drawings?word=square&from=here')).toEqual(['2']);
      expect(await keys('drawings?word=square&from=here&country=DE')).toEqual([]);
      // The second is the broken one, which SQL counts.
      expect(await read<ExploreWord>('word?word=square&from=here')).toMatchObject({ drawings: 2, countries: [] });
      expect(await read<ExploreAverage>('average?word=square&from=here')).toMatchObject({ drawings: 1 });
      expect(await keys('drawings?word=cat&from=quickdraw')).toHaveLength(10);
    }, SOON);
    expect(await keys('drawings?word=cat&from=quickdraw')).not.toContain(first);
    data.list('hidden.txt');
    data.list('deleted.txt');
    await vi.waitFor(async () => expect(await keys('drawings?word=square&from=here')).toEqual(['7', '2', '1']), SOON);
  });

  test('shows what the operator approved although the gate does not take it, if its drawer lets it be seen', async () => {
    data.list('approved.txt', '3', '4');
    await vi.waitFor(
      async () => expect(await keys('drawings?word=square&from=here')).toEqual(['7', '3', '2', '1']),
      SOON,
    );
    data.list('hidden.txt', '3');
    await vi.waitFor(async () => expect(await keys('drawings?word=square&from=here')).toEqual(['7', '2', '1']), SOON);
    data.list('hidden.txt');
    data.list('approved.txt');
    await vi.waitFor(async () => expect(await keys('drawings?word=square&from=here')).toEqual(['7', '2', '1']), SOON);
  });

  test('a report waits for the operator, and enough of them hide a drawing, Google’s too', async () => {
    const visitor = async () => (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]!;
    const report = async (body: object, n: number, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/api/explore/report`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `192.0.2.${n}`, ...headers },
        body: JSON.stringify(body),
      });
    const cookies = await Promise.all(Array.from({ length: 3 }, visitor));
    const waiting = async () =>
      (await fetch(`${server.url}/api/moderation/keys`, { headers: { Authorization: `Bearer ${TOKEN}` } })).json();
    const [google] = await keys('drawings?word=cat&from=quickdraw');
    const path = { here: 'drawings?word=square&from=here', quickdraw: 'drawings?word=cat&from=quickdraw' };
    for (const [from, word, key] of [
      ['here', 'square', '2'],
      ['quickdraw', 'cat', google!],
    ] as const) {
      const about = { word, from, key, reason: 'indecent' };
      for (const n of [0, 1]) expect((await report(about, n, { Cookie: cookies[n]! })).status).toBe(200);
      expect((await report(about, 1, { Cookie: cookies[1]! })).status).toBe(200);
      expect(await waiting()).toContainEqual({ key, reports: ['indecent', 'indecent'], isHidden: false });
      expect(await keys(path[from])).toContain(key);
      expect((await report(about, 2, { Cookie: cookies[2]! })).status).toBe(200);
      await vi.waitFor(async () => expect(await keys(path[from])).not.toContain(key), SOON);
      // What nobody sees cannot be reported.
      expect((await report(about, 2, { Cookie: cookies[2]! })).status).toBe(404);
      const decide = (decision: string) =>
        fetch(`${server.url}/api/moderation/keys/${key}`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
          body: JSON.stringify({ decision }),
        });
      expect((await decide('delete')).status).toBe(400);
      expect((await decide('unhide')).status).toBe(200);
      await vi.waitFor(async () => expect(await keys(path[from])).toContain(key), SOON);
      expect(await waiting()).toEqual([]);
    }
    const about = { word: 'square', from: 'here', key: '2', reason: 'other' };
    const Cookie = cookies[0]!;
    expect((await report(about, 0)).status).toBe(403);
    // What the server itself asks before, no page may ask.
    expect((await fetch(`${server.url}/api/explore/shows?word=square&from=here&key=2`)).status).toBe(404);
    expect((await report(about, 0, { Cookie, Origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await report({ ...about, key: '3' }, 0, { Cookie })).status).toBe(404);
    expect((await report({ ...about, word: 'dragon' }, 0, { Cookie })).status).toBe(404);
    for (const wrong of [{}, { reason: 'ugly' }, { key: 2 }, { key: 'x' }, { more: 1 }, { from: 'elsewhere' }])
      expect((await report(Object.keys(wrong).length ? { ...about, ...wrong } : {}, 0, { Cookie })).status).toBe(400);
    const statuses: number[] = [];
    while (statuses.length < 40 && !statuses.includes(429)) statuses.push((await report(about, 0, { Cookie })).status);
    expect(statuses).toContain(429);
    expect((await waiting())[0]).toEqual({ key: '2', reports: ['other'], isHidden: false });
  });

  test('a browser that has an answer is told that it holds, until something changes', async () => {
    const response = await ask('drawings?word=cat&from=quickdraw');
    const etag = response.headers.get('etag')!;
    expect(response.headers.get('cache-control')).toBe('private, no-cache');
    expect(response.headers.get('x-robots-tag')).toBe('noindex');
    // fetch would ask for a new one.
    const again = () => plain('drawings?word=cat&from=quickdraw', { 'if-none-match': etag });
    expect((await again()).status).toBe(304);
    data.list('hidden.txt', '999');
    await vi.waitFor(async () => expect((await again()).status).toBe(200), SOON);
  });

  test('somebody who takes no gzip gets it plain', async () => {
    const { body } = await plain('words', { 'accept-encoding': 'identity' });
    expect(JSON.parse(body).words.length).toBeGreaterThan(40);
  });

  test.each([
    ['word', 400],
    ['word?word=cat', 400],
    ['word?word=cat&from=elsewhere', 400],
    ['word?word=cat&word=dog&from=quickdraw', 400],
    [`word?word=${'x'.repeat(61)}&from=quickdraw`, 400],
    ['word?word=%00&from=quickdraw', 400],
    ['drawings?word=cat&from=quickdraw&page=-1', 400],
    ['drawings?word=cat&from=quickdraw&page=1e3', 400],
    ['drawings?word=cat&from=quickdraw&page[]=1', 400],
    ["drawings?word=cat&from=quickdraw&country=D'", 400],
    ['drawings?word=cat&from=quickdraw&kind=99', 400],
    ["word?word=cat' OR 1=1--&from=quickdraw", 404],
    ['word?word=../../../etc/passwd&from=quickdraw', 404],
    ['word?word=nonsense&from=here', 404],
    ['biases?from=quickdraw', 404],
    ['constructor?word=cat', 404],
    ['sql?query=SELECT', 404],
  ])('%s is refused', async (path, status) => {
    const response = await ask(path);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toMatch(/^(malformed|no-word|no-index|not found)$/);
  });
});

describe.skipIf(!hasDuckDB)('the explorer’s process', () => {
  let dir: string;
  let data: DataDir;
  let explorer: Explorer;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'explore-'));
    quickdrawFolder(dir, 'line', 20_000);
    data = dataDir();
  });
  afterEach(() => explorer?.close());
  afterAll(() => {
    rmSync(dir, { recursive: true });
    data.remove();
  });
  const open = (options: Partial<Parameters<typeof createExplorer>[0]> = {}) => {
    explorer = createExplorer({
      mode: 'auto',
      folders: { quickdraw: dir, data: data.dir },
      log: createLog('silent'),
      ...options,
    });
    return explorer;
  };
  const drawings = (page = 0) => explorer.ask({ ask: 'drawings', word: 'line', from: 'quickdraw', page });

  test('starts with the first query, and ends when nobody asks', async () => {
    open({ idleMs: 300 });
    await explorer.version();
    expect(explorer.pid()).toBe(undefined);
    await drawings();
    expect(explorer.pid()).toBeGreaterThan(0);
    await vi.waitFor(() => expect(explorer.pid()).toBe(undefined), 3_000);
    await drawings();
    expect(explorer.starts()).toBe(2);
  });

  test('killed in the middle of queries, it fails those that run and starts again for those that wait', async () => {
    open();
    await drawings();
    // A process that stands still answers nothing meanwhile.
    process.kill(explorer.pid()!, 'SIGSTOP');
    const asked = Array.from({ length: 12 }, (_, i) =>
      drawings(i + 1).then(
        () => 'answered',
        (reason: Error) => reason.message,
      ),
    );
    // Time for two of them to be sent.
    await explorer.version();
    await setTimeout(50);
    process.kill(explorer.pid()!, 'SIGKILL');
    const answers = await Promise.all(asked);
    expect(new Set(answers)).toEqual(new Set(['unavailable', 'answered']));
    expect(answers.filter((answer) => answer === 'unavailable').length).toBeLessThanOrEqual(2);
    expect(explorer.starts()).toBe(2);
  });

  test('a process that dies again and again keeps nobody waiting, and is tried again', async () => {
    open({ limitMs: 1_500 });
    const asked = drawings().catch((reason: Error) => reason.message);
    // The fourth pause is longer than the limit.
    for (let death = 0; death < 4; death++) {
      const pid = await vi.waitUntil(() => explorer.pid(), { timeout: 3_000, interval: 5 });
      process.kill(pid, 'SIGKILL');
      await vi.waitUntil(() => explorer.pid() === undefined, { interval: 5 });
    }
    expect(await asked).toBe('unavailable');
    const since = performance.now();
    await expect(drawings()).rejects.toMatchObject({ why: 'unavailable' });
    expect(performance.now() - since).toBeLessThan(200);
    await vi.waitFor(drawings, { timeout: 10_000, interval: 200 });
    expect(explorer.starts()).toBe(5);
  }, 20_000);

  test('refuses more queries than can wait', async () => {
    open();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        drawings(i).then(
          () => 'answered',
          (reason: Error) => reason.message,
        ),
      ),
    );
    expect(answers.filter((answer) => answer === 'busy').length).toBeGreaterThan(0);
    expect(answers.filter((answer) => answer === 'answered').length).toBeGreaterThanOrEqual(40);
  });

  test('interrupts a query that takes too long, and answers the next', async () => {
    open({ limitMs: 0 });
    await expect(drawings()).rejects.toMatchObject({ why: 'slow' });
    const database = await openDatabase({ folders: [dir], connections: 1, limitMs: 300, memory: '64MB' });
    const since = performance.now();
    await expect(database.all('SELECT count(*) FROM range(1000000) a, range(1000000) b')).rejects.toBeInstanceOf(
      SlowQuery,
    );
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await database.all('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    database.close();
  });

  test('reads no other file, and its settings are locked', async () => {
    const database = await openDatabase({ folders: [dir], connections: 1, limitMs: 3_000, memory: '64MB' });
    for (const sql of [
      "SELECT * FROM read_text('/etc/hostname')",
      `SELECT * FROM read_text('${dir}/../../etc/hostname')`,
      'SET enable_external_access = true',
      "SET allowed_directories = ['/']",
      'SET threads = 8',
      'INSTALL httpfs',
    ])
      await expect(database.all(sql), sql).rejects.toThrow();
    database.close();
  });

  test('is not there if it is turned off, or if there is nothing to explore', async () => {
    open({ mode: 'off' });
    expect(await explorer.version()).toBe(undefined);
    await expect(drawings()).rejects.toMatchObject({ why: 'off' });
    open({ folders: {} });
    await expect(drawings()).rejects.toMatchObject({ why: 'off' });
    expect(explorer.isOpen()).toBe(false);
    expect(explorer.starts()).toBe(0);
  });

  test('is there once the first drawing was donated, even if nobody asked for it before', async () => {
    const own = dataDir();
    open({ folders: { data: own.dir } });
    await setTimeout(100);
    expect(explorer.isOpen()).toBe(false);
    own.donate('2025-01-20.a.ndjson', donated('1'));
    await vi.waitFor(() => expect(explorer.isOpen()).toBe(true), SOON);
    own.remove();
  });
});

describe.skipIf(!hasDuckDB)('a race beside explorers', () => {
  const server = useServer({ env: { EXPLORE_DATA: SAMPLE } });
  afterAll(closeAll);

  /** The explorer's, if it runs: no other child of this process has its name. */
  const explorers = (): number[] =>
    spawnSync('pgrep', ['-P', `${process.pid}`, '-f', 'explore/child'])
      .stdout.toString()
      .split('\n')
      .filter(Boolean)
      .map(Number);

  test('does not notice that their process is killed again and again', async () => {
    const ann = await create(server.url, 'Ann', { rounds: 1, seconds: 60 });
    const bob = await joinRoom(server.url, ann.code!, 'Bob');
    await ann.ask('start', {});
    const { prompt } = await phase(ann, 'drawing');
    const [own, other] = await clearest(server.recognizer, prompt);
    const query = () => fetch(`${server.url}/api/explore/drawings?word=cat&from=quickdraw`);
    let isOver = false;
    let kills = 0;
    const killing = (async () => {
      while (!isOver) {
        await query();
        for (const pid of explorers()) {
          process.kill(pid, 'SIGKILL');
          kills++;
        }
      }
    })();
    // Both draw for a while before what is recognized.
    const drawn = [own!, other!].map(async ({ strokes }, i) => {
      const player = [ann, bob][i]!;
      for (let n = 0; n < 40 || kills < 2; n++) {
        stroke(player, [n * 5, 10, n * 5 + 4, 12]);
        player.send();
        await penPause(40);
      }
      eraseAll(player);
      for (const line of strokes) {
        stroke(player, line);
        player.send();
        await penPause(40);
      }
    });
    await Promise.all(drawn);
    const { results } = await phase(ann, 'podium', 20_000);
    isOver = true;
    await killing;
    expect(kills).toBeGreaterThan(1);
    expect(results[0]!.recognized).toHaveLength(2);
    await vi.waitFor(async () => expect((await query()).status).toBe(200), 15_000);
  }, 60_000);
});

test('an address that asks too often is refused, and its commands of the game are not', async () => {
  const address = new Address('192.0.2.1', 'a key', { consume: vi.fn() });
  const web = express().use(
    exploreApi({
      ...{ explorer: { ask: vi.fn(), version: vi.fn() }, keys: { report: vi.fn() }, reporters: { admit: vi.fn() } },
      ...{ origins: { isAllowed: () => true }, connections: { asker: () => address } },
    }),
  );
  const http = web.listen(0, '127.0.0.1');
  await once(http, 'listening');
  while (address.allows('explore'));
  const response = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/api/explore/words`);
  expect(response.status).toBe(429);
  expect(await response.json()).toEqual({ error: 'too-often' });
  expect(['chunk', 'create', 'start'].every((command) => address.allows(command))).toBe(true);
  http.close();
});

test('a drawing in either format becomes strokes on 0..255; what is none becomes nothing', () => {
  expect(readStrokes('[[[0,10],[0,255]]]')).toEqual([
    [
      [0, 10],
      [0, 255],
    ],
  ]);
  expect(readStrokes('[[[100,200,300],[50,50.4,50],[0,1,2]]]')).toEqual([
    [
      [0, 255],
      [0, 0],
    ],
  ]);
  // As Google's, a dot is two equal points.
  expect(readStrokes('[[[7],[9],[0]]]')).toEqual([
    [
      [0, 0],
      [0, 0],
    ],
  ]);
  for (const text of [
    '',
    '{}',
    '[]',
    '[[]]',
    '[[[1],[]]]',
    '[[[1],[2,3]]]',
    '[[["a"],[1]]]',
    '[[[null],[1]]]',
    '[[[1]]]',
  ])
    expect(readStrokes(text), text).toBe(undefined);
});
