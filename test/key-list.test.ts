/** Lists of keys in files that several processes change, and people too. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openKeyList } from '../server/storage/key-list.ts';
import { keysIn } from '../shared/donation.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keys-'));
  file = join(dir, 'hidden.txt');
});
afterEach(() => rmSync(dir, { recursive: true }));

const inFile = (): string[] => [...keysIn(readFileSync(file, 'utf8'))];

test('has what was added last, and not what was taken back, whoever wrote it', async () => {
  const [one, other] = [openKeyList(file), openKeyList(file)];
  expect(await one.has('1')).toBe(false);
  await Promise.all([one.add('1'), other.add('2'), one.add('3'), other.add('1')]);
  await other.remove('1');
  await one.remove('7');
  expect([await one.has('1'), await other.has('2'), await one.has('3')]).toEqual([false, true, true]);
  await one.add('1');
  expect(await other.has('1')).toBe(true);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(6);
  // Half a line, as a full disk or a crash leaves it, is no part of the next one.
  appendFileSync(file, '-2');
  await one.add('45');
  expect(readFileSync(file, 'utf8')).toMatch(/\n-2\n45\n$/);
});

test('follows a file that somebody edits, replaces or removes', async () => {
  const list = openKeyList(file);
  for (const key of ['11', '12', '13']) await list.add(key);
  const replace = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const has = async (...keys: string[]) => Promise.all(keys.map((key) => list.has(key)));
  replace('11\n99\n13\n14\n');
  expect(await has('11', '12', '14', '99')).toEqual([true, false, true, true]);
  // In place, longer than before, and the last line without an end.
  writeFileSync(file, '21\n22\n23\n24\n25\n26');
  expect(await has('11', '21', '26')).toEqual([false, true, true]);
  appendFileSync(file, '7\n');
  expect(await has('26', '267')).toEqual([false, true]);
  writeFileSync(file, '21\n');
  expect(await has('21', '22')).toEqual([true, false]);
  rmSync(file);
  expect(await has('21')).toEqual([false]);
  await list.add('21');
  expect(inFile()).toEqual(['21']);
});

const counts = '/proc/self/io';
test.skipIf(!existsSync(counts))('reads only what is new', async () => {
  const bytesRead = () => Number(/rchar: (\d+)/.exec(readFileSync(counts, 'utf8'))![1]);
  writeFileSync(file, Array.from({ length: 200_000 }, (_, i) => `${10n ** 18n + BigInt(i)}\n`).join(''));
  const size = readFileSync(file).length;
  const list = openKeyList(file);
  const before = bytesRead();
  for (let key = 0; key < 10; key++) {
    await list.add(`${key}`);
    expect(await list.has(`${key}`)).toBe(true);
  }
  expect(await list.has(`${10n ** 18n + 77n}`)).toBe(true);
  expect(bytesRead() - before).toBeLessThan(1.5 * size);
});

test('two processes that add and take back at once lose nothing', async () => {
  const script = join(import.meta.dirname, 'support/listing-process.ts');
  const children = [1000, 2000].map((from) =>
    spawn(process.execPath, ['--import', 'tsx', script, file, `${from}`, `${from + 150}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map(({ stdout }) => new Promise((ready) => stdout.once('data', ready))));
  for (const { stdin } of children) stdin.write('go\n');
  const codes = await Promise.all(children.map((child) => new Promise((ended) => child.once('exit', ended))));
  expect(codes).toEqual([0, 0]);
  const kept = [1000, 2000].flatMap((from) => Array.from({ length: 15 }, (_, i) => `${from + 10 * i}`));
  expect(inFile().sort()).toEqual(kept.sort());
  expect(existsSync(`${file}.lock`)).toBe(false);
}, 60_000);

test('goes on after a process that died with the lock', async () => {
  writeFileSync(`${file}.lock`, '');
  const lists = [openKeyList(file), openKeyList(file)];
  const done = vi.fn();
  const added = Promise.all(lists.map((list, i) => list.add(`${i}`).then(done)));
  await new Promise((next) => setTimeout(next, 1_000));
  expect(done).not.toHaveBeenCalled();
  await added;
  expect(inFile().sort()).toEqual(['0', '1']);
});
