/** Networks of the lab over HTTP: those in a room or class share one each with the others there, while it lives. None is run here. */
import type { ErrorRequestHandler, Request, RequestHandler, Response, Router } from 'express';
import express from 'express';
import { readCode } from '../../shared/code.ts';
import type { SharedList, SharedListing } from '../../shared/lab/shared-network.ts';
import { parseShared, SHARED_LIMIT, TOKEN_HEADER } from '../../shared/lab/shared-network.ts';
import { isLone } from '../game/game.ts';
import { TEACHER } from '../lesson/lesson.ts';
import type { Lessons } from '../storage/lessons.ts';
import type { Networks } from '../storage/networks.ts';
import type { Store } from '../storage/store.ts';
import type { Connections } from './connections.ts';
import type { Origins } from './origins.ts';
import { ownPage } from './origins.ts';

interface Asked {
  networks: Networks;
  store: Pick<Store, 'read'>;
  lessons: Pick<Lessons, 'read'>;
  origins: Pick<Origins, 'isAllowed'>;
  connections: Pick<Connections, 'asker'>;
}

/** Somebody in a room or class, and the names of all in it. */
interface Member {
  code: string;
  id: string;
  /** By id. Null for the teacher. */
  names: Map<string, string | null>;
}

/** What is kept of a network for the list. */
type About = Omit<SharedListing, 'id' | 'name'>;

const REFUSED = { gone: 404, full: 507 } as const;

export function networkApi({ networks, store, lessons, origins, connections }: Asked): Router {
  const router = express.Router();

  /** By the token of a seat, of a pupil or of the teacher. Null for everybody else, whether or not the code is one. */
  async function memberOf({ params, headers }: Request): Promise<Member | null> {
    const { code } = readCode(`${params.code}`);
    const token = headers[TOKEN_HEADER];
    if (!code || typeof token !== 'string') return null;
    const game = await store.read(code);
    // Pupils share with the class, and nobody else is in a room for one.
    const seat = game && !game.lesson && !isLone(game) ? game.seats.find((each) => each.token === token) : undefined;
    if (seat) return { code, id: seat.id, names: new Map(game!.seats.map(({ id, nick }) => [id, nick])) };
    const lesson = await lessons.read(code);
    const id = lesson?.token === token ? TEACHER : lesson?.pupils.find((each) => each.token === token)?.id;
    if (!lesson || id === undefined) return null;
    const names = new Map<string, string | null>(lesson.pupils.map(({ id, name }) => [id, name]));
    return { code, id, names: names.set(TEACHER, null) };
  }

  const limited =
    (command: 'networks' | 'share'): RequestHandler =>
    async (request, response, next) => {
      response.setHeader('Cache-Control', 'no-store').setHeader('X-Robots-Tag', 'noindex');
      if (!connections.asker(request).allows(command)) return void response.status(429).json({ error: 'too-often' });
      const member = await memberOf(request);
      if (!member) return void response.status(404).json({ error: 'no-room' });
      response.locals.member = member;
      next();
    };
  const member = ({ locals }: Response): Member => locals.member as Member;

  router
    .route('/api/networks/:code')
    .get(limited('networks'), async (_, response) => {
      const { code, id: me, names } = member(response);
      const all = [...(await networks.list(code))].filter(([id]) => names.has(id));
      const listings = all.map(([id, about]) => ({ id, name: names.get(id)!, ...(JSON.parse(about) as About) }));
      response.json({ me, networks: listings } satisfies SharedList);
    })
    .put(
      ownPage(origins),
      limited('share'),
      express.raw({ type: () => true, limit: SHARED_LIMIT, inflate: false }),
      async ({ body }, response) => {
        const { code, id } = member(response);
        const about = Buffer.isBuffer(body) && aboutOf(body);
        if (!about) return void response.status(400).json({ error: 'malformed' });
        const saved = await networks.save(code, id, { about: JSON.stringify(about), bytes: body });
        if (saved === 'saved') response.json({ ok: true });
        else response.status(REFUSED[saved]).json({ error: saved === 'gone' ? 'no-room' : saved });
      },
    )
    .delete(ownPage(origins), limited('networks'), async (_, response) => {
      const { code, id } = member(response);
      await networks.remove(code, id);
      response.json({ ok: true });
    });
  router.get('/api/networks/:code/:id', limited('networks'), async ({ params }, response) => {
    const { code, names } = member(response);
    const { id } = params as { id: string };
    const bytes = names.has(id) ? await networks.read(code, id) : null;
    if (bytes) response.type('application/octet-stream').send(Buffer.from(bytes));
    else response.status(404).json({ error: 'no-network' });
  });
  router.use('/api/networks', tooLarge);
  return router;
}

function aboutOf(packed: Uint8Array): About | null {
  try {
    const { recipe, accuracy } = parseShared(packed);
    return { words: recipe.words, own: recipe.own, accuracy, bytes: packed.length };
  } catch {
    return null;
  }
}

const tooLarge: ErrorRequestHandler = (reason: { status?: number }, _request, response, next) => {
  if (reason.status === 413) response.status(413).json({ error: 'too-large' });
  else next(reason);
};
