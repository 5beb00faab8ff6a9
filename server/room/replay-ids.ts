/** Names of replays: nobody can guess one, and every process finds the same one for a drawing. */
import { createHmac } from 'node:crypto';

export type ReplayIds = ReturnType<typeof createReplayIds>;

/** 128 bits, as text for an address. */
const ID_LENGTH = 22;
export const REPLAY_ID = /^[\w-]{22}$/;

/** All processes must have the same secret. */
export function createReplayIds(secret: string) {
  const keyed = (text: string) => createHmac('sha256', secret).update(text).digest('base64url').slice(0, ID_LENGTH);
  return {
    idOf: (match: string, round: number, player: string): string => keyed(`replay ${match} ${round} ${player}`),
    /** Of a challenge: the same for the same drawings under the same name. */
    challengeOf: (owner: string, nick: string, replays: string[]): string =>
      keyed(`challenge ${owner} ${replays.join(' ')} ${nick}`),
    /** Proves later who drew it, without the session itself. */
    ownerOf: (session: string | null): string | null => (session === null ? null : keyed(`owner ${session}`)),
  };
}
