/** The way out, in the game's language: to sockets of this process, and to everybody in a room on every process. The port. */
import type { Gone, ServerEvents } from '../../shared/protocol.ts';

export interface Outbox {
  /** To everybody in the room, on every process, except one socket. */
  toRoom<E extends keyof ServerEvents>(
    code: string,
    event: E,
    payload: Parameters<ServerEvents[E]>[0],
    except?: string,
  ): void;
  toSocket<E extends keyof ServerEvents>(socket: string, event: E, payload: Parameters<ServerEvents[E]>[0]): void;
  /** The socket gets what is sent to the room. */
  enter(socket: string, code: string): void;
  /** Takes the socket out of the room and tells it why. */
  expel(socket: string, code: string, why: Gone): void;
}
