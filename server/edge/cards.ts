/** Cards of links: the picture of a replay and of the game over HTTP, and the tags of a page that name them. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { inflateSync } from 'node:zlib';
import type { Request, Response, Router } from 'express';
import express from 'express';
import { escaped } from '../../shared/card.ts';
import type { Record } from '../../shared/record.ts';
import { decode, RECORD_LIMIT } from '../../shared/record.ts';
import type { Artist } from '../cards/artist.ts';
import { Busy } from '../cards/artist.ts';
import { HEIGHT, WIDTH } from '../cards/picture.ts';
import { areCardsBuilt, cardLanguages, challengeTitle, descriptionOf, SITE, tagline, titleOf } from '../cards/texts.ts';
import { REPLAY_ID } from '../room/replay-ids.ts';
import type { Challenges } from '../storage/challenges.ts';
import type { Replays } from '../storage/replays.ts';
import type { Log } from '../log.ts';
import type { Connections } from './connections.ts';
import { UNBUILT } from './unbuilt.ts';

interface Asked {
  replays: Pick<Replays, 'read'>;
  artist: Artist;
  connections: Pick<Connections, 'asker'>;
  log: Log;
}

/** Pictures that are kept, all together. Bytes */
const CACHE_BYTES = 8 * 1024 * 1024;
/** A replay that was deleted on another process leaves this cache by then. ms */
const CACHE_MS = 10 * 60_000;
/** How long others may keep the picture of the game itself. s */
const SITE_CACHE_S = 600;
const RETRY_AFTER_S = 2;

export function cardApi({ replays, artist, connections, log }: Asked): Router {
  const router = express.Router();
  const cache = createCache();

  async function send(request: Request, response: Response, name: string, record: Uint8Array | null): Promise<void> {
    const language = languageOf(request);
    // A record changes if its drawer shows a name with it.
    const version = record ? createHash('sha256').update(record).digest('base64url') : '';
    let png: Uint8Array;
    try {
      png = await cache.get(name, `${language} ${version}`, () => artist.draw({ record, language }));
    } catch (error) {
      if (!(error instanceof Busy)) log.error({ err: error }, 'a card could not be drawn');
      response.status(503).setHeader('Retry-After', RETRY_AFTER_S).json({ error: 'busy' });
      return;
    }
    // Other sites show it: that is what it is for.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    // What is hidden or deleted must be in no cache on the way: with the ETag, asking again is cheap.
    response.setHeader('Cache-Control', record ? 'no-cache' : `public, max-age=${SITE_CACHE_S}`);
    response.vary('Accept-Language').type('png').send(Buffer.from(png));
  }

  const allows = (request: Request, response: Response): boolean => {
    if (!areCardsBuilt()) response.status(503).type('text').send(UNBUILT);
    else if (!connections.asker(request).allows('card')) response.status(429).json({ error: 'too-often' });
    else return true;
    return false;
  };

  router.get('/api/card.png', async (request, response) => {
    if (allows(request, response)) await send(request, response, 'site', null);
  });
  router.get('/api/replays/:id/card.png', async (request, response) => {
    const { id } = request.params;
    response.setHeader('X-Robots-Tag', 'noindex');
    if (!REPLAY_ID.test(id)) return void response.status(404).json({ error: 'no-replay' });
    if (!allows(request, response)) return;
    const replay = await replays.read(id);
    if (replay) return send(request, response, id, replay.record);
    cache.drop(id);
    response.status(404).json({ error: 'no-replay' });
  });
  return router;
}

/** Pictures by name, newest use last. Those who ask while one is drawn share it. */
function createCache() {
  const kept = new Map<string, { png: Promise<Uint8Array>; bytes: number; until: number }>();
  let bytes = 0;
  function drop(key: string): void {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  }
  return {
    async get(name: string, version: string, draw: () => Promise<Uint8Array>): Promise<Uint8Array> {
      const key = `${name} ${version}`;
      const now = performance.now();
      for (const [each, { until }] of kept) if (until < now) drop(each);
      const found = kept.get(key);
      const entry = found ?? { png: draw(), bytes: 0, until: now + CACHE_MS };
      kept.delete(key);
      kept.set(key, entry);
      if (found) return found.png;
      const png = await entry.png.catch((error) => {
        if (kept.get(key) === entry) drop(key);
        throw error;
      });
      if (kept.get(key) !== entry) return png;
      entry.bytes = png.length;
      bytes += png.length;
      for (const [each] of kept) {
        if (bytes <= CACHE_BYTES) break;
        drop(each);
      }
      return png;
    },
    /** All pictures of it. */
    drop(name: string): void {
      for (const key of kept.keys()) if (key.startsWith(`${name} `)) drop(key);
    },
  };
}

