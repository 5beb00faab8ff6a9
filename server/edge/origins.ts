/** Which pages may connect. CORS does not cover WebSocket: any page could otherwise play in its visitor's name. */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { Log } from '../log.ts';

export interface Origins {
  /** A request without an origin comes from no page, or reads only. */
  isAllowed(origin: string | undefined, host: string | undefined): boolean;
  /** The same for a request that opens a connection or belongs to one. A refusal is logged, once for each origin. */
  admit(headers: IncomingHttpHeaders): boolean;
}

/** Anybody may send any origin. */
const MAX_LOGGED = 100;
const MAX_LOGGED_LENGTH = 200;

/** `others` are origins as well as the game's own, which is the one with the requested host. */
export function createOrigins(others: string[], log: Log): Origins {
  const logged = new Set<string>();
  const isAllowed: Origins['isAllowed'] = (origin, host) =>
    origin === undefined || others.includes(origin) || isAt(origin, host);
  return {
    isAllowed,
    admit({ origin, host, 'sec-fetch-site': site }) {
      // Browsers send no origin with a GET that another site may not read; but it would open a connection.
      if (origin === undefined) return site === undefined || site === 'same-origin';
      if (isAllowed(origin, host)) return true;
      const name = origin.slice(0, MAX_LOGGED_LENGTH);
      if (logged.size < MAX_LOGGED && !logged.has(name)) {
        logged.add(name);
        log.warn(
          { origin: name, host: host?.slice(0, MAX_LOGGED_LENGTH) },
          'a page of another origin was refused. If it is the game, have the proxy pass on the Host header, or list the origin in ORIGINS',
        );
      }
      return false;
    },
  };
}

/** Another site's page must not change anything in a visitor's name. */
export const ownPage =
  ({ isAllowed }: Pick<Origins, 'isAllowed'>): RequestHandler =>
  ({ headers }, response, next) => {
    if (isAllowed(headers.origin, headers.host)) next();
    else response.status(403).json({ error: 'another site' });
  };

/** The port that the protocol implies may be left out of either. */
function isAt(origin: string, host: string | undefined): boolean {
  const page = URL.parse(origin);
  return page !== null && host !== undefined && URL.parse(`${page.protocol}//${host}`)?.host === page.host;
}
