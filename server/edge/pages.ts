/** The page and its files, the cookie that begins a visitor's session, and the security headers of every answer. */
import { resolve } from 'node:path';
import type { Router } from 'express';
import express from 'express';
import helmet from 'helmet';
import { PAGE_DIR } from '../paths.ts';
import type { Sessions } from './session.ts';
import { newSession } from './session.ts';
import { isPageBuilt, UNBUILT } from './unbuilt.ts';

interface Options {
  sessions: Sessions;
  /** The folder of the model, which the page practises with. */
  modelDir: string;
}

/** The addresses that show the page: it makes out what people put after `/r/`, and says so if that is no code. */
const ADDRESSES = /^\/(?:r(?:\/.*)?)?$/i;

export function pages({ sessions, modelDir }: Options): Router {
  const router = express.Router();
  router.get(ADDRESSES, ({ headers }, response, next) => {
    const session = sessions.read(headers.cookie) ?? newSession();
    response.setHeader('Set-Cookie', sessions.cookie(session, headers['x-forwarded-proto'] === 'https'));
    next();
  });
  router.use('/models/quickdraw', express.static(resolve(modelDir), { maxAge: '1h' }));
  router.use('/assets', express.static(`${PAGE_DIR}/assets`, { immutable: true, maxAge: '1y', fallthrough: false }));
  router.use(express.static(PAGE_DIR, { maxAge: 0 }));
  router.get(ADDRESSES, (_, response) => {
    if (isPageBuilt()) response.sendFile(`${PAGE_DIR}/index.html`);
    else response.status(503).type('text').send(UNBUILT);
  });
  return router;
}

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
