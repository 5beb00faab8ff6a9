/**
 * Between drawings that change and the recognizer: latest wins. A drawing is marked, not queued, so the recognizer always
 * gets its newest ink, however slow it is. While one batch runs, the marks for the next one collect.
 */
import type { Ink } from '../../shared/ink.ts';
import type { Recognizer } from './recognizer.ts';

/** A drawing as the batcher needs it. Drawings are compared by identity. */
export interface Classifiable {
  ink: Ink;
  /** Drawings with the same one share a turn. */
  turn: string;
}

export interface Batcher<D extends Classifiable> {
  /** The drawing has changed: classify it when there is time. */
  mark(drawing: D): void;
  /** Do not classify it any more. */
  unmark(drawing: D): void;
  /** Whether it waits for a batch, or is in one whose results are not in. */
  isPending(drawing: D): boolean;
  /** Drawings that wait for a batch. */
  waiting(): number;
  close(): void;
}

/** `classified` is called with the state that `capture` returned when the batch started, so that stale results can be dropped. */
interface Options<D extends Classifiable, S> {
  capture(drawing: D): S;
  classified(results: { drawing: D; state: S; probabilities: Float32Array }[]): void;
  /** The batch failed; its drawings wait for the next one. */
  failed(reason: unknown): void;
  /** How long the recognizer takes for it, in units of a small drawing. */
  costOf?(drawing: D): number;
  /** Whether new guesses of the drawing are due: it comes first. */
  isDue?(drawing: D): boolean;
  /** Whether to look at it earlier than that, if none is due. */
  isPromising?(drawing: D): boolean;
  /** The most that the drawings of one batch cost together; a batch has one at least. */
  maxBatch?: number;
  retryDelayMs?: number;
}

/** A batch may cost this much, however few drawings wait. */
const SMALL_BATCH = 4;
/** How often drawings that are not due are looked at again. */
const DUE_CHECK_MS = 5;

export function createBatcher<D extends Classifiable, S>(
  recognizer: Pick<Recognizer, 'recognize'>,
  options: Options<D, S>,
): Batcher<D> {
  const { capture, classified, failed, costOf = () => 1, isDue = () => true, isPromising = () => true } = options;
  const { maxBatch = 32, retryDelayMs = 200 } = options;
  // A Set keeps the order of marking, so no drawing starves; marking it again keeps its place.
  const marked = new Set<D>();
  /** One at a time: with a second one, drawings waited twice as long, for a tenth more guesses. */
  let underWay: readonly D[] | undefined;
  const turns = createTurns(costOf);
  let isStarting = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  /** Starts the next batch, if it may start now. */
  function start(): void {
    isStarting = false;
    clearTimeout(timer);
    if (marked.size === 0 || underWay || isClosed) return;
    const batch = nextBatch();
    if (batch.length === 0) timer = setTimeout(start, DUE_CHECK_MS);
    else void classify(batch);
  }

  /** In a microtask, so that all drawings marked in this turn share a batch. */
  function startSoon(): void {
    if (isStarting || underWay) return;
    isStarting = true;
    queueMicrotask(start);
  }

  /** Those that are due. Others only if none is: for an earlier verdict, not for their guesses. */
  function nextBatch(): D[] {
    const due = [...marked].filter(isDue);
    // Batches grow with the load: a small one is back sooner.
    const size = Math.min(maxBatch, Math.max(SMALL_BATCH, Math.ceil(due.length / SMALL_BATCH)));
    if (due.length > 0) return turns.choose(due, size);
    return turns.choose([...marked].filter(isPromising), Math.min(maxBatch, SMALL_BATCH));
  }

  async function classify(batch: readonly D[]): Promise<void> {
    for (const drawing of batch) marked.delete(drawing);
    underWay = batch;
    const states = batch.map(capture);
    try {
      // The recognizer copies the inks before it returns its promise, so they may grow meanwhile.
      const results = await recognizer.recognize(batch.map(({ ink }) => ink));
      underWay = undefined;
      if (isClosed) return;
      classified(batch.map((drawing, i) => ({ drawing, state: states[i]!, probabilities: results[i]! })));
      start();
    } catch (reason) {
      if (isClosed) return;
      // Until it may be tried again, nothing else is.
      underWay = batch;
      for (const drawing of batch) marked.add(drawing);
      failed(reason);
      // It keeps its place until then, so that a recognizer that fails is not tried all the time.
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      underWay = undefined;
      start();
    }
  }

  return {
    mark(drawing) {
      marked.add(drawing);
      startSoon();
    },
    unmark: (drawing) => void marked.delete(drawing),
    isPending: (drawing) => marked.has(drawing) || underWay?.includes(drawing) === true,
    waiting: () => marked.size,
    close() {
      isClosed = true;
      clearTimeout(timer);
      marked.clear();
    },
  };
}

/**
 * Turns are taken by what drawings cost, so dear drawings delay those of the same turn. This is start-time fair queueing: the next
 * drawing is of the turn that was served least, and one that was idle starts where the others are.
 */
function createTurns<D extends Classifiable>(costOf: (drawing: D) => number) {
  /** What was spent on the drawings of each turn, from a common start. */
  const spent = new Map<string, number>();
  let floor = 0;

  return {
    /** The next drawings; those of one turn keep their order. At least one, and more while they cost up to `most`. */
    choose(drawings: D[], most: number): D[] {
      const turns = new Map<string, D[]>();
      for (const drawing of drawings) {
        const others = turns.get(drawing.turn);
        if (others) others.push(drawing);
        else turns.set(drawing.turn, [drawing]);
      }
      const chosen: D[] = [];
      const startOf = (turn: string) => Math.max(floor, spent.get(turn) ?? 0);
      for (let left = most; turns.size > 0; ) {
        let turn = '';
        for (const each of turns.keys()) if (!turn || startOf(each) < startOf(turn)) turn = each;
        const waiting = turns.get(turn)!;
        const cost = costOf(waiting[0]!);
        if (chosen.length > 0 && cost > left) break;
        left -= cost;
        floor = startOf(turn);
        spent.set(turn, floor + cost);
        chosen.push(waiting.shift()!);
        if (waiting.length === 0) turns.delete(turn);
      }
      for (const [turn, cost] of spent) if (cost <= floor) spent.delete(turn);
      return chosen;
    },
  };
}
