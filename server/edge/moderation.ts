/** What the operator does about drawings, over HTTP with a token: `npm run moderate`. Without OPERATOR_TOKEN there is none of it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Router } from 'express';
import express from 'express';
import * as v from 'valibot';
import { KEY_ID } from '../../shared/donation.ts';
import type { Log } from '../log.ts';
import { REPLAY_ID } from '../room/replay-ids.ts';
import type { KeyModeration } from '../storage/moderated-keys.ts';
import type { Replays } from '../storage/replays.ts';
import type { Connections } from './connections.ts';

interface Asked {
  token: string;
  replays: Replays;
  keys: KeyModeration;
  /** Whether what is hidden by its key can be written down. */
  hasDataDir: boolean;
  connections: Pick<Connections, 'asker'>;
  log: Log;
}

const DECISION = v.object({ decision: v.picklist(['hide', 'unhide', 'approve']) });
const CASES_PAGE = 500;

const digest = (text: string) => createHash('sha256').update(text).digest();

export function moderationApi({ token, replays, keys, hasDataDir, connections, log }: Asked): Router {
  const router = express.Router();
  const right = digest(`Bearer ${token}`);

  const guarded: RequestHandler = (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    if (!connections.asker(request).allows('moderate')) response.status(429).json({ error: 'too-often' });
    // Digests are of one length, and comparing them takes as long whatever was sent.
    else if (!timingSafeEqual(digest(request.headers.authorization ?? ''), right))
      response.status(401).json({ error: 'wrong token' });
    else next();
  };
  router.use('/api/moderation', guarded);

  router.get('/api/moderation/cases', async ({ query }, response) => {
    const from = /^\d{1,7}$/.test(`${query.from}`) ? Number(query.from) : 0;
    response.json(await replays.cases(from, CASES_PAGE));
  });
  router.get('/api/moderation/words/:word', async ({ params, query }, response) => {
    const after = /^\d{1,16}$/.test(`${query.after}`) ? Number(query.after) : undefined;
    const page = await replays.listed(params.word, { sort: 'newest', after, limit: 100 });
    response.json({ ids: page.replays.map(({ id }) => id), next: page.next });
  });
  router
    .route('/api/moderation/replays/:id')
    .all(({ params }, response, next) => {
      if (REPLAY_ID.test(params.id)) next();
      else response.status(404).json({ error: 'no-replay' });
    })
    .get(async ({ params }, response) => {
      const found = await replays.inspect(params.id);
      if (!found) return void response.status(404).json({ error: 'no-replay' });
      const { record, owner: _, ...rest } = found;
      response.json({ ...rest, record: Buffer.from(record).toString('base64') });
    })
    .post(express.json({ limit: '1kb' }), async ({ params, body }, response) => {
      const wanted = v.safeParse(DECISION, body ?? {});
      if (!wanted.success) return void response.status(400).json({ error: 'malformed' });
      const isDone = await replays.moderate(params.id, wanted.output.decision);
      if (!isDone) return void response.status(404).json({ error: 'no-replay' });
      log.info({ replay: params.id, ...wanted.output }, 'the operator decided about a drawing');
      response.json({ ok: true });
    })
    .delete(async ({ params }, response) => {
      // Its donated drawing stays hidden.
      await replays.moderate(params.id, 'hide');
      if (!(await replays.remove(params.id))) return void response.status(404).json({ error: 'no-replay' });
      log.info({ replay: params.id }, 'the operator deleted a drawing');
      response.json({ ok: true });
    });
  router.get('/api/moderation/keys', async (_, response) => {
    response.json(await keys.cases());
  });
  router.post(
    '/api/moderation/keys/:key',
    express.json({ limit: '1kb' }),
    async ({ params: { key }, body }: Request<{ key: string }>, response) => {
      const wanted = v.safeParse(DECISION, body ?? {});
      if (!wanted.success) return void response.status(400).json({ error: 'hide, unhide or approve' });
      if (!KEY_ID.test(key)) return void response.status(400).json({ error: 'no key_id' });
      const { decision } = wanted.output;
      // Reports can be dismissed without it.
      if (!hasDataDir && decision !== 'unhide') return void response.status(409).json({ error: 'no DATA_DIR' });
      await keys.decide(key, decision);
      log.info({ key, decision }, 'the operator decided about a drawing by its key_id');
      response.json({ ok: true });
    },
  );
  return router;
}
