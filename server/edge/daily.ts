/** The day's six over HTTP: the table, how long they last, and what this visitor made of them. No word that the visitor has not drawn. */
import type { Router } from 'express';
import express from 'express';
import type { Daily } from '../../shared/daily.ts';
import { dayOf, startOfDay } from '../../shared/daily.ts';
import type { Dailies } from '../storage/dailies.ts';
import { shared } from './api.ts';
import type { Connections } from './connections.ts';
import type { Sessions } from './session.ts';

interface Asked {
  dailies: Dailies;
  connections: Pick<Connections, 'asker'>;
  sessions: Pick<Sessions, 'read'>;
  /** ms since 1970 */
  now(): number;
}

export function dailyApi({ dailies, connections, sessions, now }: Asked): Router {
  const router = express.Router();
  const tables = shared((day) => dailies.table(Number(day)));
  router.get('/api/daily', async (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    if (!connections.asker(request).allows('daily')) return void response.status(429).json({ error: 'too-often' });
    const time = now();
    const today = dayOf(time);
    const day = request.query.day === undefined ? today : Number(request.query.day);
    if (!Number.isInteger(day) || day < 0 || day > today) return void response.status(400).json({ error: 'malformed' });
    const session = sessions.read(request.headers.cookie);
    const table = await tables(`${day}`);
    const mine = session === null ? null : await dailies.read(day, session);
    const { result = null } = mine ?? {};
    response.json({
      day,
      today,
      next: startOfDay(today + 1) - time,
      ...table,
      begun: mine !== null,
      result,
    } satisfies Daily);
  });
  return router;
}
