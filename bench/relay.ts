/** The baseline: a bare Socket.IO relay that batches as the game does, and does nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { LIVE_EVERY } from '../shared/protocol.ts';
import type { Ready } from './reports.ts';
import { reportTo } from './reports.ts';

const counted = reportTo(process);
const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
const rooms = new Map<string, { chunks: object[]; sent: number; timer?: NodeJS.Timeout | undefined }>();

io.on('connection', (socket) => {
  let code = '';
  socket.on('join', (payload, answer) => {
    code = payload.code;
    socket.join(code);
    if (!rooms.has(code)) rooms.set(code, { chunks: [], sent: 0 });
    answer({ ok: true, player: socket.id });
  });
  socket.on('chunk', (chunk: object) => {
    counted.chunks++;
    const room = rooms.get(code)!;
    room.chunks.push({ player: socket.id, ...chunk });
    room.timer ??= setTimeout(
      () => {
        io.to(code).emit('live', { round: 1, chunks: room.chunks, guesses: [] });
        room.chunks = [];
        room.sent = Date.now();
        room.timer = undefined;
      },
      Math.max(0, room.sent + LIVE_EVERY - Date.now()),
    );
  });
});
http.listen(0, '127.0.0.1', () => {
  process.send!({ port: (http.address() as AddressInfo).port, engine: 'none' } satisfies Ready);
});
