/** The whole server, put together out of its parts: what `main`, the tests and the bench call. */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { createServer, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { Server as EngineServer } from 'engine.io';
import express from 'express';
import { Server } from 'socket.io';
import type { Backend } from './backend.ts';
import { memoryBackend, replayLimitsOf } from './backend.ts';
import { networkAddressesOf } from './addresses.ts';
import { createArtist } from './cards/artist.ts';
import { createClock } from './clock.ts';
import { LocalAdapter } from './cluster/local.ts';
import type { Config } from './config.ts';
import { api, errors, probes } from './edge/api.ts';
import { cardApi, pageTags } from './edge/cards.ts';
import { challengeApi } from './edge/challenges.ts';
import { checkApi } from './edge/check.ts';
import { dailyApi } from './edge/daily.ts';
import { exploreApi } from './edge/explore.ts';
import type { EngineRequest } from './edge/connections.ts';
import { isOffensive } from './edge/profanity.ts';
import { guardConnections } from './edge/connections.ts';
import { MAX_MESSAGE_BYTES } from './edge/limits.ts';
import { serveMetrics } from './edge/metrics-port.ts';
import { galleryApi } from './edge/gallery.ts';
import { moderationApi } from './edge/moderation.ts';
import { networkApi } from './edge/networks.ts';
import { createReporters } from './edge/reporters.ts';
import { createOrigins } from './edge/origins.ts';
import { lessonOutboxOf, outboxOf } from './edge/outbox.ts';
import { pages, securityHeaders } from './edge/pages.ts';
import { donationApi } from './edge/donations.ts';
import { replayApi } from './edge/replays.ts';
import { createSessions } from './edge/session.ts';
import type { GameServer } from './edge/sockets.ts';
import { serveSockets } from './edge/sockets.ts';
import type { Pace } from './game/game.ts';
import { PACE } from './game/game.ts';
import type { Recognizer } from './inference/recognizer.ts';
import { createExplorer } from './explore/explorer.ts';
import { cannotListen } from './failure.ts';
import { watchLoad } from './load.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Meter } from './room/broadcaster.ts';
import { createGiving } from './room/giving.ts';
import { createReplayIds } from './room/replay-ids.ts';
import { createLessons } from './room/lessons.ts';
import { createRooms } from './room/rooms.ts';
import { createKeyModeration, openModeratedKeys, withModeratedKeys } from './storage/moderated-keys.ts';
import { openDonations } from './storage/donations.ts';
import type { Sample } from './storage/samples.ts';
import { withSamples } from './storage/samples.ts';

export interface Parts {
  config: Config;
  backend?: Backend;
  recognizer: Recognizer;
  /** The drawings that ship as ghosts. */
  samples?: readonly Sample[];
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

/** How long a request's headers, and all of it, may take to arrive. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
/** How long a connection may stay outside the namespace. */
const CONNECT_TIMEOUT_MS = 5_000;

/** How long closing connections get to send what they still hold. */
const GOODBYE_TIMEOUT_MS = 500;

export function createApp(parts: Parts): App {
  const {
    config,
    backend = memoryBackend(config.SESSION_SECRET, replayLimitsOf(config)),
    log,
    pace = paceOf(config.PAUSES),
  } = parts;
  const { samples = [] } = parts;
  const { store, presence, leaderboard, dailies, challenges, quotas, broadcast } = backend;
  const lists = config.DATA_DIR === undefined ? undefined : openModeratedKeys(config.DATA_DIR);
  const kept = withSamples(backend.replays, samples);
  const replays = lists ? withModeratedKeys(kept, lists) : kept;
  const keys = createKeyModeration({
    ...{ replays, lists, reports: backend.keyReports },
    reportsToHide: config.REPORTS_TO_HIDE,
  });
  const replayIds = createReplayIds(backend.secret);
  const base = config.BASE_PATH;
  const sessions = createSessions(backend.secret, base);
  const artist = createArtist();
  const origins = createOrigins(config.ORIGINS, log);
  const donations =
    config.DATA_DIR === undefined
      ? undefined
      : openDonations({
          dir: config.DATA_DIR,
          bytes: config.DONATIONS_MB * 1024 * 1024,
          keptMs: config.DONATED_DAYS * 24 * 60 * 60_000,
          log,
        });
  const load = watchLoad(() => rooms.areDrawing());
  const clock = createClock(() => rooms.count().rooms > 0 || lessons.count() > 0);
  const readings = {
    load: load.level,
    sockets: () => engine.clientsCount,
    restarts: parts.recognizer.restarts,
    tensors: parts.recognizer.tensors,
    rooms: () => rooms.count(),
    donations: () => donations?.state(),
    store: () => backend.counts,
  };
  const metrics = createMetrics(readings, config.METRICS_PORT !== undefined);
  const { meter = metrics.meter } = parts;
  const recognizer = metrics.timed(parts.recognizer);
  let isClosing = false;

  const connections = guardConnections({
    trustedHops: config.TRUSTED_HOPS,
    keyOf: sessions.addressKey,
    sessionOf: sessions.read,
    onCut: metrics.countCut,
    ...{ quotas, log },
  });
  const engine = new EngineServer({
    transports: ['websocket', 'polling'],
    // The page chooses: a connection stays what it is, and so do its limits.
    allowUpgrades: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    httpCompression: false,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    wsEngine: connections.WebSocketServer,
    allowRequest: (request, decide) => decide(null, connections.admits(request)),
  });
  engine.use((request: IncomingMessage, response: unknown, next: (refusal?: Error) => void) => {
    const engineRequest = request as EngineRequest;
    const { transport, sid } = engineRequest._query;
    const decide = (refusal?: Error) =>
      next(refusal ?? (origins.admit(request.headers) ? undefined : new Error('another site')));
    if (response instanceof ServerResponse) connections.poll(engineRequest, response, decide);
    // A second WebSocket for a connection that there is would be neither checked nor counted.
    else decide(transport !== 'websocket' || sid !== undefined ? new Error('not a handshake') : undefined);
  });
  // As all that is no picture of a link.
  engine.on('headers', (headers: Record<string, string>) =>
    Object.assign(headers, { 'Cross-Origin-Resource-Policy': 'same-origin', 'X-Content-Type-Options': 'nosniff' }),
  );
  engine.on('connection', connections.opened);
  const io: GameServer = new Server({
    connectTimeout: CONNECT_TIMEOUT_MS,
    adapter: broadcast?.adapter ?? LocalAdapter,
  });
  io.bind(engine);

  const isForEngine = ({ url }: IncomingMessage) => url!.startsWith(`${base}socket.io/`);
  const web = express();
  const http = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      if (isForEngine(request)) engine.handleRequest(request as never, response);
      else connections.serve(request, response, web);
    },
  );
  const sockets = new Set<Socket>();
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', forget);
  });
  function forget(this: Socket): void {
    sockets.delete(this);
  }
  http.on('upgrade', (request, socket, head) => {
    // Node listens no more, and an error that nobody listens to ends the process.
    socket.on('error', destroy);
    // A proxy that gets no answer takes this process for broken.
    const refuse = (status: string) =>
      (socket as Socket).end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`).destroySoon();
    if (!isForEngine(request)) refuse('404 Not Found');
    else if (!connections.admitsRequest(request)) refuse('429 Too Many Requests');
    else engine.handleUpgrade(request as never, socket, head);
  });
  const metricsPort = config.METRICS_PORT === undefined ? undefined : serveMetrics(metrics.registry);
  const ports = {
    store,
    presence,
    leaderboard,
    ...{ dailies, challenges, secret: backend.secret },
    ...{ replays, replayIds, samples },
    recognizer,
    outbox: outboxOf(io, (code) => rooms.isSpread(code)),
    log,
    load,
    meter,
    now: clock.now,
  };
  const rooms = createRooms(ports, { pace, maxRooms: config.MAX_ROOMS, donations: config.DONATIONS });
  const addresses = () => networkAddressesOf(http.address() as AddressInfo, base) ?? [];
  const lessons = createLessons({
    ...{ store: backend.lessons, presence, rooms, words: recognizer.words, isOffensive },
    ...{ outbox: lessonOutboxOf(io), log, now: clock.now },
  });
  const isOneOfMany = broadcast !== undefined;
  serveSockets(io, rooms, lessons, { connections, sessions, log, isOneOfMany, onAnswer: metrics.countCommand });
  backend.onReconnect(rooms.catchUp);

  const explorer = createExplorer({
    mode: config.EXPLORE,
    folders: { quickdraw: config.EXPLORE_DATA, data: config.DATA_DIR },
    log,
  });

  const readiness = () => ({
    store: backend.isReady(),
    recognizer: parts.recognizer.engine !== undefined && rooms.isRecognizing(),
    open: !isClosing,
  });
  web.disable('x-powered-by');
  web.enable('case sensitive routing');
  web.use(securityHeaders);
  web.use(probes({ store, rooms, recognizer: parts.recognizer, readiness }));
  web.use(
    base,
    api({ store, lessons, leaderboard, dailies, recognizer: parts.recognizer, origins, connections, sessions }),
  );
  web.use(base, replayApi({ replays, ids: replayIds, origins, connections, sessions, keepDays: config.KEEP_DAYS }));
  const visitors = { origins, connections, sessions };
  const reporters = createReporters({ quotas, ids: replayIds, ...visitors });
  web.use(base, galleryApi({ replays, recognizer: parts.recognizer, reporters, ...visitors }));
  web.use(base, exploreApi({ explorer, keys, reporters, ...visitors }));
  if (config.OPERATOR_TOKEN) {
    web.use(
      base,
      moderationApi({ token: config.OPERATOR_TOKEN, replays, keys, hasDataDir: lists !== undefined, connections, log }),
    );
  }
  if (donations) {
    const giving = createGiving({
      ...{ replays, donations, recognizer },
      isOn: config.DONATIONS,
      countrycode: config.COUNTRY_CODE,
    });
    web.use(base, donationApi({ donations, giving, ids: replayIds, ...visitors }));
  }
  web.use(base, dailyApi({ dailies, connections, sessions, now: clock.now }));
  web.use(base, challengeApi({ challenges, replays, ids: replayIds, keepDays: config.KEEP_DAYS, ...visitors }));
  web.use(base, checkApi({ connections, trustedHops: config.TRUSTED_HOPS, addresses }));
  web.use(base, networkApi({ networks: backend.networks, store, lessons: backend.lessons, ...visitors }));
  web.use(base, cardApi({ replays, artist, connections, log }));
  const tagged = pageTags({ replays, challenges, connections, base, isBehindProxy: config.TRUSTED_HOPS > 0 });
  web.use(base, pages({ sessions, modelDir: config.MODEL_DIR, base, tagged, isExplorable: explorer.isOpen }));
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
    async listen() {
      if (metricsPort) await listening(metricsPort, config.HOST, config.METRICS_PORT!, 'METRICS_PORT');
      return listening(http, config.HOST, config.PORT, 'PORT');
    },
    async close() {
      isClosing = true;
      if (config.DRAIN > 0) await wait(config.DRAIN * 1000);
      // From now on people who come back reach another process.
      http.close();
      io.local.emit('gone', 'server-closing');
      // The connection, not only the socket: a socket that the server closes does not come back by itself.
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
      metricsPort?.close();
      for (let waited = 0; engine.clientsCount > 0 && waited < GOODBYE_TIMEOUT_MS; waited += 10) await wait(10);
      await lessons.close();
      await rooms.close();
      await explorer.close();
      // A request that never ends, or a connection that reads nothing, must not keep the process.
      metricsPort?.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await io.close();
      broadcast?.close();
      await donations?.close();
      await Promise.all([recognizer.close(), artist.close()]);
      await store.close();
    },
  };
}

function destroy(this: Duplex): void {
  this.destroy();
}

/** Resolves with the port. Rejects with a line for the operator, who chose it by `setting`. */
function listening(server: HttpServer, host: string, port: number, setting: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port, setting)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** `percent` of the usual pauses. */
function paceOf(percent: number): Pace {
  const share = (ms: number) => (ms * percent) / 100;
  const { countdown, finish, reveal } = PACE;
  return { ...PACE, countdown: share(countdown), finish: share(finish), reveal: share(reveal) };
}
