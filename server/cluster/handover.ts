/**
 * What a process does for the others that have people in the same rooms: hands drawings over, tells newcomers what is drawn
 * here, and notices when another one is gone.
 */

import type { Action, Game } from '../game/game.ts';
import type { Log } from '../log.ts';
import { snapshot } from '../room/drawing.ts';
import type { Room, World } from '../room/room.ts';
import { flush, guessesHere } from '../room/room.ts';
import type { Peers } from './presence.ts';
import { processOf } from './presence.ts';

/** Who asks for the drawings of a process within this time gets them together. ms */
const TELL_AFTER = 50;
/** How often the processes that hold seats in our rooms are looked for. One that is missing twice is gone. ms */
const LOOK_EVERY = 4_000;

interface Options {
  peers: Peers;
  rooms: ReadonlyMap<string, Room>;
  world: World;
  log: Log;
  /** Gives the player's drawing to the store: the seat is held elsewhere now. */
  release(room: Room, player: string): Promise<void>;
  /** Commits it however long the store is away. */
  ensure(code: string, action: Action): void;
  failed(reason: unknown, room?: string): void;
}

export interface Neighbours {
  /** Has the other processes in the room send what is drawn there. */
  ask(game: Game): void;
  /**
   * What went from process to process may have been lost. Of any two the one that is back later does both, tell and ask,
   * when the other can hear and speak.
   */
  catchUp(): void;
  close(): void;
}

export function createNeighbours({ peers, rooms, world, log, release, ensure, failed }: Options): Neighbours {
  /** The other processes that have people in the room. */
  function othersIn(game: Game): Set<string> {
    const seated = game.seats.flatMap(({ socket }) => (socket === null ? [] : [processOf(socket)]));
    const others = new Set([...seated, ...Object.keys(game.spectators)]);
    others.delete(peers.id);
    return others;
  }

  function ask(game: Game): void {
    for (const process of othersIn(game))
      peers.askToTell(process, game.code).catch((reason) => failed(reason, game.code));
  }

  /** Sends what is drawn here to everybody in the room: somebody on another process has it from the store, which lags. */
  function tell(code: string): void {
    const room = rooms.get(code);
    if (!room || room.telling) return;
    room.telling = setTimeout(() => {
      room.telling = undefined;
      flush(room, world);
      const sockets = new Map([...room.members].map(([socket, player]) => [player, socket]));
      for (const { player, round, ink } of room.desks.values())
        world.outbox.toRoom(code, 'ink', snapshot(round, player, ink), sockets.get(player));
      const guesses = guessesHere(room);
      if (guesses.length > 0) world.outbox.toRoom(code, 'live', { round: room.game.round, chunks: [], guesses });
    }, TELL_AFTER);
  }

  /** The player came back to another process, which asks for what is here. */
  async function give(code: string, player: string): Promise<void> {
    const room = rooms.get(code);
    if (!room) return;
    for (const [socket, member] of room.members) {
      if (member !== player) continue;
      room.members.delete(socket);
      world.outbox.expel(socket, code, 'replaced');
    }
    await release(room, player);
  }

  /** Processes that were missing when last looked for. */
  let missing = new Set<string>();

  /** A process that died told nobody: the seats it held count as lost, and its spectators as gone. */
  async function look(): Promise<void> {
    const held = new Map<string, string[]>();
    for (const { game } of rooms.values())
      for (const process of othersIn(game)) held.set(process, [...(held.get(process) ?? []), game.code]);
    const gone = new Set<string>();
    for (const [process, codes] of held) {
      if (await peers.isAlive(process)) continue;
      gone.add(process);
      if (!missing.has(process)) continue;
      log.warn({ process, rooms: codes.length }, 'a process is gone; its seats are lost');
      for (const code of codes) ensure(code, { type: 'vanished', process });
    }
    missing = gone;
  }

  peers.onHandOver(give);
  peers.onAskedToTell(tell);
  const looking = setInterval(() => look().catch((reason) => failed(reason)), LOOK_EVERY);
  looking.unref();

  return {
    ask,
    catchUp() {
      for (const { game } of rooms.values()) {
        if (othersIn(game).size > 0) tell(game.code);
        ask(game);
      }
    },
    close: () => clearInterval(looking),
  };
}
