/** The rooms' outbox, on Socket.IO. */
import type { Outbox } from '../room/outbox.ts';
import type { GameServer } from './sockets.ts';

export function outboxOf(io: GameServer): Outbox {
  const local = (socket: string) => io.sockets.sockets.get(socket);
  return {
    toRoom: (code, event, payload, except) =>
      void io
        .to(code)
        .except(except ?? [])
        .emit(event, ...([payload] as never)),
    toSocket: (socket, event, payload) => void local(socket)?.emit(event, ...([payload] as never)),
    enter: (socket, code) => void local(socket)?.join(code),
    expel(id, code, why) {
      const socket = local(id);
      if (!socket) return;
      socket.leave(code);
      socket.data.member = undefined;
      socket.emit('gone', why);
    },
  };
}
