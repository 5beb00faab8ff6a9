/** Work that nobody waits for, repeated until the store takes it. */
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable } from '../storage/store.ts';

const RETRY_DELAY_MS = 500;
/** After this long no room that the work belongs to is left. */
const GIVE_UP_AFTER_MS = 10 * 60_000;

export type Retry = ReturnType<typeof createRetry>;

export function createRetry(failed: (reason: unknown, code: string) => void, now: () => number) {
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;

  async function attempt(code: string, work: () => Promise<unknown>, attempted: () => void): Promise<void> {
    for (const giveUpAt = now() + GIVE_UP_AFTER_MS; now() < giveUpAt && !signal.aborted; ) {
      try {
        await work();
        return;
      } catch (reason) {
        failed(reason, code);
        if (!(reason instanceof Unavailable)) return;
        attempted();
        await wait(RETRY_DELAY_MS, undefined, { signal, ref: false }).catch(() => {});
      }
    }
  }

  return {
    /** Repeats `work` while the store is unavailable. Resolves after the first attempt, whatever came of it. */
    retry(code: string, work: () => Promise<unknown>): Promise<void> {
      return new Promise((resolve) => {
        const done = attempt(code, work, resolve).finally(() => {
          resolve();
          running.delete(done);
        });
        running.add(done);
      });
    },
    /** Resolves when all work that runs now is done. */
    settled: (): Promise<unknown> => Promise.all(running),
    stop: (): void => stopping.abort(),
  };
}
