/** Keeps what was drawn: every drawing that changed goes to the store ten times a second, one call for each room. */

import type { InkWrite, Store } from '../storage/store.ts';
import type { Desk } from './drawing.ts';
import { takeWrite } from './drawing.ts';

/** ms */
const SAVE_EVERY = 100;

export interface Saver {
  /** The drawing has changed. */
  mark(desk: Desk): void;
  /** Whether the store does not have all of it. */
  owes(desk: Desk): boolean;
  /** Resolves when the store has what is marked now, or could not take it; then it is tried again. */
  save(): Promise<void>;
  close(): void;
}

export function createSaver(store: Store, failed: (reason: unknown, room: string) => void): Saver {
  const marked = new Set<Desk>();
  /** What is on its way may still fail, so that whoever waits for a save waits for it, too. */
  const underWay = new Map<Desk, Promise<void>>();

  async function saveRoom(code: string, round: number, desks: Desk[]): Promise<void> {
    const writes = desks.map(takeWrite).filter((write): write is InkWrite => write !== null);
    if (writes.length === 0) return;
    try {
      await store.saveInk(code, round, writes);
    } catch (reason) {
      // Tell it the whole ink next time: chunks that failed must not leave a hole.
      for (const desk of desks) {
        desk.unsaved = null;
        marked.add(desk);
      }
      failed(reason, code);
    }
  }

  async function save(): Promise<void> {
    const rooms = new Map<string, Desk[]>();
    for (const desk of marked) {
      const key = `${desk.code} ${desk.round}`;
      rooms.set(key, [...(rooms.get(key) ?? []), desk]);
    }
    marked.clear();
    for (const desks of rooms.values()) {
      const { code, round } = desks[0]!;
      const saved = saveRoom(code, round, desks).finally(() => {
        for (const desk of desks) if (underWay.get(desk) === saved) underWay.delete(desk);
      });
      for (const desk of desks) underWay.set(desk, saved);
    }
    await Promise.all(underWay.values());
  }

  const saving = setInterval(save, SAVE_EVERY);
  saving.unref();
  return {
    mark: (desk) => void marked.add(desk),
    owes: (desk) => marked.has(desk) || underWay.has(desk),
    save,
    close: () => clearInterval(saving),
  };
}
