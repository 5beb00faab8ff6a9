/** Replays over HTTP. Whoever has the id of one may watch it, and keep it; its drawer may show a name with it, and delete it. */
import { deflateSync, inflateSync } from 'node:zlib';
import type { Request, RequestHandler, Router } from 'express';
import express from 'express';
import * as v from 'valibot';
import { nick } from '../../shared/commands.ts';
import { decode, encode, RECORD_LIMIT } from '../../shared/record.ts';
import type { ReplayIds } from '../room/replay-ids.ts';
import { REPLAY_ID } from '../room/replay-ids.ts';
import type { Replays } from '../storage/replays.ts';
import type { Connections } from './connections.ts';
import type { Origins } from './origins.ts';
import { ownPage } from './origins.ts';
import { isOffensive } from './profanity.ts';
import type { Sessions } from './session.ts';

interface Asked {
  replays: Replays;
  ids: Pick<ReplayIds, 'ownerOf'>;
  origins: Pick<Origins, 'isAllowed'>;
  connections: Pick<Connections, 'asker'>;
  sessions: Pick<Sessions, 'read'>;
  /** How long one stays that is kept. */
  keepDays: number;
}

/** Without a name, the one that is shown stays; '' removes it. */
const KEEP = v.object({ nick: v.optional(v.union([v.literal(''), nick])) });

export function replayApi({ replays, ids, origins, connections, sessions, keepDays }: Asked): Router {
  const router = express.Router();

  const isOwner = ({ headers }: Request, owner: string | null): boolean =>
    owner !== null && ids.ownerOf(sessions.read(headers.cookie)) === owner;

  const limited: RequestHandler = (request, response, next) => {
    response.setHeader('X-Robots-Tag', 'noindex');
    if (!REPLAY_ID.test(`${request.params.id}`)) response.status(404).json({ error: 'no-replay' });
    else if (!connections.asker(request).allows('replay')) response.status(429).json({ error: 'too-often' });
    else next();
  };

  router
    .route('/api/replays/:id')
    .all(limited)
    .get(async (request, response) => {
      const replay = await replays.read(request.params.id);
      if (!replay) return void response.status(404).json({ error: 'no-replay' });
      response.type('application/octet-stream').setHeader('Cache-Control', 'no-cache');
      response.setHeader('Vary', 'Accept-Encoding');
      // It is kept as it travels.
      if (!request.acceptsEncodings('deflate')) return void response.send(inflateSync(replay.record));
      response.setHeader('Content-Encoding', 'deflate');
      response.send(Buffer.from(replay.record));
    })
    .delete(ownPage(origins), async (request, response) => {
      // Its drawer may delete it while it is hidden, too.
      const replay = await replays.inspect(request.params.id);
      if (!replay) return void response.status(404).json({ error: 'no-replay' });
      if (!isOwner(request, replay.owner)) return void response.status(403).json({ error: 'not-yours' });
      await replays.remove(request.params.id);
      response.json({ ok: true });
    });
  router.post(
    '/api/replays/:id/keep',
    limited,
    ownPage(origins),
    express.json({ limit: '1kb' }),
    async (request, response) => {
      const { id } = request.params as { id: string };
      const wanted = v.safeParse(KEEP, request.body ?? {});
      if (!wanted.success) return void response.status(400).json({ error: 'malformed' });
      const { nick } = wanted.output;
      if (nick && isOffensive(nick)) return void response.status(400).json({ error: 'nick-offensive' });
      const replay = await replays.read(id);
      if (!replay) return void response.status(404).json({ error: 'no-replay' });
      if (nick === undefined) await replays.keep(id);
      else if (!isOwner(request, replay.owner)) return void response.status(403).json({ error: 'not-yours' });
      // The record is written anew.
      else if (!connections.asker(request).allows('give'))
        return void response.status(429).json({ error: 'too-often' });
      else {
        const record = decode(inflateSync(replay.record, { maxOutputLength: RECORD_LIMIT }));
        await replays.keep(id, deflateSync(encode({ ...record, nick })));
      }
      response.json({ ok: true, days: keepDays });
    },
  );
  router.get('/api/replays/:id/mine', limited, async (request, response) => {
    const replay = await replays.read((request.params as { id: string }).id);
    if (!replay) return void response.status(404).json({ error: 'no-replay' });
    response.setHeader('Cache-Control', 'no-store').json({ mine: isOwner(request, replay.owner) });
  });
  return router;
}
