/**
 * Who a player is from one day to the next: an anonymous, signed cookie. It says nothing of the person, opens no room and
 * holds no seat; points on the leaderboards belong to it. It never gets into a log or a view.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const NAME = 'session';
/** Browsers keep no cookie longer than 400 days; each visit renews it. s */
const LIFE = 400 * 24 * 60 * 60;

export interface Sessions {
  /** The session that a request's `Cookie` header proves; null if none, or one that was not signed here. */
  read(cookies: string | undefined): string | null;
  /** The value of `Set-Cookie` that keeps, or begins, a session. `secure` where the page came over https. */
  cookie(session: string, secure: boolean): string;
}

export const newSession = (): string => randomBytes(12).toString('base64url');

/** All processes must have the same secret. */
export function createSessions(secret: string): Sessions {
  const sign = (session: string) => createHmac('sha256', secret).update(session).digest('base64url');
  return {
    read(cookies = '') {
      const value = cookies
        .split(/; */)
        .find((each) => each.startsWith(`${NAME}=`))
        ?.slice(NAME.length + 1);
      const [session, signature] = value?.split('.') ?? [];
      if (!session || !signature) return null;
      const given = Buffer.from(signature);
      const right = Buffer.from(sign(session));
      return given.length === right.length && timingSafeEqual(given, right) ? session : null;
    },
    cookie: (session, secure) =>
      `${NAME}=${session}.${sign(session)}; Path=/; Max-Age=${LIFE}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
  };
}
