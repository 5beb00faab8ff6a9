/**
 * The baselines: a bare relay on Socket.IO, or on `ws` alone (`RELAY=ws`), that batches as the game does, and does nothing else. Neither
 * checks, limits or keeps anything.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type WebSocket, WebSocketServer } from 'ws';
import { LIVE_EVERY } from '../shared/protocol.ts';
import type { Ready } from './reports.ts';
import { reportTo } from './reports.ts';

interface Room<S> {
  sockets: S[];
  chunks: object[];
  sentAt: number;
  timer?: NodeJS.Timeout | undefined;
}

const counted = reportTo(process);
const http = createServer();

function createRelay<S>(broadcast: (code: string, sockets: S[], frame: object) => void) {
  const rooms = new Map<string, Room<S>>();
  return {
    join(socket: S, code: string): Room<S> {
      const room = rooms.get(code) ?? { sockets: [], chunks: [], sentAt: 0 };
      rooms.set(code, room);
      room.sockets.push(socket);
      return room;
    },
    chunk(code: string, player: string, chunk: object): void {
      counted.chunks++;
      const room = rooms.get(code)!;
      room.chunks.push({ player, ...chunk });
      room.timer ??= setTimeout(
        () => {
          broadcast(code, room.sockets, { round: 1, chunks: room.chunks, guesses: [] });
          room.chunks = [];
          room.sentAt = Date.now();
          room.timer = undefined;
        },
        Math.max(0, room.sentAt + LIVE_EVERY - Date.now()),
      );
    },
  };
}

interface Joining {
  code: string;
  player: string;
}

if (process.env.RELAY === 'ws') {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const relay = createRelay<WebSocket>((_, sockets, frame) => {
    // Encoded once.
    const data = Buffer.from(JSON.stringify(['live', frame]));
    for (const socket of sockets) socket.send(data, { binary: false });
  });
  server.on('connection', (socket) => {
    let joined: Joining;
    socket.on('message', (data: Buffer) => {
      const [event, payload] = JSON.parse(data.toString()) as [string, never];
      if (event === 'join') {
        joined = payload;
        relay.join(socket, joined.code);
      } else if (event === 'chunk') relay.chunk(joined.code, joined.player, payload);
    });
  });
} else {
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  const relay = createRelay<never>((code, _, frame) => io.to(code).emit('live', frame));
  io.on('connection', (socket) => {
    let joined: Joining;
    socket.on('join', (payload: Joining) => {
      joined = payload;
      socket.join(joined.code);
      relay.join(socket as never, joined.code);
    });
    socket.on('chunk', (chunk: object) => relay.chunk(joined.code, joined.player, chunk));
  });
}
process.on('disconnect', () => process.exit(0));
http.listen(0, '127.0.0.1', () => {
  process.send!({ port: (http.address() as AddressInfo).port, engine: 'none' } satisfies Ready);
});
