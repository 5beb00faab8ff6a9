/** Replays of a single process: everything is gone when it ends. */
import type { NewReplay, ReplayLimits, Replays } from '../replays.ts';
import { REPLAY_LIFE_MS } from '../replays.ts';

type Kept = NewReplay & { saved: number; expires: number /** As JSON. */; gift?: string };

export function createMemoryReplays({ bytes, keptMs }: ReplayLimits, now: () => number = Date.now): Replays {
  const all = new Map<string, Kept>();
  let total = 0;

  function drop(replay: Kept): void {
    all.delete(replay.id);
    total -= replay.record.length;
  }

  function find(id: string): Kept | undefined {
    const replay = all.get(id);
    if (!replay || replay.expires > now()) return replay;
    drop(replay);
    return undefined;
  }

  /** Those that have expired go, and then those that would expire first. */
  function makePlace(size: number): void {
    for (const replay of all.values()) if (replay.expires <= now()) drop(replay);
    if (total + size <= bytes) return;
    for (const replay of [...all.values()].sort((a, b) => a.expires - b.expires)) {
      if (total + size <= bytes) return;
      drop(replay);
    }
  }

  function put(replay: Kept): void {
    if (replay.record.length > bytes) return;
    makePlace(replay.record.length);
    all.set(replay.id, replay);
    total += replay.record.length;
  }

  return {
    async save(replay) {
      if (!find(replay.id)) put({ ...replay, saved: now(), expires: now() + REPLAY_LIFE_MS });
    },
    async read(id) {
      return find(id) ?? null;
    },
    async keep(id, record) {
      const replay = find(id);
      if (!replay) return false;
      drop(replay);
      put({ ...replay, ...(record && { record }), expires: Math.max(replay.expires, replay.saved + keptMs) });
      return true;
    },
    async remove(id) {
      const replay = find(id);
      if (replay) drop(replay);
      return replay !== undefined;
    },
    async gift(id) {
      return JSON.parse(find(id)?.gift ?? 'null');
    },
    async setGift(id, before, gift) {
      const replay = find(id);
      if (!replay || (replay.gift ?? 'null') !== JSON.stringify(before)) return false;
      replay.gift = JSON.stringify(gift);
      return true;
    },
    async refresh(codes) {
      const open = new Set(codes);
      for (const replay of all.values())
        if (open.has(replay.code)) replay.expires = Math.max(replay.expires, now() + REPLAY_LIFE_MS);
    },
  };
}
