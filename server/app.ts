/** The whole server, put together out of its parts: what `main`, the tests and the bench call. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import express from 'express';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import type { Backend } from './backend.ts';
import { memoryBackend } from './backend.ts';
import type { Config } from './config.ts';
import { api, errors, probes } from './edge/api.ts';
import { MAX_FRAGMENTS, MAX_MESSAGE_BYTES } from './edge/limits.ts';
import { createOrigins } from './edge/origins.ts';
import { outboxOf } from './edge/outbox.ts';
import { pages, securityHeaders } from './edge/pages.ts';
import { createSessions } from './edge/session.ts';
import type { GameServer } from './edge/sockets.ts';
import { serveSockets } from './edge/sockets.ts';
import type { Pace } from './game/game.ts';
import { PACE } from './game/game.ts';
import type { Recognizer } from './inference/recognizer.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Meter } from './room/broadcaster.ts';
import { createRooms } from './room/rooms.ts';

export interface Parts {
  config: Config;
  backend?: Backend;
  recognizer: Recognizer;
  log: Log;
  pace?: Pace;
  meter?: Meter;
}

export interface App {
  /** Resolves with the port once the server listens. */
  listen(): Promise<number>;
  /** Where it listens. */
  address(): AddressInfo;
  /** Saves what was drawn, tells everybody, and stops. */
  close(): Promise<void>;
  io: GameServer;
}

/** How long closing connections get to send what they still hold. */
const GOODBYE_TIMEOUT_MS = 500;

export function createApp(parts: Parts): App {
  const { config, backend = memoryBackend(config.SESSION_SECRET), log, pace = paceOf(config.PAUSES) } = parts;
  const { store, presence, leaderboard, broadcast } = backend;
  const base = config.BASE_PATH;
  const sessions = createSessions(backend.secret, base);
  const origins = createOrigins(config.ORIGINS, log);
  const metrics = createMetrics({
    sockets: () => io.engine.clientsCount,
    restarts: parts.recognizer.restarts,
    rooms: () => rooms.count(),
    store: () => backend.counts,
  });
  const { meter = metrics.meter } = parts;
  const recognizer = metrics.timed(parts.recognizer);
  let isClosing = false;

  const web = express();
  const http = createServer(web);
  const io: GameServer = new Server(http, {
    path: `${base}socket.io/`,
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    wsEngine: LimitedWebSocketServer as never,
    ...(broadcast && { adapter: broadcast.adapter }),
    allowRequest: ({ headers }, decide) => decide(null, origins.admit(headers.origin, headers.host)),
  });
  const ports = { store, presence, leaderboard, recognizer, outbox: outboxOf(io), log, meter };
  const rooms = createRooms(ports, { pace, maxRooms: config.MAX_ROOMS });
  serveSockets(io, rooms, { sessions, log, onAnswer: metrics.countCommand });
  backend.onReconnect(rooms.catchUp);

  const readiness = () => ({
    store: backend.isReady(),
    recognizer: parts.recognizer.engine !== undefined && rooms.isRecognizing(),
    open: !isClosing,
  });
  web.disable('x-powered-by');
  web.enable('case sensitive routing');
  web.use(securityHeaders);
  web.use(probes({ store, rooms, recognizer: parts.recognizer, metrics: metrics.registry, readiness }));
  web.use(base, api({ store, leaderboard, recognizer: parts.recognizer, origins }));
  web.use(base, pages({ sessions, modelDir: config.MODEL_DIR, base }));
  // Only if the game has a path of its own.
  web.get('/', (_, response) => {
    response
      .status(404)
      .type('text')
      .send(`The game is at ${base}. A proxy in front must leave this path in the address.`);
  });
  web.use(...errors(log));

  return {
    io,
    address: () => http.address() as AddressInfo,
    listen: () =>
      new Promise((resolve, reject) => {
        http.once('error', reject);
        http.listen(config.PORT, config.HOST, () => resolve((http.address() as AddressInfo).port));
      }),
    async close() {
      isClosing = true;
      if (config.DRAIN > 0) await wait(config.DRAIN * 1000);
      // From now on people who come back reach another process.
      http.close();
      io.local.emit('gone', 'server-closing');
      // The connection, not only the socket: a socket that the server closes does not come back by itself.
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
      for (let waited = 0; io.engine.clientsCount > 0 && waited < GOODBYE_TIMEOUT_MS; waited += 10) await wait(10);
      await rooms.close();
      await io.close();
      broadcast?.close();
      await recognizer.close();
      await store.close();
    },
  };
}

/** Socket.IO does not pass this limit on to `ws`. */
class LimitedWebSocketServer extends WebSocketServer {
  constructor(options: ConstructorParameters<typeof WebSocketServer>[0]) {
    super({ ...options, maxFragments: MAX_FRAGMENTS } as typeof options);
  }
}

/** `percent` of the usual pauses. */
function paceOf(percent: number): Pace {
  const share = (ms: number) => (ms * percent) / 100;
  const { countdown, finish, reveal } = PACE;
  return { ...PACE, countdown: share(countdown), finish: share(finish), reveal: share(reveal) };
}
