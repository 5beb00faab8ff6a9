/**
 * Latest wins: between the drawings that change and the recognizer that looks at them. A drawing is marked, not queued, so
 * however slow the recognizer, it always looks at the newest ink; batches grow by themselves while one is away.
 */
import type { Ink } from '../../shared/ink.ts';
import type { Recognizer } from './recognizer.ts';

/** What the guesser needs to know of a drawing. Its identity is the object's. */
export interface Drawing {
  ink: Ink;
}

export interface Guesser<D extends Drawing> {
  /** The drawing has changed: look at it when there is time. */
  mark(drawing: D): void;
  /** Do not look at it any more. */
  forget(drawing: D): void;
  /** Drawings that wait for a look. */
  waiting(): number;
  close(): void;
}

interface Options<D extends Drawing, T> {
  /** Remembers, as a look begins, what is looked at; given back with its result, so that a stale one can be told. */
  taken(drawing: D): T;
  seen(looks: { drawing: D; taken: T; probabilities: Float32Array }[]): void;
  /** Why the batch failed; its drawings wait for the next. */
  failed(reason: unknown): void;
  /** Whether the drawing's guesses may go out as soon as there are some: under load such a look comes first. */
  due?(drawing: D): boolean;
  /** Drawings in one batch at most; small while few wait, since a small batch is sooner back. */
  most?: number;
  /** Batches under way at once: while one is looked at the next lies ready, however busy this thread is. */
  lanes?: number;
  /** Pause after a failed batch. ms */
  pause?: number;
}

/** A batch of so many is back soon; with no more than this waiting, there is time for every look. */
const SMALL = 4;
/** What waits until it is due is looked for this often. ms */
const SOON = 5;

export function createGuesser<D extends Drawing, T>(recognizer: Pick<Recognizer, 'recognize'>, options: Options<D, T>) {
  const { taken, seen, failed, due = () => true, most = 32, lanes = 2, pause = 200 } = options;
  // A Set keeps the order of marking, so nobody starves; marking again does not lose one's place.
  const marked = new Set<D>();
  let busy = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });

  async function work(): Promise<void> {
    while (marked.size > 0 && !closed) {
      const first = [...marked].filter(due);
      const size = Math.min(most, Math.max(SMALL, Math.ceil(first.length / SMALL)));
      if (first.length === 0 && marked.size > SMALL) {
        // Looks that nobody would be told of would only make the others late: these wait until they are due.
        await wait(SOON);
        continue;
      }
      const batch = (first.length > 0 ? first : [...marked]).slice(0, size);
      for (const drawing of batch) marked.delete(drawing);
      const looks = batch.map((drawing) => ({ drawing, taken: taken(drawing) }));
      try {
        // The recognizer copies the inks before it returns its promise, so they may grow meanwhile.
        const results = await recognizer.recognize(batch.map((drawing) => drawing.ink));
        if (!closed) seen(looks.map((look, i) => ({ ...look, probabilities: results[i]! })));
      } catch (reason) {
        for (const drawing of batch) marked.add(drawing);
        failed(reason);
        await wait(pause);
      }
    }
    busy--;
  }

  const guesser: Guesser<D> = {
    mark(drawing) {
      marked.add(drawing);
      // Begun in a microtask: what is marked in the same turn travels in the same batch.
      if (busy < lanes && !closed) {
        busy++;
        queueMicrotask(work);
      }
    },
    forget: (drawing) => void marked.delete(drawing),
    waiting: () => marked.size,
    close() {
      closed = true;
      marked.clear();
      clearTimeout(timer);
    },
  };
  return guesser;
}
