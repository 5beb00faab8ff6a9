/** Stores what is drawn: every changed drawing goes to the store ten times a second, in one call for each room. */
import type { InkWrite, Store } from '../storage/store.ts';
import type { Commits } from './commits.ts';
import type { Drawing } from './drawing.ts';
import { takeUnsaved, wholeInkPause } from './drawing.ts';
import type { LiveRoom } from './live-room.ts';

const SAVE_INTERVAL_MS = 100;
/** A store that could not take something gets this long until the next attempt, with whole histories. */
const RETRY_DELAY_MS = 500;

export type Persister = ReturnType<typeof createPersister>;

export function createPersister(store: Store, { failed }: Pick<Commits, 'failed'>, now: () => number) {
  const marked = new Set<Drawing>();
  /** Saves in flight, each with its drawings. They may still fail, so those count as unsaved until it is done. */
  const saving = new Map<Promise<void>, Drawing[]>();
  let pausedUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function mark(drawing: Drawing): void {
    marked.add(drawing);
    schedule();
  }

  /** Saves what is marked by then. Nothing runs while nobody draws. */
  function schedule(): void {
    if (isClosed || marked.size === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      if (performance.now() >= pausedUntil) begin(isDue);
      schedule();
    }, SAVE_INTERVAL_MS).unref();
  }

  /** The drawings are of one room and round. */
  async function saveRoom(drawings: Drawing[]): Promise<void> {
    const { code, round } = drawings[0]!;
    try {
      const writes = drawings.map(takeUnsaved).filter((write): write is InkWrite => write !== null);
      if (writes.length > 0) await store.saveInk(code, round, writes);
    } catch (reason) {
      // The whole history next time: failed events must not leave a hole.
      for (const drawing of drawings) markWhole(drawing);
      pausedUntil = performance.now() + RETRY_DELAY_MS;
      failed(reason, code);
    }
  }

  function markWhole(drawing: Drawing): void {
    drawing.unsaved = null;
    mark(drawing);
  }

  /** Whether the whole history, if that is what the store needs, may be written again. */
  const isDue = ({ unsaved, savedWholeAt, cost }: Drawing): boolean =>
    unsaved !== null || now() - savedWholeAt >= wholeInkPause(cost);

  /** Begins to store those that are wanted, in one call for each room. */
  function begin(isWanted: (drawing: Drawing) => boolean): void {
    const rooms = new Map<string, Drawing[]>();
    for (const drawing of marked) {
      if (!isWanted(drawing)) continue;
      marked.delete(drawing);
      if (drawing.unsaved === null) drawing.savedWholeAt = now();
      const key = `${drawing.code} ${drawing.round}`;
      const others = rooms.get(key);
      if (others) others.push(drawing);
      else rooms.set(key, [drawing]);
    }
    for (const drawings of rooms.values()) {
      const saved = saveRoom(drawings).finally(() => saving.delete(saved));
      saving.set(saved, drawings);
    }
  }

  async function save(isWanted: (drawing: Drawing) => boolean): Promise<void> {
    begin(isWanted);
    await Promise.all([...saving].filter(([, drawings]) => drawings.some(isWanted)).map(([saved]) => saved));
  }

  return {
    drawn: (_: LiveRoom, drawing: Drawing): void => mark(drawing),
    guessed: (_: LiveRoom, drawing: Drawing): void => mark(drawing),
    /** Whether the store lacks some of it. */
    isUnsaved: (drawing: Drawing): boolean =>
      marked.has(drawing) || [...saving.values()].some((drawings) => drawings.includes(drawing)),
    /** Resolves when the store has what is drawn of it now, or could not take it; then it is tried again. */
    save: (drawing: Drawing) => save((each) => each === drawing),
    /** The same for all drawings. */
    saveEverything: () => save(() => true),
    /** The store may have missed some of it: all drawings are written again. */
    markAll(rooms: Iterable<LiveRoom>): void {
      for (const room of rooms) for (const drawing of room.drawings.values()) markWhole(drawing);
    },
    close(): void {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
