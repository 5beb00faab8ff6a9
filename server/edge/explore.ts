/** Exploring drawings over HTTP: every answer comes from the explorer's process, compressed, and goes out as it came. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Response, Router } from 'express';
import express from 'express';
import * as v from 'valibot';
import type { ExploreShows } from '../../shared/explore.ts';
import { REPORT_REASONS } from '../../shared/gallery.ts';
import type { Explorer, Why } from '../explore/explorer.ts';
import { NoAnswer } from '../explore/explorer.ts';
import type { Query } from '../explore/query.ts';
import { PAGE_QUERIES, QUERIES } from '../explore/query.ts';
import type { KeyModeration } from '../storage/moderated-keys.ts';
import type { Connections } from './connections.ts';
import type { Origins } from './origins.ts';
import { ownPage } from './origins.ts';
import type { Reporters } from './reporters.ts';
import { REFUSED } from './reporters.ts';

interface Asked {
  explorer: Pick<Explorer, 'ask' | 'version'>;
  keys: Pick<KeyModeration, 'report'>;
  reporters: Reporters;
  origins: Pick<Origins, 'isAllowed'>;
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

const REPORT = v.strictObject({ ...QUERIES.shows.entries, reason: v.picklist(REPORT_REASONS) });

export function exploreApi({ explorer, keys, reporters, origins, connections }: Asked): Router {
  const router = express.Router();

  function refuse(response: Response, reason: unknown): void {
    if (!(reason instanceof NoAnswer)) throw reason;
    const { why } = reason;
    if (STATUS[why] === 503) response.setHeader('Retry-After', RETRY_AFTER_S);
    response.setHeader('Cache-Control', 'no-store').status(STATUS[why]).json({ error: why });
  }

  router.get('/api/explore/:ask', async (request, response) => {
    response.setHeader('X-Robots-Tag', 'noindex');
    const { ask } = request.params;
    if (!connections.asker(request).allows('explore')) return void response.status(429).json({ error: 'too-often' });
    if (!Object.hasOwn(PAGE_QUERIES, ask)) return void response.status(404).json({ error: 'not found' });
    const wanted = v.safeParse(PAGE_QUERIES[ask as keyof typeof PAGE_QUERIES], request.query);
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
      response.removeHeader('ETag');
      refuse(response, reason);
    }
  });

  router.post('/api/explore/report', ownPage(origins), express.json({ limit: '1kb' }), async (request, response) => {
    if (!connections.asker(request).allows('explore')) return void response.status(429).json({ error: 'too-often' });
    const report = v.safeParse(REPORT, request.body ?? {});
    if (!report.success) return void response.status(400).json({ error: 'malformed' });
    const reporter = await reporters.admit(request);
    if (typeof reporter === 'number') return void response.status(reporter).json({ error: REFUSED[reporter] });
    const { reason, ...asked } = report.output;
    try {
      // Nobody can fill the operator's list with drawings that there are not.
      const body = gunzipSync(await explorer.ask({ ask: 'shows', ...asked }));
      const { shows } = JSON.parse(body.toString()) as ExploreShows;
      if (!shows) return void response.status(404).json({ error: 'no-drawing' });
    } catch (why) {
      return refuse(response, why);
    }
    await keys.report(asked.key, reporter, reason);
    response.json({ ok: true });
  });
  return router;
}
