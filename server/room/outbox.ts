/** The way out, in the game's language: to sockets of this process, and to the people of a room on every process. The port. */
import type { Dismissal, LessonView } from '../../shared/lesson.ts';
import type { Gone, ServerEvents } from '../../shared/protocol.ts';

export type PayloadOf<E extends keyof ServerEvents> = Parameters<ServerEvents[E]>[0];

export interface Outbox {
  /** To the room's players on every process, except one socket. */
  toPlayers<E extends keyof ServerEvents>(code: string, event: E, payload: PayloadOf<E>, except?: string): void;
  /** To the room's spectators on every process. */
  toSpectators<E extends keyof ServerEvents>(code: string, event: E, payload: PayloadOf<E>): void;
  /** To these sockets of this process. It is encoded once. */
  toSockets<E extends keyof ServerEvents>(sockets: Iterable<string>, event: E, payload: PayloadOf<E>): void;
  /** Whether the socket has read little of what was sent to it. */
  isBehind(socket: string): boolean;
  /** The socket gets what is sent to the room's players, or to its spectators. */
  enter(socket: string, code: string, as: 'player' | 'spectator'): void;
  /** Takes the socket out of the room and tells it why. */
  expel(socket: string, code: string, why: Gone): void;
}

/** The way out of a lesson, to sockets of this process. */
export interface LessonOutbox {
  lesson(socket: string, view: LessonView): void;
  seat(socket: string, seat: { pupil: string; token: string }): void;
  dismissed(socket: string, why: Dismissal): void;
  /** It hears no more of a room in which it has no place. */
  deafen(socket: string, room: string): void;
}
