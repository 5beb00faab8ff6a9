/** The shared networks of a single process. */
import type { KeptNetwork, Networks } from '../networks.ts';
import { MAX_NETWORKS, MAX_NETWORKS_BYTES } from '../networks.ts';

export interface MemoryNetworks extends Networks {
  /** The room or lesson has these members now. Null: it is over. */
  settle(code: string, members: readonly string[] | null): void;
}

export function createMemoryNetworks(most = { count: MAX_NETWORKS, bytes: MAX_NETWORKS_BYTES }): MemoryNetworks {
  /** Of all rooms and lessons that are there, by member. */
  const kept = new Map<string, Map<string, KeptNetwork>>();
  let total = 0;

  function drop(networks: Map<string, KeptNetwork>, member: string): void {
    total -= networks.get(member)?.bytes.length ?? 0;
    networks.delete(member);
  }

  return {
    settle(code, members) {
      const networks = kept.get(code) ?? new Map<string, KeptNetwork>();
      for (const member of [...networks.keys()]) if (!members?.includes(member)) drop(networks, member);
      if (members) kept.set(code, networks);
      else kept.delete(code);
    },
    async save(code, member, network) {
      const networks = kept.get(code);
      if (!networks) return 'gone';
      const before = networks.get(member);
      if (!before && networks.size >= most.count) return 'full';
      if (total - (before?.bytes.length ?? 0) + network.bytes.length > most.bytes) return 'full';
      drop(networks, member);
      networks.set(member, network);
      total += network.bytes.length;
      return 'saved';
    },
    async list(code) {
      return new Map([...(kept.get(code) ?? [])].map(([member, { about }]) => [member, about]));
    },
    async read(code, member) {
      return kept.get(code)?.get(member)?.bytes ?? null;
    },
    async remove(code, member) {
      const networks = kept.get(code);
      if (networks) drop(networks, member);
    },
  };
}
