/** The page and its files, the cookie that begins a visitor's session, and the security headers of every answer. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Request, Response, Router } from 'express';
import express from 'express';
import helmet from 'helmet';
import { sidePage } from '../../shared/addresses.ts';
import { PAGE_DIR, PRIVACY_FILE } from '../paths.ts';
import type { Sessions } from './session.ts';
import { newSession } from './session.ts';
import { isPageBuilt, UNBUILT } from './unbuilt.ts';

interface Options {
  sessions: Sessions;
  /** The folder of the model, which the page practises with. */
  modelDir: string;
  /** The path of the game: `/`, or `/derby/`. */
  base: string;
  /** Whether there are drawings to explore. */
  isExplorable(): boolean;
  /** Writes into the page what those read who show a link to it. */
  tagged(request: Request, page: string): Promise<string>;
}

/** The addresses that are the page's own: it makes out what people put after `/r/`, and says so if that is no code. */
const ADDRESSES = /^\/(?:index\.html|r(?:\/.*)?)?$/i;

export function pages({ sessions, modelDir, base, tagged, isExplorable }: Options): Router {
  const router = express.Router();
  router.get('/', ({ originalUrl }, response, next) => {
    const [path, query] = originalUrl.split('?');
    if (path!.endsWith('/')) next();
    else response.redirect(301, query ? `${base}?${query}` : base);
  });
  async function send(request: Request, response: Response): Promise<void> {
    const { headers } = request;
    if (!isPageBuilt()) return void response.status(503).type('text').send(UNBUILT);
    const session = sessions.read(headers.cookie) ?? newSession();
    response.setHeader('Set-Cookie', sessions.cookie(session, headers['x-forwarded-proto'] === 'https'));
    const page = await tagged(request, await readFile(`${PAGE_DIR}/index.html`, 'utf8'));
    response
      .vary('Accept-Language')
      .type('html')
      .setHeader('Cache-Control', 'public, max-age=0')
      .send(under(base, isExplorable() ? page.replace('<html', '<html data-explore') : page));
  }
  router.get(ADDRESSES, send);
  // What people drew is for those who have the link, not for a search engine.
  router.get(/^\//, (request, response, next) => {
    if (!sidePage(request.path.slice(1))) return next();
    response.setHeader('X-Robots-Tag', 'noindex');
    return send(request, response);
  });
  router.get('/privacy', (_, response) => {
    response.type('text').setHeader('Cache-Control', 'public, max-age=3600');
    // Express serves no file below a folder that begins with a dot, and a checkout may be in one.
    response.sendFile(PRIVACY_FILE, { dotfiles: 'allow' });
  });
  router.use('/models/quickdraw', express.static(resolve(modelDir), { maxAge: '1h' }));
  router.use('/assets', express.static(`${PAGE_DIR}/assets`, { immutable: true, maxAge: '1y', fallthrough: false }));
  router.use(express.static(PAGE_DIR, { maxAge: 0, index: false }));
  // A browser that was led astray gets the page, which says so; a program gets what other errors look like.
  router.get(/^\/(?!api\/)/, (request, response, next) => {
    if (request.accepts(['json', 'html']) === 'html') return send(request, response.status(404));
    next();
  });
  return router;
}

/** The build does not know the game's path. The page has `/` as its base, and its files relative to it; all else follows from these. */
const under = (base: string, page: string): string =>
  page.replace('<base href="/"', `<base href="${base}"`).replaceAll('"./', `"${base}`);

export const securityHeaders = helmet({
  contentSecurityPolicy: {
    directives: {
      // The browser's own recognizer is WebAssembly in a worker.
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'", 'ws:', 'wss:'],
      imgSrc: ["'self'", 'data:', 'blob:'],
      // Phones in a home network reach the game over plain http.
      upgradeInsecureRequests: null,
    },
  },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
});
