/**
 * A list of donated drawings in a file of DATA_DIR, which several processes read and change: a `key_id` a line, or `-` and the
 * `key_id` for one that is taken back. The last line about a key counts. A list only grows, so no process can undo what another
 * one writes at the same time.
 */
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { keysIn } from '../../shared/donation.ts';
import { endsWithin, ignoreMissing, syncFolder } from './files.ts';

export type KeyList = ReturnType<typeof openKeyList>;

/** A process that has held the lock for so long has died. */
const LOCK_MS = 5_000;

export function openKeyList(path: string) {
  let known = nothing();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: each begins with what the one before left. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  async function read(): Promise<ReadonlySet<string>> {
    const file = await open(path).catch(ignoreMissing);
    if (!file) {
      known = nothing();
      return known.keys;
    }
    try {
      const { ino } = await file.stat();
      const next = ino === known.ino && (await textFrom(file, known.end - known.last.length));
      // The operator may have put another file in its place, or edited it.
      const isLonger = next !== false && next.startsWith(known.last);
      if (!isLonger) known = { ...nothing(), ino };
      const text = isLonger ? next.slice(known.last.length) : await textFrom(file, 0);
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      keysIn(whole, known.keys);
      known.end += whole.length;
      known.last = whole.slice(-LAST) || known.last;
      // Another process may still be writing the rest, or somebody has left the end of the line out.
      const rest = text.slice(whole.length);
      return rest ? keysIn(rest, new Set(known.keys)) : known.keys;
    } finally {
      await file.close();
    }
  }

  async function append(line: string): Promise<void> {
    const file = await open(path, 'a+');
    try {
      // Nothing is ever cut off: half a key names no drawing.
      await file.writeFile(`${(await endsWithin(file)) ? '\n' : ''}${line}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await syncFolder(dirname(path));
  }

  const change = (key: string, isIn: boolean): Promise<void> =>
    inTurn(async () => {
      await mkdir(dirname(path), { recursive: true });
      await locked(`${path}.lock`, async () => {
        if ((await read()).has(key) !== isIn) await append(isIn ? key : `-${key}`);
      });
    });

  return {
    has: (key: string): Promise<boolean> => inTurn(async () => (await read()).has(key)),
    all: (): Promise<ReadonlySet<string>> => inTurn(read),
    /** Resolves once it is on the disk, as `remove` does. */
    add: (key: string) => change(key, true),
    remove: (key: string) => change(key, false),
    /** Resolves once nothing is left to write. */
    idle: async (): Promise<void> => void (await last),
  };
}

/** Of what was read last, so much is compared. Bytes */
const LAST = 64;

interface Known {
  ino: number;
  /** Where its whole lines ended, and what was before that. Bytes */
  end: number;
  last: string;
  keys: Set<string>;
}

const nothing = (): Known => ({ ino: 0, end: 0, last: '', keys: new Set() });

/** As one character for each byte. */
async function textFrom(file: FileHandle, from: number): Promise<string> {
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - from)), 0, undefined, from);
  return buffer.toString('latin1', 0, bytesRead);
}

/**
 * Runs it while no other process does. On one machine appending needs no lock, so one that is broken too early does no harm there;
 * two machines that append to a network file system could overwrite each other's line.
 */
async function locked(lock: string, work: () => Promise<void>): Promise<void> {
  let holder = '';
  let since = 0;
  for (;;) {
    const own = await open(lock, 'wx').catch((reason: NodeJS.ErrnoException) => {
      if (reason.code !== 'EEXIST') throw reason;
    });
    if (own) {
      await own.close();
      break;
    }
    const held = await stat(lock).catch(ignoreMissing);
    const found = held ? `${held.ino} ${held.ctimeMs}` : '';
    // Its own watch: machines that share a file system may have other clocks.
    if (found !== holder) [holder, since] = [found, performance.now()];
    else if (performance.now() - since > LOCK_MS) await unlink(lock).catch(ignoreMissing);
    await wait(5 + 20 * Math.random());
  }
  try {
    await work();
  } finally {
    await unlink(lock).catch(ignoreMissing);
  }
}
