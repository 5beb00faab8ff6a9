/** Who is in a room on this process: sockets enter and leave, and lose their seat when the game says so. */
import type { Presence } from '../cluster/presence.ts';
import { connectionOf, processOf } from '../cluster/presence.ts';
import type { Visitor } from '../game/game.ts';
import { watchRefusal } from '../game/kicks.ts';
import { step } from '../game/step.ts';
import type { Store } from '../storage/store.ts';
import type { Broadcaster } from './broadcaster.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom, Member, Player } from './live-room.ts';
import { isHere, spectatorsOf } from './live-room.ts';
import type { Outbox } from './outbox.ts';
import type { Persister } from './persister.ts';
import type { Registry } from './registry.ts';
import type { Verdicts } from './verdicts.ts';

/** How often it is checked whether the drawing of a player whose connection was lost may go. */
const RELEASE_RETRY_MS = 500;
/** How often the number of spectators is committed: each time everybody in the room gets a new view. */
const COUNT_INTERVAL_MS = 1000;

interface Parts {
  store: Store;
  presence: Presence;
  registry: Registry;
  commits: Commits;
  broadcaster: Broadcaster;
  persister: Persister;
  verdicts: Pick<Verdicts, 'isPending'>;
  outbox: Outbox;
  now: () => number;
}

export type Members = ReturnType<typeof createMembers>;

export function createMembers(parts: Parts) {
  const { store, presence, registry, commits, broadcaster, persister, verdicts, outbox, now } = parts;
  const connection = (socket: string): string => connectionOf(presence, socket);
  let isClosing = false;

  /** The player left for good, or draws on another process. */
  function isElsewhere({ game }: LiveRoom, player: string): boolean {
    const seat = game.seats.find(({ id }) => id === player);
    return !seat || (seat.socket !== null && processOf(seat.socket) !== presence.id);
  }

  /** Nobody here holds the seat any more: the drawing goes to the store, for the process where the player comes back. */
  async function release(room: LiveRoom, player: string): Promise<void> {
    const drawing = room.drawings.get(player);
    if (!drawing) return;
    // All of it: what still waits for its rate would go with the drawing, and nobody would miss it.
    broadcaster.flush(room, true);
    await persister.save(drawing);
    // The player may have come back to this process meanwhile, or the round is over.
    if (room.drawings.get(player) !== drawing || isHere(room, player)) return;
    // While the store is unavailable this is the only copy; and what was drawn before the connection was lost still counts. But once
    // another process has the drawing, this copy is old, and nobody may be shown it.
    const isNeeded = persister.isUnsaved(drawing) || verdicts.isPending(drawing);
    if (isNeeded && !isElsewhere(room, player) && !isClosing) setTimeout(() => release(room, player), RELEASE_RETRY_MS);
    else {
      room.drawings.delete(player);
      await closeIfDeserted(room);
    }
  }

  /** Commits how many spectators this process has; counted as it is committed, so that the last of several is right. */
  async function commitSpectators(code: string): Promise<{ isCommitted: boolean }> {
    let isCommitted = false;
    await commits.retry(code, async () => {
      await store.update(code, (game) => {
        const room = registry.get(code);
        const count = room ? spectatorsOf(room) : 0;
        return step(game, { type: 'spectators', process: presence.id, count }, now());
      });
      isCommitted = true;
    });
    return { isCommitted };
  }

  /** The first spectator counts at once, so that they are sent what happens; after that the count is committed once a second. */
  function countSpectators(room: LiveRoom): void {
    const counted = room.game.spectators[presence.id] ?? 0;
    const count = spectatorsOf(room);
    if (count === counted || room.timers.spectators) return;
    if (counted === 0) void commitSpectators(room.code);
    room.timers.spectators = setTimeout(() => {
      delete room.timers.spectators;
      if (registry.get(room.code) !== room || spectatorsOf(room) === (room.game.spectators[presence.id] ?? 0)) return;
      // While the store is unavailable, the retry that runs already is enough.
      void commitSpectators(room.code).then(({ isCommitted }) => isCommitted && countSpectators(room));
    }, COUNT_INTERVAL_MS);
  }

  /** With people in it on other processes, the room lives on without this one, once nothing is left to save here. */
  async function closeIfDeserted(room: LiveRoom): Promise<void> {
    const isEmpty = room.members.size === 0 && room.drawings.size === 0;
    const isDeserted =
      isEmpty && room.game.seats.some(({ socket }) => socket !== null && processOf(socket) !== presence.id);
    if (!isDeserted || registry.get(room.code) !== room) return;
    registry.close(room);
    await commitSpectators(room.code);
  }

  return {
    connection,
    release,
    closeIfDeserted,
    /** Sends those away who lost their seat, or may not watch any more. */
    changed(room: LiveRoom): void {
      const { code, game, members } = room;
      if (game.phase.name === 'closed') {
        for (const socket of members.keys()) outbox.expel(socket, code, 'room-closed');
        return;
      }
      for (const [socket, { player, visitor }] of members) {
        if (player === null) {
          const refusal = watchRefusal(game, visitor, true);
          if (!refusal) continue;
          members.delete(socket);
          outbox.expel(socket, code, refusal);
          continue;
        }
        const seat = game.seats.find(({ id }) => id === player);
        if (seat?.socket === connection(socket)) continue;
        if (seat?.socket === null) {
          // Other processes took this one for dead when it only lost Redis. The seat's socket is still here.
          const { lesson } = game;
          const back = { token: seat.token, socket: connection(socket), ...(lesson && { lesson }) };
          commits.ensure(code, { type: 'return', ...back });
          continue;
        }
        members.delete(socket);
        outbox.expel(socket, code, seat ? 'replaced' : 'kicked');
        void release(room, player);
      }
      for (const player of room.drawings.keys())
        if (!isHere(room, player) && isElsewhere(room, player)) void release(room, player);
      countSpectators(room);
    },
    /** The socket gets what is sent to the room from now on. */
    enter(room: LiveRoom, socket: string, player: string | null, visitor: Visitor): void {
      room.members.set(socket, { player, visitor });
      outbox.enter(socket, room.code, player === null ? 'spectator' : 'player');
      countSpectators(room);
    },
    /** The socket is gone, or in another room now. A seat is given up at once (`left`), or held for a while (`lost`). */
    async exit({ socket, code, player }: Member, how: 'left' | 'lost'): Promise<void> {
      const room = registry.get(code);
      if (!room?.members.delete(socket)) return;
      if (player !== null) {
        await release(room, player);
        await commits.ensure(code, { type: how === 'left' ? 'leave' : 'drop', id: player, socket: connection(socket) });
      }
      await closeIfDeserted(room);
      if (registry.get(code) === room) countSpectators(room);
    },
    /** The seat is lost, if this socket holds it. */
    vacate: ({ socket, code, player }: Player): Promise<void> =>
      commits.ensure(code, { type: 'drop', id: player, socket: connection(socket) }),
    close(): void {
      isClosing = true;
    },
  };
}
