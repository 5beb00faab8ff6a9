/** The whole server out of its parts: what `main` and the tests both call. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import express from 'express';
import helmet from 'helmet';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { SPANS } from '../shared/protocol.ts';
import type { Home } from './backend.ts';
import { memoryHome } from './backend.ts';
import type { Config } from './config.ts';
import { createSessions, newSession } from './edge/session.ts';
import type { GameServer } from './edge/sockets.ts';
import { outboxOf, serveSockets } from './edge/sockets.ts';
import { isPageBuilt, UNBUILT } from './edge/unbuilt.ts';
import type { Pace } from './game/game.ts';
import { PACE } from './game/game.ts';
import type { Recognizer } from './inference/recognizer.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { PAGE_DIR } from './paths.ts';
import type { Meter } from './room/room.ts';
import { createRooms } from './room/rooms.ts';
import type { Store } from './storage/store.ts';
import { Unavailable } from './storage/store.ts';

export interface Parts {
  config: Config;
  /** By default a home in this process. */
  home?: Home;
  /** Instead of the home's. */
  store?: Store;
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

export function createApp(parts: Parts): App {
  const { config, home = memoryHome(config.SESSION_SECRET), log, pace = paced(config.PAUSES) } = parts;
  const { store = home.store } = parts;
  const { peers, leaders, fanout } = home;
  const sessions = createSessions(home.secret);
  const metrics = createMetrics({
    sockets: () => io.engine.clientsCount,
    restarts: () => parts.recognizer.restarts(),
    rooms: () => rooms.count(),
    store: () => home.counts,
  });
  const { meter = metrics.meter } = parts;
  const recognizer = metrics.timed(parts.recognizer);
  let closing = false;

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
    ...(fanout && { adapter: fanout.adapter }),
    // CORS does not cover WebSocket: any page could else play in its visitor's name.
    allowRequest: ({ headers }, decide) => decide(null, isAllowed(headers.origin, headers.host, config.ORIGINS)),
  });
  const outbox = outboxOf(io);
  const rooms = createRooms({
    store,
    peers,
    leaders,
    recognizer,
    outbox,
    log,
    pace,
    meter,
    mostRooms: config.MAX_ROOMS,
  });
  serveSockets(io, rooms, log, { sessions, answered: metrics.answered });
  home.onBack?.(rooms.catchUp);

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
  // A load balancer asks: is this process to be sent people?
  web.get('/readyz', (_, response) => {
    const ready = { store: home.isReady(), recognizer: rooms.isSeeing(), open: !closing };
    response.status(Object.values(ready).every(Boolean) ? 200 : 503).json(ready);
  });
  web.get('/metrics', async (_, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  web.get('/api/rooms', async (_, response) => {
    response.json(await store.publicRooms());
  });
  web.get('/api/leaders', async (_, response) => {
    const time = Date.now();
    const boards = await Promise.all(SPANS.map(async (span) => [span, await leaders.best(span, time)]));
    response.json(Object.fromEntries(boards));
  });
  web.get('/api/leaders/:word', async ({ params }, response) => {
    const known = recognizer.words.words.some(({ word }) => word === params.word);
    if (known) response.json(await leaders.fastest(params.word));
    else response.status(404).json({ error: 'no such word' });
  });
  // A page begins or renews its visitor's session; the socket that it opens then brings it along.
  web.get(['/', '/r/:code', '/r/:code/tv'], ({ headers }, response, next) => {
    const session = sessions.read(headers.cookie) ?? newSession();
    response.setHeader('Set-Cookie', sessions.cookie(session, headers['x-forwarded-proto'] === 'https'));
    next();
  });
  web.use('/models/quickdraw', express.static(resolve(config.MODEL_DIR), { maxAge: '1h' }));
  web.use('/assets', express.static(`${PAGE_DIR}/assets`, { immutable: true, maxAge: '1y', fallthrough: false }));
  web.use(express.static(PAGE_DIR, { maxAge: 0 }));
  web.get(['/', '/r/:code', '/r/:code/tv'], (_, response) => {
    if (isPageBuilt()) response.sendFile(`${PAGE_DIR}/index.html`);
    else response.status(503).type('text').send(UNBUILT);
  });
  web.use((_, response) => void response.status(404).json({ error: 'not found' }));
  web.use(((error, _request, response, _next) => {
    const away = error instanceof Unavailable;
    // What is asked for wrongly, a file of yesterday's page say, says so itself.
    const status: number = away ? 503 : (error.status ?? 500);
    if (status >= 500 && !away) log.error({ err: error }, 'a request failed');
    const why = away
      ? 'unavailable'
      : status === 404
        ? 'not found'
        : status < 500
          ? 'bad request'
          : 'the server failed';
    response.status(status).json({ error: why });
  }) satisfies express.ErrorRequestHandler);

  return {
    io,
    listen: () =>
      new Promise((done, fail) => {
        http.once('error', fail);
        http.listen(config.PORT, config.HOST, () => done((http.address() as AddressInfo).port));
      }),
    async close() {
      closing = true;
      if (config.DRAIN > 0) await pause(config.DRAIN * 1000);
      // Whoever comes back now comes to another process.
      http.close();
      io.local.emit('gone', 'server-closing');
      // The connection and not only the socket: a socket that the server closes does not come back by itself.
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
      for (let waited = 0; io.engine.clientsCount > 0 && waited < 500; waited += 10) await pause(10);
      await rooms.close();
      await io.close();
      fanout?.close();
      await recognizer.close();
      await store.close();
    },
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const paced = (percent: number): Pace => {
  const { countdown, finish, reveal } = PACE;
  const share = (ms: number) => (ms * percent) / 100;
  return { ...PACE, countdown: share(countdown), finish: share(finish), reveal: share(reveal) };
};

/** A request without an origin comes from no page. */
const isAllowed = (origin: string | undefined, host: string | undefined, others: string[]): boolean =>
  origin === undefined || others.includes(origin) || URL.parse(origin)?.host === host;
