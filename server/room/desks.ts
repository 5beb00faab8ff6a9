/**
 * The desks in the rooms of this process: what is drawn goes onto them, and from there to everybody in the room, to the
 * recognizer, and to the store. Nothing that draws waits for anything.
 */
import type { Chunk } from '../../shared/ink.ts';
import type { Refusal } from '../../shared/protocol.ts';
import { GUESSES_EVERY } from '../../shared/protocol.ts';
import type { Action } from '../game/game.ts';
import { mayDraw, startOf } from '../game/game.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Log } from '../log.ts';
import type { KeptInk, Store } from '../storage/store.ts';
import type { Desk } from './drawing.ts';
import { draw, erase, snapshot } from './drawing.ts';
import { createSaver } from './persister.ts';
import type { Player, Room, World } from './room.ts';
import { flush, isHere, layDesk, soon } from './room.ts';
import { createLooks } from './verdicts.ts';

/** While the store cannot take a drawing whose player is gone, it is tried again after this. ms */
const RETRY = 500;

interface Options {
  store: Store;
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  rooms: ReadonlyMap<string, Room>;
  world: World;
  log: Log;
  /** Commits it however long the store is away. */
  ensure(code: string, action: Action): void;
  failed(reason: unknown, room?: string): void;
}

export type Desks = ReturnType<typeof createDesks>;

export function createDesks({ store, recognizer, rooms, world, log, ensure, failed }: Options) {
  const { outbox, meter, now } = world;
  const saver = createSaver(store, failed);
  let closing = false;

  const looks = createLooks({
    recognizer,
    log,
    due: (desk) => now() - desk.guessed >= GUESSES_EVERY,
    gameOf: (desk) => roomOf(desk)?.game,
    guessed: (desk) => soon(roomOf(desk)!, world),
    recognized: (desk, action) => ensure(desk.code, action),
  });

  function roomOf(desk: Desk): Room | undefined {
    const room = rooms.get(desk.code);
    return room?.desks.get(desk.player) === desk ? room : undefined;
  }

  function touched(room: Room, desk: Desk): void {
    saver.mark(desk);
    if (desk.points > 0) looks.mark(desk);
    else looks.forget(desk);
    soon(room, world);
  }

  function drop(room: Room, desk: Desk): void {
    looks.forget(desk);
    room.desks.delete(desk.player);
  }

  /** Nobody here holds the player's seat any more: their ink goes to the store, for the process where they come back. */
  async function release(room: Room, player: string): Promise<void> {
    flush(room, world);
    await saver.save();
    const desk = room.desks.get(player);
    // They may have come back to this process meanwhile.
    if (!desk || isHere(room, player)) return;
    // While the store is away this is the only copy.
    if (saver.owes(desk) && !closing) setTimeout(() => release(room, player), RETRY);
    else drop(room, desk);
  }

  return {
    release,
    /** A refused chunk is followed by the ink as it is. */
    draw({ code, player, socket }: Player, chunk: Chunk & { round: number }): Refusal | null {
      const room = rooms.get(code);
      if (!room) return 'no-room';
      const time = now();
      const why = mayDraw(room.game, player, chunk.round, time);
      const desk = room.desks.get(player) ?? (why ? undefined : layDesk(room, player));
      const refusal = why ?? draw(desk!, chunk, time - startOf(room.game));
      meter?.chunk();
      if (!refusal) touched(room, desk!);
      else if (desk) outbox.toSocket(socket, 'ink', snapshot(desk.round, player, desk.ink));
      return refusal;
    },
    erase(
      { code, player, socket }: Player,
      what: 'undo' | 'clear',
      { round, rev }: { round: number; rev: number },
    ): Refusal | null {
      const room = rooms.get(code);
      if (!room) return 'no-room';
      const time = now();
      const why = mayDraw(room.game, player, round, time);
      if (why) return why;
      const desk = room.desks.get(player) ?? layDesk(room, player);
      flush(room, world);
      const refusal = erase(desk, what, rev, time - startOf(room.game));
      if (refusal) outbox.toSocket(socket, 'ink', snapshot(round, player, desk.ink));
      else {
        outbox.toRoom(code, 'ink', snapshot(round, player, desk.ink));
        touched(room, desk);
      }
      return refusal;
    },
    /** The player is back, to a drawing that was begun here or elsewhere. */
    resume: (room: Room, player: string, kept: KeptInk): void =>
      looks.mark(room.desks.get(player) ?? layDesk(room, player, kept)),
    /** All ink of the round, the newest there is: from the desks here, from the store for who draws elsewhere. */
    async inks(room: Room): Promise<Map<string, KeptInk>> {
      const all = await store.readInk(room.game.code, room.game.round);
      for (const desk of room.desks.values()) all.set(desk.player, desk);
      return all;
    },
    /** Takes the room's desks away; but those of the round `but`. */
    clearAway(room: Room, but?: number): void {
      for (const desk of room.desks.values()) if (desk.round !== but) drop(room, desk);
    },
    /** The store may have missed some: all of every drawing is written again. */
    saveAll(): void {
      for (const room of rooms.values())
        for (const desk of room.desks.values()) {
          desk.unsaved = null;
          saver.mark(desk);
        }
    },
    waiting: looks.waiting,
    isSeeing: looks.isSeeing,
    /** Looks at nothing more, and resolves when the store has all ink, or could not take it; it is tried until `stop`. */
    close(): Promise<void> {
      closing = true;
      looks.close();
      return saver.save();
    },
    stop: saver.close,
  };
}
