/** The rooms' outbox, on Socket.IO: a room has a channel for its players and one for its spectators. */
import type { LiveFrame, ServerEvents } from '../../shared/protocol.ts';
import { packFrame, type WireEvents } from '../../shared/wire.ts';
import type { LessonOutbox, Outbox, PayloadOf } from '../room/outbox.ts';
import type { GameServer } from './sockets.ts';

/** What travels. */
const packed = <E extends keyof ServerEvents>(event: E, payload: PayloadOf<E>) =>
  [event === 'live' ? packFrame(payload as LiveFrame) : payload] as Parameters<WireEvents[E]>;

/** No code contains the sign. */
const spectatorsOf = (code: string): string => `${code}~`;

/**
 * Ink and guesses of a room that has people on this process only are not published: `isSpread` says which room has others. A moment late,
 * since the game must say so first; ink is sent again then, and other events are not.
 */
export function outboxOf(io: GameServer, isSpread: (code: string) => boolean): Outbox {
  const local = (socket: string) => io.sockets.sockets.get(socket);
  const everywhere = (code: string, event: string) =>
    (event === 'live' || event === 'ink') && !isSpread(code) ? io.local : io;
  return {
    toPlayers(code, event, payload, except) {
      const players = everywhere(code, event).to(code);
      (except === undefined ? players : players.except(except)).emit(event, ...packed(event, payload));
    },
    toSpectators: (code, event, payload) =>
      void everywhere(code, event)
        .to(spectatorsOf(code))
        .emit(event, ...packed(event, payload)),
    toSockets(sockets, event, payload) {
      const ids = [...sockets];
      // To no room would be to everybody.
      if (ids.length > 0) io.local.to(ids).emit(event, ...packed(event, payload));
    },
    isBehind: (id) => local(id)?.data.connection?.isBehind() ?? false,
    enter: (socket, code, as) => void local(socket)?.join(as === 'player' ? code : spectatorsOf(code)),
    expel(id, code, why) {
      const socket = local(id);
      if (!socket) return;
      leaveRoom(socket, code);
      socket.data.member = undefined;
      socket.emit('gone', why);
    },
  };
}

/** The lessons' outbox: to sockets of this process. */
export function lessonOutboxOf(io: GameServer): LessonOutbox {
  const to = (socket: string) => io.sockets.sockets.get(socket);
  return {
    lesson: (socket, view) => void to(socket)?.emit('lesson', view),
    seat: (socket, seat) => void to(socket)?.emit('seat', seat),
    dismissed: (socket, why) => void to(socket)?.emit('dismissed', why),
    deafen(socket, room) {
      const there = to(socket);
      if (there) leaveRoom(there, room);
    },
  };
}

export function leaveRoom(socket: { leave(room: string): unknown }, code: string): void {
  socket.leave(code);
  socket.leave(spectatorsOf(code));
}
