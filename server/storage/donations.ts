/**
 * Drawings that players gave away, in files: the port, and its only implementation. `docs/records.md` says what is in DATA_DIR.
 *
 * Each process appends to a segment of its own, so nothing that another one does, or that a crash left behind, gets into a line.
 * A disk that takes nothing ends donations for a while, and nothing else.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { dayOf } from '../../shared/daily.ts';
import type { Donation } from '../../shared/donation.ts';
import { dateOf } from '../date.ts';
import type { Log } from '../log.ts';
import { endsWithin, ignoreMissing, syncFolder } from './files.ts';
import { openKeyList } from './key-list.ts';
import { purge } from './purge.ts';
import { Unavailable } from './store.ts';

/** Any method may reject with `Unavailable`: the disk is full, or fails. */
export interface Donations {
  /** Resolves once it is on the disk. */
  append(donation: Donation): Promise<void>;
  /** Notes that its drawer deleted it, for all who read donated drawings. Resolves once that is on the disk. */
  remove(key: string): Promise<void>;
  isDeleted(key: string): Promise<boolean>;
  /** Proves that somebody may delete it. */
  secretOf(key: string): Promise<string>;
  isSecret(key: string, secret: string): Promise<boolean>;
  /** Drawings appended since the start, and whether further ones are taken now. */
  state(): { appended: number; isStopped: boolean };
  close(): Promise<void>;
}

interface Options {
  /** DATA_DIR */
  dir: string;
  /** All segments together, of all processes. */
  bytes: number;
  /** How long a segment is kept. ms */
  keptMs: number;
  log: Log;
  now?: () => number;
}

/** What is given meanwhile shares a write and an fsync. */
const BATCH_MS = 50;
/** After a failure, nothing is tried for so long. */
const RETRY_MS = 30_000;
const SWEEP_INTERVAL_MS = 60 * 60_000;
/** Waiting to be written. Further ones are refused. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

const SEGMENT = /^(\d{4}-\d\d-\d\d)\.[\w-]+\.ndjson$/;

interface Segment {
  date: string;
  path: string;
  file: FileHandle;
  /** All of it is whole lines. Bytes */
  size: number;
}

interface Waiting {
  line: string;
  resolve(): void;
  reject(reason: Unavailable): void;
}

