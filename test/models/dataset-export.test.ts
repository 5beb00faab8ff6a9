/** `npm run export`: from the segments of a server to Quick, Draw!'s layout, and from there into the trainer. */
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { bitmapOf } from '../../models/export/bitmap.ts';
import type { Donation } from '../../shared/donation.ts';
import { simplify } from '../../shared/simplify.ts';
import { presets } from '../../models/train/config.ts';
import { foldersOf, isHeldOut, parseDrawing } from '../../models/train/dataset.ts';
import { trainingSet } from '../../models/train/epoch.ts';
import { BOARD } from '../../shared/ink.ts';
import { mountSmall, resize, unmount } from '../support/disk.ts';
import { writeDataset } from '../support/dataset.ts';
import { writeDonations } from '../support/donations.ts';
import { SAMPLE } from '../support/quickdraw.ts';

const duckdb = await import('@duckdb/node-api').catch(() => null);
const root = new URL('../..', import.meta.url).pathname;
const COMMAND = ['--import', 'tsx', 'models/export/export.ts'];
const env = { ...process.env, DATA_DIR: '', EXPORT_LICENSE: '' };
const run = (...args: string[]) => promisify(execFile)(process.execPath, [...COMMAND, ...args], { cwd: root, env });

/** Real raw drawings, with whole coordinates on the board. */
const drawings = readdirSync(join(SAMPLE, 'raw')).flatMap((name) =>
  readFileSync(join(SAMPLE, 'raw', name), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line, i) => parseDrawing(line, name, i + 1)),
);

/** A donation of the nth drawing of the sample. */
function donation(n: number, changes: Partial<Donation> = {}): Donation {
  const { word, ink, times } = drawings[n]!;
  return {
    word,
    countrycode: 'ZZ',
    timestamp: '2026-11-20 00:00:00.00000 UTC',
    recognized: true,
    key_id: String(10n ** 18n + BigInt(n)),
    drawing: ink.strokes.map((stroke, s) => [
      stroke.filter((_, i) => i % 2 === 0),
      stroke.filter((_, i) => i % 2 === 1),
      times![s]!.map((t) => t - times![0]![0]! + 700),
    ]),
    guesses: [[900, [[word, 0.5]]]],
    recognizedAt: 2700,
    seconds: 20,
    model: '0123456789abcdef',
    engine: 'native',
    language: 'de',
    reads: 0.9,
    passes: true,
    gallery: false,
    data: true,
    training: true,
    ...changes,
  };
}

let dir: string;
let out: string;
let dataDir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'export-'));
  out = join(dir, 'out');
  dataDir = join(dir, 'data');
});

