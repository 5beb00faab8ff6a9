/** Why the page cannot connect although the server answers. A browser hides the reason, so the server is asked over plain HTTP. */
import type { Obstacle } from '../net/link.ts';

const ANSWER_TIMEOUT_MS = 4000;

/** Nothing if the server does not answer, or if something else answers in its place. */
export async function findObstacle(): Promise<Obstacle | undefined> {
  try {
    const answer = await fetch(`api/handshake?origin=${encodeURIComponent(location.origin)}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const { allowed } = (await answer.json()) as { allowed?: boolean };
    if (allowed === undefined) return undefined;
    return allowed ? 'network' : 'address';
  } catch {
    return undefined;
  }
}
