/** The whole server out of its parts: what `main` and the tests both call. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import express from 'express';
import helmet from 'helmet';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import type { Config } from './config.ts';
import type { Pace } from './game.ts';
import { PACE } from './game.ts';
import type { Log } from './log.ts';
import type { Recognizer } from './recognizer.ts';
import type { Meter } from './rooms.ts';
import { createRooms } from './rooms.ts';
import type { GameServer } from './sockets.ts';
import { outboxOf, serveSockets } from './sockets.ts';
import type { Store } from './store.ts';

export interface Parts {
  config: Config;
  store: Store;
  recognizer: Recognizer;
  log: Log;
  pace?: Pace;
  meter?: Meter;
}

export interface App {
  /** Resolves with the port once it listens. */
  listen(): Promise<number>;
  /** Keeps what was drawn, tells everybody, and stops. */
  close(): Promise<void>;
  io: GameServer;
}

/** The largest honest message is a chunk of CHUNK_LIMIT points, 2.5 kB. */
const LARGEST_MESSAGE = 8 * 1024;

/** Socket.IO does not hand this limit on, and thousands of unfinished fragments could hold a connection open. */
class CarefulServer extends WebSocketServer {
  constructor(options: ConstructorParameters<typeof WebSocketServer>[0]) {
    super({ ...options, maxFragments: 64 } as typeof options);
  }
}

export function createApp({ config, store, recognizer, log, pace = PACE, meter }: Parts): App {
  const web = express();
  const http = createServer(web);
  const io: GameServer = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: LARGEST_MESSAGE,
    perMessageDeflate: false,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    wsEngine: CarefulServer as never,
    // CORS does not cover WebSocket: any page could else play in its visitor's name.
    allowRequest: ({ headers }, decide) => decide(null, isAllowed(headers.origin, headers.host, config.ORIGINS)),
  });
  const rooms = createRooms({ store, recognizer, outbox: outboxOf(io), log, pace, meter, mostRooms: config.MAX_ROOMS });
  serveSockets(io, rooms, log);

  const page = resolve('dist/client');
  web.disable('x-powered-by');
  web.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          // The browser's own recognizer is WebAssembly in a worker.
          scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
          workerSrc: ["'self'", 'blob:'],
          connectSrc: ["'self'", 'ws:', 'wss:'],
          imgSrc: ["'self'", 'data:', 'blob:'],
          // Phones reach the game over plain http in a home network.
          upgradeInsecureRequests: null,
        },
      },
      strictTransportSecurity: false,
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
    }),
  );
  web.get('/healthz', (_, response) => {
    response.json({ ok: true, engine: recognizer.engine, store: store.kind, ...rooms.count() });
  });
  web.get('/api/rooms', async (_, response) => {
    response.json(await store.publicRooms());
  });
  web.use('/models/quickdraw', express.static(resolve(config.MODEL_DIR), { maxAge: '1h' }));
  web.use('/assets', express.static(`${page}/assets`, { immutable: true, maxAge: '1y', fallthrough: false }));
  web.use(express.static(page, { maxAge: 0 }));
  web.get(['/', '/r/:code', '/r/:code/tv'], (_, response) => response.sendFile(`${page}/index.html`));
  web.use((_, response) => void response.status(404).json({ error: 'not found' }));
  web.use(((error, _request, response, _next) => {
    log.error({ err: error }, 'a request failed');
    response.status(500).json({ error: 'the server failed' });
  }) satisfies express.ErrorRequestHandler);

  return {
    io,
    listen: () =>
      new Promise((done, fail) => {
        http.once('error', fail);
        http.listen(config.PORT, config.HOST, () => done((http.address() as AddressInfo).port));
      }),
    async close() {
      io.local.emit('gone', 'server-closing');
      await rooms.close();
      await io.close();
      await recognizer.close();
      await store.close();
    },
  };
}

/** A request without an origin comes from no page. */
const isAllowed = (origin: string | undefined, host: string | undefined, others: string[]): boolean =>
  origin === undefined || others.includes(origin) || URL.parse(origin)?.host === host;
