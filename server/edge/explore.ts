/** Exploring drawings over HTTP: every answer comes from the explorer's process, compressed, and goes out as it came. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Router } from 'express';
import express from 'express';
import * as v from 'valibot';
import type { Explorer, Why } from '../explore/explorer.ts';
import { NoAnswer } from '../explore/explorer.ts';
import type { Query, QueryName } from '../explore/query.ts';
import { QUERIES } from '../explore/query.ts';
import type { Connections } from './connections.ts';

interface Asked {
  explorer: Pick<Explorer, 'ask' | 'version'>;
  connections: Pick<Connections, 'asker'>;
}

const STATUS: Record<Why, number> = {
  off: 404,
  'no-word': 404,
  'no-index': 404,
  missing: 501,
  busy: 503,
  slow: 503,
  unavailable: 503,
};
/** After which a query that was refused may be sent again. s */
const RETRY_AFTER_S = 2;

export function exploreApi({ explorer, connections }: Asked): Router {
  const router = express.Router();
  router.get('/api/explore/:ask', async (request, response) => {
    response.setHeader('X-Robots-Tag', 'noindex');
    const { ask } = request.params;
    if (!connections.asker(request).allows('explore')) return void response.status(429).json({ error: 'too-often' });
    if (!Object.hasOwn(QUERIES, ask)) return void response.status(404).json({ error: 'not found' });
    const wanted = v.safeParse(QUERIES[ask as QueryName], request.query);
    if (!wanted.success) return void response.status(400).json({ error: 'malformed' });
    try {
      const version = await explorer.version();
      if (version === undefined) throw new NoAnswer('off');
      // Before anybody is asked: a browser that has the answer of this version costs nothing.
      const etag = `"${createHash('sha256').update(`${version} ${request.originalUrl}`).digest('base64url').slice(0, 22)}"`;
      response
        .setHeader('ETag', etag)
        .setHeader('Cache-Control', 'private, no-cache')
        .setHeader('Vary', 'Accept-Encoding');
      if (request.fresh) return void response.status(304).end();
      const body = Buffer.from(await explorer.ask({ ask, ...wanted.output } as Query));
      response.type('json');
      if (!request.acceptsEncodings('gzip')) return void response.send(gunzipSync(body));
      response.setHeader('Content-Encoding', 'gzip').send(body);
    } catch (reason) {
      if (!(reason instanceof NoAnswer)) throw reason;
      const { why } = reason;
      response.removeHeader('ETag');
      if (STATUS[why] === 503) response.setHeader('Retry-After', RETRY_AFTER_S);
      response.setHeader('Cache-Control', 'no-store').status(STATUS[why]).json({ error: why });
    }
  });
  return router;
}
