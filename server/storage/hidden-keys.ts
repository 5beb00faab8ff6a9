/** Donated drawings that the operator hid: a `key_id` a line in DATA_DIR/hidden.txt. Whatever reads donated drawings leaves them out. */
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_ID } from '../../shared/donation.ts';
import { endsWithin } from './donations.ts';
import type { Replays } from './replays.ts';

export type HiddenKeys = ReturnType<typeof createHiddenKeys>;

/** `processId` keeps the files of several processes apart while they are written. */
export function createHiddenKeys(dir: string, processId: string) {
  const file = join(dir, 'hidden.txt');
  let last: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<string[]> => {
    const text = await readFile(file, 'utf8').catch((reason: NodeJS.ErrnoException) => {
      if (reason.code === 'ENOENT') return '';
      throw reason;
    });
    return text.split('\n').filter((line) => KEY_ID.test(line));
  };

  /** One after the other: each begins with what the one before left. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  return {
    read,
    hide: (key: string): Promise<void> =>
      inTurn(async () => {
        await mkdir(dir, { recursive: true });
        if ((await read()).includes(key)) return;
        const hidden = await open(file, 'a+');
        try {
          // After a write that failed, the file may end within a line.
          await hidden.writeFile(`${(await endsWithin(hidden)) ? '\n' : ''}${key}\n`);
          await hidden.datasync();
        } finally {
          await hidden.close();
        }
      }),
    unhide: (key: string): Promise<void> =>
      inTurn(async () => {
        const kept = (await read()).filter((each) => each !== key);
        const next = `${file}.${processId}`;
        await writeFile(next, kept.map((each) => `${each}\n`).join(''));
        await rename(next, file);
      }),
  };
}

/** A replay that is hidden takes the donated drawing with it, and brings it back. One that the operator deletes stays hidden there. */
export function withHiddenKeys(replays: Replays, keys: Pick<HiddenKeys, 'hide' | 'unhide'>): Replays {
  async function follow(id: string, may: { unhide: boolean }): Promise<void> {
    const [gift, found] = await Promise.all([replays.gift(id), replays.inspect(id)]);
    if (!gift?.key || !found) return;
    if (found.hidden !== null) await keys.hide(gift.key);
    else if (may.unhide) await keys.unhide(gift.key);
  }
  return {
    ...replays,
    async report(id, reporter, reason) {
      const isThere = await replays.report(id, reporter, reason);
      if (isThere) await follow(id, { unhide: false });
      return isThere;
    },
    async moderate(id, decision) {
      const isThere = await replays.moderate(id, decision);
      if (isThere) await follow(id, { unhide: true });
      return isThere;
    },
  };
}
