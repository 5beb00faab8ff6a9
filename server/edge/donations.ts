/** Drawings that are given away, over HTTP: their drawer gives them, changes what may happen with them, and deletes them. */
import type { RequestHandler, Router } from 'express';
import express from 'express';
import * as v from 'valibot';
import { KEY_ID } from '../../shared/donation.ts';
import type { Giving } from '../room/giving.ts';
import type { ReplayIds } from '../room/replay-ids.ts';
import { REPLAY_ID } from '../room/replay-ids.ts';
import type { Donations } from '../storage/donations.ts';
import type { Connections } from './connections.ts';
import type { Origins } from './origins.ts';
import { ownPage } from './origins.ts';
import type { Sessions } from './session.ts';

interface Asked {
  donations: Donations;
  giving: Giving;
  ids: Pick<ReplayIds, 'ownerOf'>;
  origins: Pick<Origins, 'isAllowed'>;
  connections: Pick<Connections, 'asker'>;
  sessions: Pick<Sessions, 'read'>;
}

const SECRET = v.pipe(v.string(), v.maxLength(64));
const GIFT = v.strictObject({
  ...{ gallery: v.boolean(), data: v.boolean(), training: v.boolean() },
  /** To take it back with another session. */
  secret: v.optional(SECRET),
});
const DELETION = v.object({ secret: SECRET });

const STATUS = { 'not-taken': 404, 'no-replay': 404, 'not-yours': 403, busy: 409 } as const;

export function donationApi({ donations, giving, ids, origins, connections, sessions }: Asked): Router {
  const router = express.Router();

  const limited =
    (command: 'give' | 'replay'): RequestHandler =>
    (request, response, next) => {
      if (connections.asker(request).allows(command)) next();
      else response.status(429).json({ error: 'too-often' });
    };
  const body = express.json({ limit: '1kb' });

  router.post('/api/replays/:id/give', limited('give'), ownPage(origins), body, async (request, response) => {
    const { id } = request.params as { id: string };
    const gift = v.safeParse(GIFT, request.body);
    if (!REPLAY_ID.test(id)) return void response.status(404).json({ error: 'no-replay' });
    if (!gift.success) return void response.status(400).json({ error: 'malformed' });
    const session = sessions.read(request.headers.cookie);
    const isOwner = (owner: string | null) => owner !== null && ids.ownerOf(session) === owner;
    const { secret, ...choices } = gift.output;
    const given = await giving.give(id, { isOwner, secret }, choices);
    if (typeof given === 'string') response.status(STATUS[given]).json({ error: given });
    else response.json(given ?? {});
  });

  router.delete('/api/donations/:key', limited('replay'), ownPage(origins), body, async (request, response) => {
    const { key } = request.params as { key: string };
    const deletion = v.safeParse(DELETION, request.body);
    if (!KEY_ID.test(key)) return void response.status(404).json({ error: 'no-donation' });
    if (!deletion.success) return void response.status(400).json({ error: 'malformed' });
    if (!(await donations.isSecret(key, deletion.output.secret)))
      return void response.status(403).json({ error: 'not-yours' });
    await donations.remove(key);
    response.json({ ok: true });
  });
  return router;
}
