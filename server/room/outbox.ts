/** The way out, in the game's language: sockets here, everybody in a room on every process. */
import type { Gone, ServerEvents } from '../../shared/protocol.ts';

export interface Outbox {
  /** Reaches everybody in the room, on every process; except one socket, if it says so. */
  toRoom<E extends keyof ServerEvents>(
    code: string,
    event: E,
    payload: Parameters<ServerEvents[E]>[0],
    except?: string,
  ): void;
  toSocket<E extends keyof ServerEvents>(socket: string, event: E, payload: Parameters<ServerEvents[E]>[0]): void;
  /** Makes the socket hear what goes to the room. */
  enter(socket: string, code: string): void;
  /** Takes the socket out of the room and tells it why. */
  expel(socket: string, code: string, why: Gone): void;
}
