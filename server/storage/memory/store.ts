/** The store of a single process: everything is gone when it ends. */
import type { PackedHistory } from '../../../shared/packed-history.ts';
import { add, pack, unpack } from '../../../shared/packed-history.ts';
import type { Game } from '../../game/game.ts';
import { listing } from '../../game/view.ts';
import type { Store } from '../store.ts';
import { GAMES, newEvents, shownRooms } from '../store.ts';
import type { MemoryNetworks } from './networks.ts';
import { createMemoryRecords } from './records.ts';

export function createMemoryStore(networks?: MemoryNetworks): Store {
  const inks = new Map<string, { round: number; players: Map<string, { term: number; history: PackedHistory }> }>();
  const { has, all, ...games } = createMemoryRecords<Game>(GAMES, networks, (code) => inks.delete(code));

  return {
    kind: 'memory',
    ...games,
    async publicRooms() {
      const rooms = all()
        .map(listing)
        .filter((room) => room !== null);
      return shownRooms(rooms.sort((a, b) => b.players - a.players));
    },
    async saveInk(code, round, writes) {
      if (!has(code)) return;
      let stored = inks.get(code);
      if (stored && stored.round > round) return;
      if (stored?.round !== round) {
        stored = { round, players: new Map() };
        inks.set(code, stored);
      }
      for (const write of writes) {
        const { player, term } = write;
        const before = stored.players.get(player);
        if (before && ('history' in write ? term < before.term : term !== before.term)) continue;
        const history = 'history' in write ? pack(write.history) : (before?.history ?? pack([]));
        if ('from' in write) for (const event of newEvents(history.length, write)) add(history, event);
        stored.players.set(player, { term, history });
      }
    },
    async readInk(code, round, only) {
      const stored = inks.get(code);
      if (stored?.round !== round) return new Map();
      const players = [...stored.players].filter(([player]) => only === undefined || player === only);
      return new Map(players.map(([player, { history }]) => [player, unpack(history)]));
    },
    async refresh() {},
    async close() {},
  };
}