const linesOf = (format: string, word: string): Record<string, unknown>[] =>
  readFileSync(join(out, format, `${word}.ndjson`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const keysIn = (folder: string): string[] =>
  readdirSync(join(folder, 'raw'))
    .flatMap((name) => readFileSync(join(folder, 'raw', name), 'utf8').match(/(?<="key_id":")\d+/g)!)
    .sort();

describe('npm run export', () => {
  test("writes Quick, Draw!'s layout with our fields, a data card and checksums", async () => {
    const given = drawings.map((_, n) => donation(n, n % 3 === 0 ? { training: false } : {}));
    writeDonations(dataDir, given.slice(0, 9), 'a');
    writeDonations(dataDir, given.slice(9), 'b');
    // A process that lost its answer wrote one twice.
    writeDonations(dataDir, [given[4]!], 'b');
    const { stdout, stderr } = await run('--out', out, '--data', dataDir, '--license', 'CC BY 4.0');
    expect(stdout).toContain(`${given.length} drawings of`);
    expect(stderr).toContain('writing: 100 %');
    expect(keysIn(out)).toEqual(given.map(({ key_id }) => key_id).sort());
    for (const { word, key_id, drawing, training } of given) {
      const raw = linesOf('raw', word).find((line) => line.key_id === key_id)!;
      expect(Object.keys(raw).slice(0, 6)).toEqual([
        'word',
        'countrycode',
        'timestamp',
        'recognized',
        'key_id',
        'drawing',
      ]);
      expect(raw).toMatchObject({ startedAt: 700, recognizedAt: 2000, guesses: [[200, [[word, 0.5]]]], training });
      expect(raw.drawing).toEqual(drawing.map(([xs, ys, ts]) => [xs, ys, ts!.map((t) => t - 700)]));
      const simplified = linesOf('simplified', word);
      expect(simplified.map((line) => line.key_id)).toEqual(linesOf('raw', word).map((line) => line.key_id));
      const row = simplified.findIndex((line) => line.key_id === key_id);
      expect(simplified[row]).toMatchObject({ drawing: simplify(drawing), training, language: 'de' });
      expect(simplified[row]).not.toHaveProperty('guesses');
      const npy = readFileSync(join(out, 'numpy_bitmap', `${word}.npy`));
      const header = 10 + npy.readUInt16LE(8);
      expect(header % 64).toBe(0);
      expect(npy.toString('latin1', 0, header)).toContain(`'shape': (${simplified.length}, 784)`);
      const pixels = npy.subarray(header + 784 * row, header + 784 * (row + 1));
      expect(pixels.equals(bitmapOf(simplify(drawing)))).toBe(true);
    }
    const card = readFileSync(join(out, 'README.md'), 'utf8');
    expect(card).toContain('**License: CC BY 4.0**');
    expect(card).toContain(`| de | ${given.length} |`);
    const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trim().split('\n');
    for (const line of sums) {
      const [sum, name] = line.split('  ');
      const hash = createHash('sha256').update(readFileSync(join(out, name!)));
      expect(hash.digest('hex'), name).toBe(sum);
    }
    expect(sums.some((line) => line.endsWith('README.md'))).toBe(true);
  }, 60_000);

  test('leaves out what is not allowed, does not pass, is deleted, hidden, earlier, or broken', async () => {
    const wanted = donation(0);
    writeDonations(dataDir, [
      wanted,
      donation(1, { data: false }),
      donation(2, { passes: false }),
      donation(3),
      donation(4),
      donation(5, { timestamp: '2026-11-19 00:00:00.00000 UTC' }),
      // Approved, but one of them was hidden since, one deleted, and one is no open data.
      ...[8, 9, 10].map((n) => donation(n, { passes: false })),
      donation(11, { passes: false, data: false }),
    ]);
    const approved = [8, 9, 10, 11].map((n) => `${donation(n).key_id}\n`).join('');
    writeFileSync(join(dataDir, 'approved.txt'), `${approved}-${donation(2).key_id}\n`);
    writeFileSync(join(dataDir, 'deleted.txt'), `${donation(3).key_id}\n${donation(10).key_id}\n`);
    writeFileSync(join(dataDir, 'hidden.txt'), `${donation(4).key_id}\n7\n-7\n${donation(9).key_id}\n`);
    const segment = join(dataDir, 'donated', '2026-11-20.z.ndjson');
    const bad = [
      '{"word":"cat"}',
      JSON.stringify(donation(6, { word: '../../etc/cat' })),
      JSON.stringify(donation(6, { key_id: '18446744073709551616' })),
      JSON.stringify(
        donation(6, {
          drawing: [
            [
              [0, BOARD + 1],
              [0, 0],
              [0, 1],
            ],
          ],
        }),
      ),
    ];
    const torn = JSON.stringify(donation(7)).slice(0, 200);
    writeFileSync(segment, `${bad.join('\n')}\n${torn}`);
    const { stderr } = await run('--out', out, '--data', dataDir, '--license', 'x', '--since', '2026-11-20');
    expect(keysIn(out)).toEqual([wanted, donation(8)].map(({ key_id }) => key_id));
    expect(stderr).toContain(`${segment}:1: skipped: no countrycode`);
    expect(stderr).toContain(`${segment}:2: skipped: "../../etc/cat" is no word`);
    expect(stderr).toContain(`${segment}:3: skipped: "18446744073709551616" is no key_id`);
    expect(stderr).toContain(`${segment}:4: skipped: a stroke`);
    expect(stderr).toContain(`${segment}:5: skipped: the last line is torn`);
    expect(readFileSync(join(out, 'deleted.txt'), 'utf8').trim().split('\n').sort()).toEqual(
      [3, 4, 9, 10].map((n) => donation(n).key_id).sort(),
    );
    // What may be trained on but is no open data goes into an export for the operator alone.
    const own = join(dir, 'own');
    await run('--out', own, '--data', dataDir, '--training');
    expect(keysIn(own)).toEqual(
      [0, 1, 5, 8, 11]
        .map((n) => donation(n))
        .map(({ key_id }) => key_id)
        .sort(),
    );
    expect(readFileSync(join(own, 'README.md'), 'utf8')).toContain('Do not publish it');
  }, 60_000);

  test('refuses without a license, with a wrong day, with nothing to export, and over anything but an export', async () => {
    writeDonations(dataDir, [donation(0)]);
    const fails = (...args: string[]) =>
      run(...args).then(
        () => expect.fail('it went on'),
        (error: { stderr: string }) => error.stderr,
      );
    const from = ['--out', out, '--data', dataDir];
    expect(await fails(...from)).toContain('Choose a license');
    expect(await fails(...from, '--license', 'x', '--since', '2026-02-31')).toContain('--since takes a day');
    expect(await fails(...from, '--license', 'x', '--since', '2026-12-01')).toContain('there is no drawing to export');
    mkdirSync(out);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    expect(await fails(...from, '--license', 'x')).toContain('holds something else than an export');
    expect(readdirSync(dir).sort()).toEqual(['data', 'out']);
    expect(readdirSync(out)).toEqual(['mine.txt']);
  }, 60_000);

  test('an interrupted export leaves the last one whole, and the next one replaces it', async () => {
    writeDonations(dataDir, [donation(0)]);
    const args = ['--out', out, '--data', dataDir, '--license', 'x'];
    await run(...args);
    const before = readFileSync(join(out, 'SHA256SUMS'), 'utf8');
    // Enough that it is still at work when it is stopped.
    const lines = Array.from({ length: 4000 }, (_, i) =>
      JSON.stringify(donation(i % 20, { key_id: String(5000 + i) })),
    );
    appendFileSync(join(dataDir, 'donated', '2026-11-20.a.ndjson'), `${lines.join('\n')}\n`);
    for (const sign of ['reading', 'writing: 0', 'writing: 20', 'writing: 40', 'writing: 60', 'writing: 80']) {
      const child = spawn(process.execPath, [...COMMAND, ...args], { cwd: root, env });
      const ended = new Promise((done) => child.once('exit', done));
      await new Promise<void>((seen) => child.stderr.on('data', (text) => `${text}`.includes(sign) && seen()));
      expect(readdirSync(dir).some((name) => name.startsWith('out.part-'))).toBe(true);
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(readFileSync(join(out, 'SHA256SUMS'), 'utf8')).toBe(before);
      expect([sign, readdirSync(dir).sort()]).toEqual([sign, ['data', 'out']]);
    }
    // One that was killed between its renames is put back first.
    execFileSync('mv', [out, `${out}.old`]);
    rmSync(join(dataDir, 'donated', '2026-11-20.a.ndjson'));
    await expect(run(...args)).rejects.toThrow(/no drawing to export/);
    expect(readFileSync(join(out, 'SHA256SUMS'), 'utf8')).toBe(before);
    writeDonations(dataDir, [donation(1)]);
    await run(...args);
    expect(keysIn(out)).toEqual([donation(1).key_id]);
    expect(readdirSync(dir).sort()).toEqual(['data', 'out']);
  }, 120_000);

  /** So many more that an export takes a while, and some place. */
  const addMany = (n: number) => {
    const lines = Array.from({ length: n }, (_, i) => JSON.stringify(donation(i % 20, { key_id: String(5000 + i) })));
    appendFileSync(join(dataDir, 'donated', '2026-11-20.a.ndjson'), `${lines.join('\n')}\n`);
  };
  /** Each file of the export is as its checksum says. */
  const checkSums = (folder = out) => execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: folder });

  test('one that is killed while it writes leaves the last one whole', { timeout: 120_000 }, async () => {
    writeDonations(dataDir, [donation(0)]);
    const args = ['--out', out, '--data', dataDir, '--license', 'x'];
    await run(...args);
    const before = readFileSync(join(out, 'SHA256SUMS'), 'utf8');
    addMany(2000);
    for (const sign of ['reading', 'writing: 0', 'writing: 60']) {
      const child = spawn(process.execPath, [...COMMAND, ...args], { cwd: root, env });
      const ended = new Promise((done) => child.once('exit', (_, signal) => done(signal)));
      await new Promise<void>((seen) => child.stderr.on('data', (text) => `${text}`.includes(sign) && seen()));
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
      expect(readFileSync(join(out, 'SHA256SUMS'), 'utf8')).toBe(before);
      checkSums();
    }
    const rests = readdirSync(dir).filter((name) => name.startsWith('out.part-'));
    expect(rests).toHaveLength(3);
    const { stderr } = await run(...args);
    for (const rest of rests)
      expect(stderr).toContain(`${join(dir, rest)} is of an export that still runs or was killed`);
    expect(keysIn(out)).toHaveLength(2001);
    checkSums();
  });

  test('a disk that is full leaves the last one whole', { timeout: 120_000 }, async (context) => {
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    if (!mountSmall(disk, '2m')) return context.skip('this user may not mount a small disk');
    try {
      const place = join(disk, 'out');
      const args = ['--out', place, '--data', dataDir, '--license', 'x'];
      writeDonations(dataDir, [donation(0)]);
      await run(...args);
      const before = readFileSync(join(place, 'SHA256SUMS'), 'utf8');
      addMany(1000);
      const failed = await run(...args).then(
        () => expect.fail('it found place'),
        ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
      );
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain(`The disk of ${disk} is full. The last export is as it was.`);
      expect(readFileSync(join(place, 'SHA256SUMS'), 'utf8')).toBe(before);
      checkSums(place);
      expect(readdirSync(disk)).toEqual(['out']);
      resize(disk, '100m');
      await run(...args);
      expect(keysIn(place)).toHaveLength(1001);
    } finally {
      unmount(disk);
    }
  });

  if (!duckdb) console.warn('skipped, without @duckdb/node-api: the Parquet file');
  test.skipIf(!duckdb)(
    'DuckDB reads the Parquet file, sorted by word',
    async () => {
      const given = drawings.slice(0, 20).map((_, n) => donation(n, { key_id: String(2n ** 64n - 1n - BigInt(n)) }));
      writeDonations(dataDir, given.toReversed());
      await run('--out', out, '--data', dataDir, '--license', 'x');
      const connection = await (await duckdb!.DuckDBInstance.create()).connect();
      const reader = await connection.runAndReadAll(
        `SELECT word, key_id::VARCHAR AS key, drawing::JSON AS drawing FROM '${join(out, 'drawings.parquet')}'`,
      );
      const rows = reader.getRowObjects() as { word: string; key: string; drawing: string }[];
      connection.closeSync();
      expect(rows.map(({ word }) => word)).toEqual(given.map(({ word }) => word).sort());
      for (const { key_id, drawing } of given)
        expect(JSON.parse(rows.find(({ key }) => key === key_id)!.drawing)).toEqual(simplify(drawing));
    },
    60_000,
  );

  // Not asked for in CI, which installs no numpy.
  const withoutNumpy = spawnSync('python3', ['-c', 'import numpy']).status !== 0;
  if (withoutNumpy) console.warn('skipped, without python3 with numpy: reading the bitmaps with it');
  test.skipIf(withoutNumpy)(
    'numpy reads the bitmaps',
    async () => {
      writeDonations(dataDir, [donation(0), donation(0, { key_id: '7' })]);
      await run('--out', out, '--data', dataDir, '--license', 'x');
      const script = 'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, a[0].sum())';
      const file = join(out, 'numpy_bitmap', `${donation(0).word}.npy`);
      const sum = bitmapOf(simplify(donation(0).drawing)).reduce((a, b) => a + b, 0);
      expect(execFileSync('python3', ['-c', script, file]).toString().trim()).toBe(`(2, 784) uint8 ${sum}`);
    },
    60_000,
  );
});

describe('the trainer', () => {
  test('takes an export in addition to the data set, but nothing held out, deleted or not allowed', async () => {
    const words = presets.quick!.words!;
    const keys = Array.from({ length: 40 }, (_, i) => String(i + 1));
    const held = keys.filter(isHeldOut);
    expect(held.length).toBeGreaterThan(0);
    const [refused, deleted, later] = keys.filter((key) => !isHeldOut(key));
    writeDonations(
      dataDir,
      keys.map((key_id) => donation(0, { word: words[1]!, key_id, training: key_id !== refused })),
    );
    await run('--out', out, '--data', dataDir, '--license', 'x');
    const data = writeDataset(words, 14);
    expect(foldersOf([data, out])).toEqual({ data, exports: [out] });
    expect(foldersOf([out]).exports).toEqual([out]);
    expect(() => foldersOf([data, SAMPLE])).toThrow('several data sets');
    const plain = await trainingSet(words, presets.quick!, foldersOf([data]));
    const more = await trainingSet(words, presets.quick!, foldersOf([data, out]));
    const added = plain.map(({ drawings }, i) => more[i]!.drawings.length - drawings.length);
    const expected = keys.length - held.length - 1;
    expect(added).toEqual(words.map((_, i) => (i === 1 ? expected : 0)).concat(expected));
    // Deleted after the export: in the export's list, or in the server's.
    writeFileSync(join(out, 'deleted.txt'), `${deleted}\n`);
    writeFileSync(join(dataDir, 'deleted.txt'), `${later}\n`);
    process.env.DATA_DIR = dataDir;
    try {
      const fewer = await trainingSet(words, presets.quick!, foldersOf([data, out]));
      expect(more[1]!.drawings.length - fewer[1]!.drawings.length).toBe(2);
    } finally {
      delete process.env.DATA_DIR;
    }
  }, 60_000);

  const withoutTorch = spawnSync('python3', ['-c', 'import torch, numpy']).status !== 0;
  if (withoutTorch) console.warn('skipped, without python3 with torch and numpy: training on an export');
  test.skipIf(withoutTorch)(
    'npm run train takes it',
    async () => {
      const words = presets.quick!.words!;
      writeDonations(
        dataDir,
        Array.from({ length: 300 }, (_, i) => donation(i % 20, { word: words[i % 20]!, key_id: String(i + 1) })),
      );
      await run('--out', out, '--data', dataDir, '--license', 'x');
      const data = writeDataset(words, 14);
      const args = ['--preset', 'quick', '--run', join(dir, 'run'), '--threads', '1', '--epochs', '1'];
      execFileSync('python3', ['models/train/train.py', ...args, '--data', data, '--data', out], {
        cwd: root,
        stdio: 'pipe',
      });
      expect(JSON.parse(readFileSync(join(dir, 'run', 'log.jsonl'), 'utf8'))).toMatchObject({ epoch: 1 });
      expect(existsSync(join(dir, 'run', 'checkpoint.pt'))).toBe(true);
    },
    120_000,
  );
});
