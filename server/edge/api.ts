/** What is asked over plain HTTP: health and metrics by operators, lists by the home page, a room by its door, the reason by a page that cannot connect. */
import type { ErrorRequestHandler, Router } from 'express';
import express from 'express';
import { readCode } from '../../shared/code.ts';
import { dayOf } from '../../shared/daily.ts';
import type { Span } from '../../shared/protocol.ts';
import { SPANS } from '../../shared/protocol.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Log } from '../log.ts';
import type { Lessons } from '../room/lessons.ts';
import type { Rooms } from '../room/rooms.ts';
import type { Dailies } from '../storage/dailies.ts';
import type { Leaderboard, Table } from '../storage/leaderboard.ts';
import type { Store } from '../storage/store.ts';
import { Unavailable } from '../storage/store.ts';
import type { Connections } from './connections.ts';
import { invitationFor } from './invitation.ts';
import type { Origins } from './origins.ts';
import { ownPage } from './origins.ts';
import type { Sessions } from './session.ts';

interface Probed {
  store: Store;
  rooms: Rooms;
  recognizer: Pick<Recognizer, 'engine'>;
  /** Whether a load balancer should send people here, by part. */
  readiness(): Record<string, boolean>;
}

/** At the root, whatever the game's own path is: they are asked without a proxy in between. */
export function probes({ store, rooms, recognizer, readiness }: Probed): Router {
  const router = express.Router();
  router.get('/healthz', (_, response) => {
    response.json({ ok: true, engine: recognizer.engine, store: store.kind, ...rooms.count() });
  });
  router.get('/readyz', (_, response) => {
    const ready = readiness();
    response.status(Object.values(ready).every(Boolean) ? 200 : 503).json(ready);
  });
  return router;
}

interface Asked {
  store: Store;
  lessons: Pick<Lessons, 'has'>;
  leaderboard: Leaderboard;
  dailies: Pick<Dailies, 'forget'>;
  recognizer: Pick<Recognizer, 'words'>;
  origins: Pick<Origins, 'isAllowed'>;
  connections: Pick<Connections, 'isFull' | 'asker'>;
  sessions: Pick<Sessions, 'read' | 'visitor'>;
}

/** Those who ask while an answer is being read share it: many home pages cost the store no more than one at a time. */
export function shared<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (key) => {
    const answer = answers.get(key) ?? read(key).finally(() => answers.delete(key));
    answers.set(key, answer);
    return answer;
  };
}

export function api(parts: Asked): Router {
  const { store, lessons, leaderboard, dailies, recognizer, origins, connections, sessions } = parts;
  const router = express.Router();
  const publicRooms = shared(() => store.publicRooms());
  const boards = shared(async (table: string) => {
    const time = Date.now();
    const best = (span: Span) => leaderboard.best(span, time, table as Table);
    return Object.fromEntries(await Promise.all(SPANS.map(async (span) => [span, await best(span)])));
  });
  const fastest = shared((word) => leaderboard.fastest(word, Date.now()));
  // Asked by a page that cannot connect: a browser hides from it why a WebSocket was refused.
  router.get('/api/handshake', (request, response) => {
    const { query, headers } = request;
    if (connections.isFull(request)) response.status(503).json({ error: 'too many connections' });
    else response.json({ allowed: origins.isAllowed(`${query.origin}`, headers.host) });
  });
  router.get('/api/rooms', async (_, response) => {
    response.json(await publicRooms(''));
  });
  // Before somebody enters. It is limited as entering is, since codes could be guessed here, too.
  router.get('/api/rooms/:code', async (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    const { code } = readCode(request.params.code);
    const asker = connections.asker(request);
    if (!asker.allows('watch') || asker.isBarred()) return void response.status(429).json({ error: 'too-often' });
    const game = code ? await store.read(code) : null;
    if (code && !game && (await lessons.has(code))) return void response.status(409).json({ error: 'lesson' });
    if (code && !game) await asker.countWrong();
    const visitor = sessions.visitor(sessions.read(request.headers.cookie), asker.key);
    const invitation = invitationFor(game, visitor);
    if (invitation === 'no-room') response.status(404).json({ error: invitation });
    else if (invitation === 'kicked') response.status(403).json({ error: invitation });
    else response.json(invitation);
  });
  router.get('/api/leaderboard', async ({ query }, response) => {
    response.json(await boards('solo' in query ? 'solo' : 'race'));
  });
  router.delete('/api/leaderboard', ownPage(origins), async (request, response) => {
    if (!connections.asker(request).allows('leave-boards'))
      return void response.status(429).json({ error: 'too-often' });
    const session = sessions.read(request.headers.cookie);
    if (session === null) return void response.status(403).json({ error: 'no-session' });
    const words = recognizer.words.words.map(({ word }) => word);
    const time = Date.now();
    await Promise.all([leaderboard.forget(session, words, time), dailies.forget(session, dayOf(time))]);
    response.json({ ok: true });
  });
  router.get('/api/leaderboard/:word', async ({ params }, response) => {
    const isKnown = recognizer.words.words.some(({ word }) => word === params.word);
    if (isKnown) response.json(await fastest(params.word));
    else response.status(404).json({ error: 'no such word' });
  });
  return router;
}

/** Answers what nothing else answered, and what failed. Express tells error handlers by their four parameters. */
export const errors = (log: Log): [express.RequestHandler, ErrorRequestHandler] => [
  (_, response) => void response.status(404).json({ error: 'not found' }),
  (reason, _request, response, _next) => {
    const [status, error] = describe(reason);
    if (status === 500) log.error({ err: reason }, 'a request failed');
    response.status(status).json({ error });
  },
];

/** Errors with a status below 500 are the request's own: a file of yesterday's page, say. */
function describe(reason: { status?: number }): [status: number, error: string] {
  if (reason instanceof Unavailable) return [503, 'unavailable'];
  const { status = 500 } = reason;
  if (status === 404) return [404, 'not found'];
  return status < 500 ? [status, 'bad request'] : [500, 'the server failed'];
}
