/**
 * Who a visitor is from one day to the next: an anonymous, signed cookie. It says nothing about the person, opens no room and
 * holds no seat; points on the leaderboard belong to it. It never gets into a log or a view.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Visitor } from '../game/game.ts';
import { parseCookie, stringifySetCookie } from 'cookie';

const NAME = 'session';
/** Browsers keep no cookie longer than 400 days; each visit renews it. */
const LIFE_S = 400 * 24 * 60 * 60;

export interface Sessions {
  /** The session that a request's `Cookie` header proves; null if there is none, or its signature is wrong. */
  read(cookies: string | undefined): string | null;
  /** The `Set-Cookie` header that keeps, or begins, a session. `secure` if the page came over https. */
  cookie(session: string, secure: boolean): string;
  /** A network address for what is stored: games and quotas are in Redis and in its backups. */
  addressKey(address: string): string;
  /** What the rooms know of a visitor with this session, from the address with this key. */
  visitor(session: string | null, addressKey: string): Visitor;
}

/** A session younger than this is new: it could have been begun only to come back after a kick. */
const NEW_MS = 24 * 60 * 60_000;

/** When it begins, in seconds since 1970, and chance. */
export const newSession = (now = Date.now()): string =>
  `${Math.floor(now / 1000).toString(36)}-${randomBytes(12).toString('base64url')}`;

/** Sessions of earlier versions do not say when they began. */
const isNew = (session: string, now: number): boolean => {
  const began = /^([0-9a-z]+)-.{16}$/.exec(session)?.[1];
  return began !== undefined && now - Number.parseInt(began, 36) * 1000 < NEW_MS;
};

/** All processes must have the same secret. The cookie is for the addresses under `path`. */
export function createSessions(secret: string, path = '/'): Sessions {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    read(cookies = '') {
      const [session, signature] = parseCookie(cookies)[NAME]?.split('.') ?? [];
      if (!session || !signature) return null;
      const given = Buffer.from(signature);
      const right = Buffer.from(sign(session));
      return given.length === right.length && timingSafeEqual(given, right) ? session : null;
    },
    cookie: (session, secure) =>
      stringifySetCookie({
        name: NAME,
        value: `${session}.${sign(session)}`,
        path,
        maxAge: LIFE_S,
        httpOnly: true,
        sameSite: 'lax',
        secure,
      }),
    addressKey: (address) => sign(`address ${address}`),
    visitor: (session, address) => ({ session, address, isNew: session === null || isNew(session, Date.now()) }),
  };
}
