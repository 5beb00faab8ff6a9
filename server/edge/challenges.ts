/** Challenges over HTTP: whoever has the link may race its drawings, and sees them afterwards; its maker may take it back. */
import { inflateSync } from 'node:zlib';
import type { RequestHandler, Router } from 'express';
import express from 'express';
import * as v from 'valibot';
import type { Challenge, MadeChallenge } from '../../shared/challenge.ts';
import { CHALLENGE_ID, TRIES_SHOWN } from '../../shared/challenge.ts';
import { nick } from '../../shared/commands.ts';
import { OWN_WORDS_LIMIT } from '../../shared/protocol.ts';
import { decodeHead, RECORD_LIMIT } from '../../shared/record.ts';
import { timesOf } from '../game/challenge.ts';
import type { ReplayIds } from '../room/replay-ids.ts';
import { REPLAY_ID } from '../room/replay-ids.ts';
import type { Challenges } from '../storage/challenges.ts';
import type { Replays } from '../storage/replays.ts';
import type { Connections } from './connections.ts';
import type { Origins } from './origins.ts';
import { ownPage } from './origins.ts';
import { isOffensive } from './profanity.ts';
import type { Sessions } from './session.ts';

interface Asked {
  challenges: Challenges;
  replays: Pick<Replays, 'read' | 'keep'>;
  ids: Pick<ReplayIds, 'ownerOf' | 'challengeOf'>;
  origins: Pick<Origins, 'isAllowed'>;
  connections: Pick<Connections, 'asker'>;
  sessions: Pick<Sessions, 'read'>;
  /** How long one stays, and its drawings. */
  keepDays: number;
}

/** A match has no more rounds than a host has words. */
const NEW = v.object({
  nick,
  replays: v.pipe(
    v.array(v.pipe(v.string(), v.regex(REPLAY_ID))),
    v.minLength(1),
    v.maxLength(OWN_WORDS_LIMIT),
    v.check((ids) => new Set(ids).size === ids.length),
  ),
});

export function challengeApi({ challenges, replays, ids, origins, connections, sessions, keepDays }: Asked): Router {
  const router = express.Router();

  const limited =
    (command: 'give' | 'challenge'): RequestHandler =>
    (request, response, next) => {
      response.setHeader('X-Robots-Tag', 'noindex').setHeader('Cache-Control', 'no-store');
      if (connections.asker(request).allows(command)) next();
      else response.status(429).json({ error: 'too-often' });
    };

  // It reads and keeps many records.
  router.post(
    '/api/challenges',
    limited('give'),
    ownPage(origins),
    express.json({ limit: '2kb' }),
    async (request, response) => {
      const wanted = v.safeParse(NEW, request.body);
      if (!wanted.success) return void response.status(400).json({ error: 'malformed' });
      const { nick, replays: drawings } = wanted.output;
      if (isOffensive(nick)) return void response.status(400).json({ error: 'nick-offensive' });
      const owner = ids.ownerOf(sessions.read(request.headers.cookie));
      const rounds = [];
      let [mark, seconds] = [0, 0];
      for (const replay of drawings) {
        const found = await replays.read(replay);
        if (!found) return void response.status(404).json({ error: 'no-replay' });
        if (owner === null || found.owner !== owner) return void response.status(403).json({ error: 'not-yours' });
        const record = decodeHead(inflateSync(found.record, { maxOutputLength: RECORD_LIMIT }));
        rounds.push({ word: record.word, replay, at: record.verdict?.at ?? null });
        mark = record.mark;
        seconds = Math.max(seconds, record.seconds);
      }
      const id = ids.challengeOf(owner!, nick, drawings);
      for (const replay of drawings) await replays.keep(replay);
      await challenges.save({ id, owner: owner!, nick, mark, seconds, rounds });
      response.status(201).json({ id, days: keepDays } satisfies MadeChallenge);
    },
  );

  router.get('/api/challenges/:id', limited('challenge'), async (request, response) => {
    const { id } = request.params as { id: string };
    const challenge = CHALLENGE_ID.test(id) ? await challenges.read(id) : null;
    if (!challenge) return void response.status(404).json({ error: 'no-challenge' });
    const { owner, nick, mark, seconds, rounds } = challenge;
    const tries = await challenges.tries(id);
    const me = ids.ownerOf(sessions.read(request.headers.cookie));
    const mine = me === owner;
    const result = tries.find((each) => each.owner === me)?.times ?? null;
    response.json({
      ...{ nick, mark, seconds, words: rounds.length, times: timesOf(challenge), mine, result },
      drawings: mine || result ? rounds.map(({ word, replay }) => ({ word, replay })) : null,
      tries: tries.slice(0, TRIES_SHOWN).map(({ nick, times }) => ({ nick, times })),
    } satisfies Challenge);
  });

  router.delete('/api/challenges/:id', limited('challenge'), ownPage(origins), async (request, response) => {
    const { id } = request.params as { id: string };
    const challenge = CHALLENGE_ID.test(id) ? await challenges.read(id) : null;
    if (!challenge) return void response.status(404).json({ error: 'no-challenge' });
    if (ids.ownerOf(sessions.read(request.headers.cookie)) !== challenge.owner)
      return void response.status(403).json({ error: 'not-yours' });
    await challenges.remove(id);
    response.json({ ok: true });
  });
  return router;
}
