/** The store of a single process: everything is gone when it ends. */
import type { History } from '../../../shared/history.ts';
import type { Game } from '../../game/game.ts';
import { isRefusal } from '../../game/game.ts';
import { listing } from '../../game/view.ts';
import type { Store } from '../store.ts';
import { applyChange, shownRooms } from '../store.ts';

export function createMemoryStore(): Store {
  const games = new Map<string, Game>();
  const inks = new Map<string, { round: number; players: Map<string, { term: number; history: History }> }>();
  const listeners = new Map<string, Set<(game: Game) => void>>();

  return {
    kind: 'memory',
    async create(game) {
      if (games.has(game.code)) return false;
      games.set(game.code, game);
      return true;
    },
    async read(code) {
      return games.get(code) ?? null;
    },
    async update(code, step) {
      const game = games.get(code);
      if (!game) return 'no-room';
      const next = step(game);
      if (isRefusal(next) || next === game) return next;
      if (next.phase.name === 'closed') {
        games.delete(code);
        inks.delete(code);
      } else games.set(code, next);
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
    async publicRooms() {
      const rooms = [...games.values()].map(listing).filter((room) => room !== null);
      return shownRooms(rooms.sort((a, b) => b.players - a.players));
    },
    async saveInk(code, round, writes) {
      if (!games.has(code)) return;
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
        stored.players.set(player, { term, history: applyChange(before?.history ?? [], write) });
      }
    },
    async readInk(code, round, only) {
      const stored = inks.get(code);
      if (stored?.round !== round) return new Map();
      const players = [...stored.players].filter(([player]) => only === undefined || player === only);
      return new Map(players.map(([player, { history }]) => [player, history.slice()]));
    },
    async refresh() {},
    async close() {},
  };
}
