/** Records of a single process. */
import type { Refusal } from '../../../shared/protocol.ts';
import type { Kind, Records, Versioned } from '../records.ts';
import type { MemoryNetworks } from './networks.ts';

export interface MemoryRecords<R extends Versioned> extends Records<R> {
  has(code: string): boolean;
  all(): R[];
}

/** `onOver`: the record is deleted, and so is what belongs to it. `networks`: those that its members share. */
export function createMemoryRecords<R extends Versioned>(
  { missing, isOver, membersOf }: Kind<R>,
  networks: Pick<MemoryNetworks, 'settle'> | undefined,
  onOver: (code: string) => void = () => {},
): MemoryRecords<R> {
  const records = new Map<string, R>();
  const listeners = new Map<string, Set<(record: R) => void>>();
  const isRefusal = (result: R | Refusal): result is Refusal => typeof result === 'string';
  return {
    has: (code) => records.has(code),
    all: () => [...records.values()],
    async create(record) {
      if (records.has(record.code)) return false;
      records.set(record.code, record);
      networks?.settle(record.code, membersOf(record));
      return true;
    },
    async read(code) {
      return records.get(code) ?? null;
    },
    async update(code, step) {
      const record = records.get(code);
      if (!record) return missing;
      const next = step(record);
      if (isRefusal(next) || next === record) return next;
      if (isOver(next)) {
        records.delete(code);
        onOver(code);
      } else records.set(code, next);
      networks?.settle(code, isOver(next) ? null : membersOf(next));
      for (const changed of [...(listeners.get(code) ?? [])]) changed(next);
      return next;
    },
    async watch(code, changed) {
      const set = listeners.get(code) ?? new Set();
      listeners.set(code, set.add(changed));
      return () => {
        set.delete(changed);
        if (set.size === 0) listeners.delete(code);
      };
    },
  };
}
