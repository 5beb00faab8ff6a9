/** Donated drawings in files: what is confirmed is there, whatever happens to the disk and beside it. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Donations } from '../server/storage/donations.ts';
import { openDonations } from '../server/storage/donations.ts';
import { Unavailable } from '../server/storage/store.ts';
import { mountSmall, resize, unmount } from './support/disk.ts';
import { deletedIn, donationsIn, newFolder, removeFolder, segmentsIn, someDonation } from './support/donated.ts';

const DAY_MS = 24 * 60 * 60_000;
const MB = 1024 * 1024;
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

let dir: string;
let clock: number;
let opened: Donations[];
beforeEach(() => {
  dir = newFolder();
  clock = Date.UTC(2026, 10, 28, 12);
  opened = [];
  for (const each of Object.values(log)) each.mockClear();
});
afterEach(async () => {
  await Promise.all(opened.map((each) => each.close()));
  removeFolder(dir);
});

function open(change: Partial<Parameters<typeof openDonations>[0]> = {}): Donations {
  const donations = openDonations({ dir, bytes: MB, keptMs: 30 * DAY_MS, log, now: () => clock, ...change });
  opened.push(donations);
  return donations;
}

const keysOf = (from = dir) => donationsIn(from).map(({ key_id }) => key_id);

describe('donated drawings', () => {
  test('are on the disk once they are confirmed, in one file of the day for each process', async () => {
    const [one, other] = [open(), open()];
    const given = Array.from({ length: 40 }, () => someDonation());
    await Promise.all(given.map((each, i) => (i % 2 ? one : other).append(each)));
    expect(donationsIn(dir).sort(byKey)).toEqual(given.toSorted(byKey));
    expect(segmentsIn(dir)).toHaveLength(2);
    for (const name of segmentsIn(dir)) expect(name).toMatch(/^2026-11-28\.[\w-]+\.ndjson$/);
    expect(one.state()).toEqual({ appended: 20, isStopped: false });

    clock += DAY_MS;
    await one.append(someDonation());
    expect(segmentsIn(dir).map((name) => name.slice(0, 10))).toEqual(['2026-11-28', '2026-11-28', '2026-11-29']);
  });

  test('that are given together share a write', async () => {
    const donations = open();
    await donations.append(someDonation());
    const began = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => donations.append(someDonation())));
    // Each by itself would wait for a batch of its own.
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(keysOf()).toHaveLength(201);
  });

  test('a line that a crash cut off is reported at the start, and nothing is glued to it', async () => {
    const before = open();
    await before.append(someDonation({ key_id: '1' }));
    await before.close();
    const [torn] = segmentsIn(dir);
    appendFileSync(join(dir, 'donated', torn!), '{"word":"cat","key_id":"2","dra');
    const after = open();
    await after.append(someDonation({ key_id: '3' }));
    expect(keysOf().sort()).toEqual(['1', '3']);
    expect(log.warn).toHaveBeenCalledWith({ segments: [torn] }, expect.stringContaining('within a line'));
    expect(readFileSync(join(dir, 'donated', torn!), 'utf8')).toMatch(/"dra$/);
  });

  test('are removed after so many days, and take no more than they may', async () => {
    mkdirSync(join(dir, 'donated'));
    for (const name of ['2026-10-28.a.ndjson', '2026-10-29.a.ndjson', '2026-10-28.txt'])
      writeFileSync(join(dir, 'donated', name), `${JSON.stringify(someDonation())}\n`);
    const size = `${JSON.stringify(someDonation())}\n`.length;
    const donations = open({ bytes: 4 * size + 100 });
    await donations.append(someDonation());
    expect(segmentsIn(dir)).toEqual(['2026-10-28.txt', '2026-10-29.a.ndjson', expect.stringMatching(/^2026-11-28/)]);
    await donations.append(someDonation());
    await donations.append(someDonation());
    await expect(donations.append(someDonation())).rejects.toThrow(Unavailable);
    expect(donations.state().isStopped).toBe(true);
    expect(log.error).toHaveBeenCalledTimes(1);
    // The oldest expires, and it is tried again.
    clock += DAY_MS;
    await donations.append(someDonation());
    expect(donations.state().isStopped).toBe(false);
    expect(segmentsIn(dir)).not.toContain('2026-10-29.a.ndjson');
  });

  test('that their drawer deleted are noted once, whoever else writes', async () => {
    const [one, other] = [open(), open()];
    expect(await one.isDeleted('1')).toBe(false);
    await Promise.all(['1', '2', '3', '1'].map((key, i) => (i % 2 ? one : other).remove(key)));
    await one.remove('1');
    expect([...new Set(deletedIn(dir))].sort()).toEqual(['1', '2', '3']);
    expect(deletedIn(dir).length).toBeLessThanOrEqual(4);
    expect(await other.isDeleted('3')).toBe(true);
    expect(await other.isDeleted('33')).toBe(false);
    // Half a key, as a full disk or a crash leaves it, is no part of the next.
    appendFileSync(join(dir, 'deleted.txt'), '123');
    await other.remove('45');
    expect(deletedIn(dir).slice(-2)).toEqual(['123', '45']);
    expect(await one.isDeleted('45')).toBe(true);
  });

  test('that were deleted leave their segment once nobody writes to it any more; its other lines stay, to the byte', async () => {
    const before = open();
    for (const key of ['1', '2', '3', '4']) await before.append(someDonation({ key_id: key }));
    await before.close();
    const [name] = segmentsIn(dir);
    const path = join(dir, 'donated', name!);
    appendFileSync(path, '{"word":"cat","key_id":"2","dra');
    const lines = readFileSync(path, 'utf8').split('\n');
    clock += DAY_MS;
    const next = open();
    for (const key of ['1', '3', '1234']) await next.remove(key);
    await next.close();
    await open().close();
    expect(readFileSync(path, 'utf8').split('\n')).toEqual(lines);
    clock += DAY_MS;
    // Both at once.
    await Promise.all([open(), open()].map((each) => each.close()));
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([lines[1], lines[3], lines[4]]);
    expect(readdirSync(join(dir, 'donated'))).toEqual([name]);
    expect(log.error).not.toHaveBeenCalled();
  });

  test('that were deleted leave it although a process died over that', async () => {
    mkdirSync(join(dir, 'donated'));
    const path = join(dir, 'donated', '2026-11-20.a.ndjson');
    const [one, other] = ['1', '2'].map((key) => `${JSON.stringify(someDonation({ key_id: key }))}\n`);
    writeFileSync(path, `${one}${other}`);
    writeFileSync(`${path}.part`, one!.slice(0, 40));
    const donations = open();
    await donations.remove('2');
    await donations.close();
    // It may still be at it.
    await open().close();
    expect(readFileSync(path, 'utf8')).toBe(`${one}${other}`);
    const hoursAgo = new Date(Date.now() - 2 * 60 * 60_000);
    utimesSync(`${path}.part`, hoursAgo, hoursAgo);
    await open().close();
    expect(readFileSync(path, 'utf8')).toBe(one);
    expect(readdirSync(join(dir, 'donated'))).toEqual(['2026-11-20.a.ndjson']);
  });

  test('have a secret each that outlives the process, and that all processes know', async () => {
    const [one, other] = [open(), open()];
    const [a, b] = await Promise.all([one.secretOf('1'), other.secretOf('1')]);
    expect(a).toBe(b);
    expect(await one.secretOf('2')).not.toBe(a);
    expect(await open().isSecret('1', a)).toBe(true);
    for (const wrong of ['', 'x', `${a}x`, await one.secretOf('2')]) expect(await one.isSecret('1', wrong)).toBe(false);
    expect(statSync(join(dir, 'secret')).mode & 0o777).toBe(0o600);
  });

  test('a folder that cannot be written stops them, and nothing else', async () => {
    writeFileSync(join(dir, 'file'), '');
    const donations = open({ dir: join(dir, 'file', 'data') });
    await expect(donations.append(someDonation())).rejects.toThrow(Unavailable);
    await expect(donations.remove('1')).rejects.toThrow(Unavailable);
    await expect(donations.secretOf('1')).rejects.toThrow(Unavailable);
    expect(donations.state().isStopped).toBe(true);
  });
});

describe('on a disk that is full', () => {
  let disk: string;
  let isMounted = false;
  beforeEach((context) => {
    disk = newFolder();
    isMounted = mountSmall(disk, '64k');
    if (!isMounted) context.skip('this user may not mount a small disk');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
    if (isMounted) unmount(disk);
    removeFolder(disk);
  });

  test('what was confirmed is there, nothing is torn, a deletion says that it failed; with place it goes on', async () => {
    const donations = open({ dir: disk });
    const secret = await donations.secretOf('1');
    // Large enough that the disk takes a part of it.
    const large = Array.from({ length: 600 }, (_, i) => i);
    const drawing: [number[], number[], number[]][] = [[large, large, large]];
    const confirmed: string[] = [];
    for (;;) {
      const each = someDonation({ drawing });
      try {
        await donations.append(each);
        confirmed.push(each.key_id);
      } catch (reason) {
        expect(reason).toBeInstanceOf(Unavailable);
        break;
      }
    }
    expect(confirmed.length).toBeGreaterThan(3);
    expect(keysOf(disk)).toEqual(confirmed);
    expect(log.error.mock.calls.at(-1)![0].reason).toContain('ENOSPC');
    expect(donations.state()).toEqual({ appended: confirmed.length, isStopped: true });

    // What is left of the disk goes, too.
    for (let free = 8192, n = 0; free >= 1; n++)
      try {
        writeFileSync(join(disk, `rest-${n}`), Buffer.alloc(free));
      } catch {
        free >>= 1;
      }
    await expect(donations.remove('1')).rejects.toThrow(Unavailable);
    expect(await donations.isSecret('1', secret)).toBe(true);
    // It is not tried with each drawing.
    await expect(donations.append(someDonation())).rejects.toThrow(Unavailable);
    expect(log.error.mock.calls.filter(([, text]) => text.includes('donated'))).toHaveLength(1);

    resize(disk, '256k');
    clock += 60_000;
    await donations.append(someDonation({ key_id: '77' }));
    await donations.remove('1');
    expect(keysOf(disk).sort()).toEqual([...confirmed, '77'].sort());
    expect(deletedIn(disk)).toContain('1');
    expect(log.warn).toHaveBeenCalledWith(expect.stringContaining('again'));
  });

  test('what was deleted leaves its segment only once there is place for the others', async () => {
    mkdirSync(join(disk, 'donated'));
    const path = join(disk, 'donated', '2026-11-20.a.ndjson');
    const large = Array.from({ length: 600 }, (_, i) => i);
    const lines = ['1', '2'].map(
      (key) => `${JSON.stringify(someDonation({ key_id: key, drawing: [[large, large, large]] }))}\n`,
    );
    writeFileSync(path, lines.reverse().join('').padStart(45_000, '\n'));
    const before = readFileSync(path, 'utf8');
    writeFileSync(join(disk, 'deleted.txt'), '1\n');
    await open({ dir: disk }).close();
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(join(disk, 'donated'))).toEqual(['2026-11-20.a.ndjson']);
    expect(log.error.mock.calls.map(([{ reason }]) => reason)).toEqual([expect.stringContaining('ENOSPC')]);
    resize(disk, '256k');
    await open({ dir: disk }).close();
    expect(readFileSync(path, 'utf8')).toBe(before.slice(0, -lines[1]!.length));
  });

  test('that is read-only', async () => {
    const donations = open({ dir: disk });
    await donations.append(someDonation({ key_id: '1' }));
    await donations.close();
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const again = open({ dir: disk });
    await expect(again.append(someDonation())).rejects.toThrow(Unavailable);
    await expect(again.remove('1')).rejects.toThrow(Unavailable);
    expect(log.error.mock.calls[0]![0].reason).toContain('EROFS');
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    clock += 60_000;
    await again.append(someDonation({ key_id: '2' }));
    expect(keysOf(disk).sort()).toEqual(['1', '2']);
  });
});

const byKey = (a: { key_id: string }, b: { key_id: string }) => a.key_id.localeCompare(b.key_id);