/** The one that the address names, or that the browser asks for. */
export function languageOf(request: Pick<Request, 'query' | 'acceptsLanguages'>): string {
  const known = cardLanguages();
  const wish = `${request.query.lang ?? ''}`.toLowerCase();
  return known.find((each) => each === wish) ?? (request.acceptsLanguages(known) || 'en');
}

/** `https://a.example`, as the visitor has it in the address bar; undefined if the request does not say. */
export function originOf(headers: IncomingHttpHeaders, isBehindProxy: boolean): string | undefined {
  const first = (name: string) => `${headers[name] ?? ''}`.split(',')[0]!.trim();
  const host = (isBehindProxy && first('x-forwarded-host')) || headers.host;
  const url = URL.parse(`${first('x-forwarded-proto') === 'https' ? 'https' : 'http'}://${host}`);
  return host && url?.href === `${url?.origin}/` ? url.origin : undefined;
}

interface Tagged {
  replays: Pick<Replays, 'read'>;
  challenges: Pick<Challenges, 'read'>;
  connections: Pick<Connections, 'asker'>;
  /** The path of the game: `/`, or `/derby/`. */
  base: string;
  /** Whether X-Forwarded-Host is a proxy's word. */
  isBehindProxy: boolean;
}

/** Writes into the page what those read who show a link: its title, its description and its picture. */
export function pageTags({ replays, challenges, connections, base, isBehindProxy }: Tagged) {
  async function recordOf(id: string): Promise<Record | null> {
    const replay = await replays.read(id);
    return replay && decode(inflateSync(replay.record, { maxOutputLength: RECORD_LIMIT }));
  }

  interface Tags {
    title: string;
    description: string;
    /** Below `api/`. */
    image: string;
  }

  async function tagsOf(kind: string, id: string, language: string): Promise<Tags | null> {
    if (kind === 'replay') {
      const record = await recordOf(id);
      const image = `replays/${id}/card.png`;
      return record && { title: titleOf(record, language), description: descriptionOf(record, language), image };
    }
    const challenge = await challenges.read(id);
    const ofGame = { description: tagline(language), image: 'card.png' };
    return challenge && { title: challengeTitle(challenge.nick, language), ...ofGame };
  }

  /** A page without tags of its own, or without what they would say, has those of the game itself. */
  async function tagged(request: Request, page: string): Promise<string> {
    const origin = originOf(request.headers, isBehindProxy);
    if (!origin || !areCardsBuilt()) return page;
    const language = languageOf(request);
    const [, kind, id] = /^\/(replay|beat)\/([\w-]{22})\/?$/i.exec(request.path) ?? [];
    const isAllowed = kind !== undefined && connections.asker(request).allows('card');
    const own = isAllowed ? await tagsOf(kind.toLowerCase(), id!, language).catch(() => null) : null;
    const { title, description, image } = own ?? { title: SITE, description: tagline(language), image: 'card.png' };
    const tags = {
      'og:type': 'website',
      'og:site_name': SITE,
      'og:title': title,
      'og:description': description,
      'og:url': `${origin}${base}${own ? `${kind!.toLowerCase()}/${id}` : request.path.slice(1)}`,
      'og:image': `${origin}${base}api/${image}?lang=${language}`,
      'og:image:type': 'image/png',
      'og:image:width': `${WIDTH}`,
      'og:image:height': `${HEIGHT}`,
      'og:image:alt': title,
      'og:locale': language,
    };
    const lines = Object.entries(tags).map(
      ([name, value]) => `<meta property="${name}" content="${escaped(value)}" />`,
    );
    lines.push('<meta name="twitter:card" content="summary_large_image" />');
    const shown = own ? `${title} · ${SITE}` : SITE;
    return page
      .replace(/<title>[^<]*<\/title>/, () => `${lines.join('\n    ')}\n    <title>${escaped(shown)}</title>`)
      .replace(/(<meta name="description" content=")[^"]*/, (_, begin: string) => begin + escaped(description));
  }
  return tagged;
}
