/** The yardstick: a bare Socket.IO relay that batches as the game does, and does nothing else with what it relays. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { LIVE_EVERY } from '../shared/protocol.ts';
import type { Ready } from './reports.ts';
import { reportTo } from './reports.ts';

const counted = reportTo(process);
const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
const waiting = new Map<string, object[]>();

io.on('connection', (socket) => {
  let room = '';
  socket.on('join', ({ code }, answer) => {
    room = code;
    socket.join(room);
    answer({ ok: true, player: socket.id });
  });
  socket.on('chunk', (chunk: object) => {
    counted.chunks++;
    const chunks = waiting.get(room);
    if (chunks) {
      chunks.push({ player: socket.id, ...chunk });
      return;
    }
    waiting.set(room, [{ player: socket.id, ...chunk }]);
    setTimeout(() => {
      io.to(room).emit('live', { round: 1, chunks: waiting.get(room), guesses: [] });
      waiting.delete(room);
    }, LIVE_EVERY);
  });
});
http.listen(0, '127.0.0.1', () => {
  process.send!({ port: (http.address() as AddressInfo).port, engine: 'none' } satisfies Ready);
});
