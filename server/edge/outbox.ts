/** The rooms' outbox, on Socket.IO: a room has a channel for its players and one for its spectators. */
import type { LessonOutbox } from '../room/lessons.ts';
import type { Outbox } from '../room/outbox.ts';
import type { GameServer } from './sockets.ts';

/** No code contains the sign. */
const spectatorsOf = (code: string): string => `${code}~`;

export function outboxOf(io: GameServer): Outbox {
  const local = (socket: string) => io.sockets.sockets.get(socket);
  return {
    toPlayers: (code, event, payload, except) =>
      void io
        .to(code)
        .except(except ?? [])
        .emit(event, ...([payload] as never)),
    toSpectators: (code, event, payload) => void io.to(spectatorsOf(code)).emit(event, ...([payload] as never)),
    toSockets(sockets, event, payload) {
      const ids = [...sockets];
      // To no room would be to everybody.
      if (ids.length > 0) io.local.to(ids).emit(event, ...([payload] as never));
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
