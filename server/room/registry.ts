/** The rooms that this process has people in. A room opens when somebody enters, and follows its game in the store. */
import type { Game } from '../game/game.ts';
import type { Store } from '../storage/store.ts';
import type { LiveRoom, Subscriber } from './live-room.ts';
import { advance, newLiveRoom, reportChanged, stop } from './live-room.ts';

export type Registry = ReturnType<typeof createRegistry>;

/** `maxRooms` on this process. */
export function createRegistry(store: Store, maxRooms: number) {
  const rooms = new Map<string, { room: LiveRoom; unwatch: () => void }>();
  /** Opening takes a moment; two people who enter at once must get the same room. */
  const opening = new Map<string, Promise<LiveRoom | null>>();
  const subscribers: Subscriber[] = [];

  async function openRoom(code: string): Promise<LiveRoom | null> {
    let room: LiveRoom | null = null;
    const unwatch = await store.watch(code, (game) => room && follow(room, game));
    const game = await store.read(code);
    if (!game) {
      unwatch();
      return null;
    }
    room = newLiveRoom(game, subscribers);
    rooms.set(code, { room, unwatch });
    reportChanged(room);
    return room;
  }

  function follow(room: LiveRoom, game: Game): void {
    advance(room, game);
    if (room.game.phase.name === 'closed') close(room);
  }

  function close(room: LiveRoom): void {
    const open = rooms.get(room.code);
    // When several people leave at once each may find the room empty; by then it may be open again.
    if (open?.room !== room) return;
    rooms.delete(room.code);
    open.unwatch();
    stop(room);
  }

  /** Whether the room is open here, or one more may be opened. */
  const hasPlaceFor = (code?: string): boolean =>
    rooms.size + opening.size < maxRooms || (code !== undefined && (rooms.has(code) || opening.has(code)));

  return {
    /** In this order each change is reported. Subscribe before the first room opens. */
    subscribe: (...all: Subscriber[]): void => void subscribers.push(...all),
    get: (code: string): LiveRoom | undefined => rooms.get(code)?.room,
    all: (): LiveRoom[] => [...rooms.values()].map(({ room }) => room),
    hasPlaceFor,
    /**
     * Null if there is no such room, or no place for it. Between the promise and whoever awaits it, the last one in the room may leave
     * and close it: `get` says whether it is open still.
     */
    async open(code: string): Promise<LiveRoom | null> {
      const open = rooms.get(code)?.room;
      if (open) return open;
      let opened = opening.get(code);
      if (!opened) {
        if (!hasPlaceFor()) return null;
        opened = openRoom(code).finally(() => opening.delete(code));
        opening.set(code, opened);
      }
      return opened;
    },
    close,
  };
}