export function openDonations({ dir, bytes: limit, keptMs, log, now = Date.now }: Options): Donations {
  const folder = join(dir, 'donated');
  const deleted = openKeyList(join(dir, 'deleted.txt'));
  let segment: Segment | undefined;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let flushing: Promise<void> | undefined;
  let appended = 0;
  /** Of all segments, as far as this process knows. Bytes */
  let total = 0;
  let isStopped = false;
  let retryAt = 0;

  const dateNow = () => dateOf(dayOf(now()));

  // ---------------------------------------------------------------- segments

  async function begin(): Promise<Segment> {
    await mkdir(folder, { recursive: true });
    const date = dateNow();
    const path = join(folder, `${date}.${randomBytes(6).toString('hex')}.ndjson`);
    // Never a file that is there: another process may be writing it.
    const file = await open(path, 'ax');
    await syncFolder(folder);
    return { date, path, file, size: 0 };
  }

  async function write(bytes: Buffer): Promise<void> {
    if (total + bytes.length > limit) await sweep();
    if (total + bytes.length > limit) throw new Error('DONATIONS_MB is reached');
    if (segment && segment.date !== dateNow()) await end();
    segment ??= await begin();
    await segment.file.writeFile(bytes);
    await segment.file.datasync();
    segment.size += bytes.length;
    total += bytes.length;
  }

  async function end(): Promise<void> {
    const { file } = segment!;
    segment = undefined;
    await file.close();
  }

  /** What a failed write left is cut off, and nobody writes to that segment again. */
  async function abandon(): Promise<void> {
    if (!segment) return;
    const { path, file, size } = segment;
    segment = undefined;
    await file.truncate(size).catch(() => {});
    await file.close().catch(() => {});
    if (size === 0) await unlink(path).catch(() => {});
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      await wait(BATCH_MS);
      const batch = waiting;
      waiting = [];
      waitingBytes = 0;
      try {
        await write(Buffer.from(batch.map(({ line }) => line).join('')));
        appended += batch.length;
        if (isStopped) log.warn('donated drawings are taken again');
        isStopped = false;
        for (const { resolve } of batch) resolve();
      } catch (reason) {
        await abandon();
        stop(reason);
        for (const { reject } of batch) reject(unavailable(reason));
      }
    }
    flushing = undefined;
  }

  function stop(reason: unknown): void {
    retryAt = now() + RETRY_MS;
    if (!isStopped)
      log.error(
        { reason: `${(reason as Error).message}` },
        'no drawings can be donated now: it is tried again and again',
      );
    isStopped = true;
  }

  // ---------------------------------------------------------------- retention

  /** Removes the segments that are too old, and counts what the others take. */
  async function sweep(): Promise<void> {
    const oldest = dateOf(dayOf(now() - keptMs));
    let size = 0;
    for (const name of await segments()) {
      const path = join(folder, name);
      if (dateIn(name) < oldest) for (const each of [`${path}.part`, path]) await unlink(each).catch(ignoreMissing);
      else size += (await stat(path).catch(ignoreMissing))?.size ?? 0;
    }
    total = size;
  }

  let purged = '';

  /** Of what was deleted, nothing stays in segments that nobody writes to any more: those before yesterday, since clocks differ. */
  async function purgeDeleted(): Promise<void> {
    const yesterday = dateOf(dayOf(now()) - 1);
    try {
      const keys = await deleted.all();
      const state = `${yesterday} ${keys.size}`;
      if (state === purged || keys.size === 0) return;
      for (const name of await segments())
        if (dateIn(name) < yesterday) await purge(join(folder, name), keys).catch(ignoreMissing);
      purged = state;
    } catch (reason) {
      log.error({ reason: (reason as Error).message }, 'deleted drawings are still in a segment: it is tried again');
    }
  }

  const dateIn = (name: string): string => SEGMENT.exec(name)![1]!;
  const segments = async (): Promise<string[]> =>
    ((await readdir(folder).catch(ignoreMissing)) ?? []).filter((name) => SEGMENT.test(name));

  /** After a crash, a segment may end within a line. Readers leave that one out. */
  async function reportTorn(): Promise<void> {
    const torn: string[] = [];
    for (const name of await segments()) if (await isTorn(join(folder, name))) torn.push(name);
    if (torn.length > 0)
      log.warn(
        { segments: torn },
        'segments end within a line, as after a crash: the drawing in it was never confirmed',
      );
  }

  const started = sweep().then(reportTorn).catch(stop);
  let tidying = started.then(purgeDeleted);
  const sweeping = setInterval(() => {
    tidying = tidying.then(sweep).catch(stop).then(purgeDeleted);
  }, SWEEP_INTERVAL_MS);
  sweeping.unref();

  // ---------------------------------------------------------------- secrets

  let secret: Promise<string> | undefined;

  /** Of its own: drawings are kept longer than any session, and must be deletable after a restart. */
  async function readSecret(): Promise<string> {
    const path = join(dir, 'secret');
    const found = await readFile(path, 'utf8').catch(ignoreMissing);
    if (found) return found;
    await mkdir(dir, { recursive: true });
    const own = `${path}.${randomBytes(6).toString('hex')}`;
    const file = await open(own, 'wx', 0o600);
    try {
      await file.writeFile(randomBytes(32).toString('base64url'));
      await file.datasync();
    } finally {
      await file.close();
    }
    // Of several processes that start at once, the first decides.
    await link(own, path).catch((reason) => {
      if (reason.code !== 'EEXIST') throw reason;
    });
    await unlink(own);
    await syncFolder(dir);
    return readFile(path, 'utf8');
  }

  async function secretOf(key: string): Promise<string> {
    secret ??= readSecret();
    try {
      return createHmac('sha256', await secret)
        .update(`delete ${key}`)
        .digest('base64url')
        .slice(0, 32);
    } catch (reason) {
      secret = undefined;
      throw unavailable(reason);
    }
  }

  return {
    async append(donation) {
      await started;
      if (isStopped && now() < retryAt) throw new Unavailable('no drawings can be donated now');
      const line = `${JSON.stringify(donation)}\n`;
      if (waitingBytes + line.length > MAX_WAITING_BYTES) throw new Unavailable('too many drawings wait');
      waitingBytes += line.length;
      await new Promise<void>((resolve, reject) => {
        waiting.push({ line, resolve, reject });
        flushing ??= flush();
      });
    },
    async remove(key) {
      await deleted.add(key).catch((reason) => {
        log.error({ reason: reason.message }, 'a deletion could not be written');
        throw unavailable(reason);
      });
    },
    isDeleted: (key) =>
      deleted.has(key).catch((reason) => {
        throw unavailable(reason);
      }),
    secretOf,
    async isSecret(key, given) {
      const right = Buffer.from(await secretOf(key));
      const other = Buffer.from(given);
      return right.length === other.length && timingSafeEqual(right, other);
    },
    state: () => ({ appended, isStopped }),
    async close() {
      clearInterval(sweeping);
      await tidying;
      await flushing;
      await deleted.idle();
      if (segment) await end().catch(stop);
    },
  };
}

const unavailable = (reason: unknown): Unavailable => new Unavailable(`donated drawings: ${(reason as Error).message}`);

async function isTorn(path: string): Promise<boolean> {
  const file = await open(path).catch(ignoreMissing);
  if (!file) return false;
  try {
    return await endsWithin(file);
  } finally {
    await file.close();
  }
}
