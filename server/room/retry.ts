/** Doing what nobody waits for, however long the store is away. */
import { Unavailable } from '../storage/store.ts';

/** ms */
const RETRY = 500;
/** After this long no room that it belongs to is left. ms */
const PATIENCE = 10 * 60_000;

export interface Insistence {
  /** Tries until it is done. Resolves after the first attempt, whatever became of it. */
  insist(room: string, act: () => Promise<unknown>): Promise<void>;
  /** Resolves when all that is tried now is done. */
  settled(): Promise<unknown>;
  /** Nothing is tried again. */
  stop(): void;
}

export function createInsistence(failed: (reason: unknown, room: string) => void, now: () => number): Insistence {
  const trying = new Set<Promise<void>>();
  let stopped = false;
  return {
    insist(room, act) {
      return new Promise((tried) => {
        const attempt = async () => {
          for (const until = now() + PATIENCE; now() < until && !stopped; await pause(RETRY)) {
            try {
              await act();
              return;
            } catch (reason) {
              failed(reason, room);
              if (!(reason instanceof Unavailable)) return;
              tried();
            }
          }
        };
        const done = attempt().finally(() => {
          tried();
          trying.delete(done);
        });
        trying.add(done);
      });
    },
    settled: () => Promise.all(trying),
    stop() {
      stopped = true;
    },
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
