/** The galleries over HTTP: which words have drawings, a page of a word's, and reports. Whatever is hidden is in none of it at once. */
import type { RequestHandler, Response, Router } from 'express';
import express from 'express';
import * as v from 'valibot';
import type { RecordsHead } from '../../shared/gallery.ts';
import { GALLERY_PAGE, GALLERY_SORTS, REPORT_REASONS } from '../../shared/gallery.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import { REPLAY_ID } from '../room/replay-ids.ts';
import type { ListedReplay, Replays } from '../storage/replays.ts';
import type { Connections } from './connections.ts';
import type { Origins } from './origins.ts';
import { ownPage } from './origins.ts';
import type { Reporters } from './reporters.ts';
import { REFUSED } from './reporters.ts';

interface Asked {
  replays: Replays;
  recognizer: Pick<Recognizer, 'words'>;
  origins: Pick<Origins, 'isAllowed'>;
  connections: Pick<Connections, 'asker'>;
  reporters: Reporters;
}

const PAGE = v.object({
  sort: v.optional(v.picklist(GALLERY_SORTS), 'newest'),
  after: v.optional(v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number))),
});
const COVERS = v.object({
  word: v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((words) => [words].flat()),
    v.maxLength(GALLERY_PAGE),
  ),
});
const REPORT = v.object({ reason: v.picklist(REPORT_REASONS) });

export function galleryApi({ replays, recognizer, origins, connections, reporters }: Asked): Router {
  const router = express.Router();

  const isWord = (text: string) => recognizer.words.words.some(({ word }) => word === text);

  const limited: RequestHandler = (request, response, next) => {
    response.setHeader('X-Robots-Tag', 'noindex');
    // A browser asks each time whether it still has the newest: a drawing may be hidden at any moment.
    response.setHeader('Cache-Control', 'no-cache');
    if (connections.asker(request).allows('gallery')) next();
    else response.status(429).json({ error: 'too-often' });
  };

  function send(response: Response, listed: ListedReplay[], next: number | null): void {
    const head: RecordsHead = { replays: listed.map(({ id, record }) => [id, record.length]), next };
    const records = listed.map(({ record }) => record);
    response
      .type('application/octet-stream')
      .send(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...records]));
  }

  router.use('/api/gallery', limited);
  router.get('/api/gallery', async (_, response) => {
    response.json({ words: [...(await replays.words())] });
  });
  /** The newest of each of some words. */
  router.get('/api/gallery-covers', limited, async ({ query }, response) => {
    const wanted = v.safeParse(COVERS, query);
    if (!wanted.success) return void response.status(400).json({ error: 'malformed' });
    const words = wanted.output.word.filter(isWord);
    const found = await Promise.all(words.map((word) => replays.listed(word, { sort: 'newest', limit: 1 })));
    send(
      response,
      found.flatMap((page) => page.replays),
      null,
    );
  });
  router.get('/api/gallery/:word', async ({ params, query }, response) => {
    const page = v.safeParse(PAGE, query);
    if (!isWord(params.word)) return void response.status(404).json({ error: 'no such word' });
    if (!page.success) return void response.status(400).json({ error: 'malformed' });
    const { sort, after } = page.output;
    const listed = await replays.listed(params.word, { sort, after, limit: GALLERY_PAGE });
    send(response, listed.replays, listed.next);
  });

  router.post(
    '/api/replays/:id/report',
    limited,
    ownPage(origins),
    express.json({ limit: '1kb' }),
    async (request, response) => {
      const { id } = request.params as { id: string };
      const report = v.safeParse(REPORT, request.body ?? {});
      if (!report.success) return void response.status(400).json({ error: 'malformed' });
      const reporter = await reporters.admit(request);
      if (typeof reporter === 'number') return void response.status(reporter).json({ error: REFUSED[reporter] });
      if (!REPLAY_ID.test(id) || !(await replays.report(id, reporter, report.output.reason)))
        return void response.status(404).json({ error: 'no-replay' });
      response.json({ ok: true });
    },
  );
  return router;
}
