/** Challenges, as the page asks the server for them. */
import type { Challenge, MadeChallenge, NewChallenge } from '../../../shared/challenge.ts';
import type { Client } from '../../client.ts';
import { recordedStrokes } from '../../net/match-history.ts';
import { basePath } from '../../page/router.svelte.ts';
import { isMine } from '../replay/replays.ts';

/** `busy`: too many requests. */
export type Problem = 'busy' | 'failed';

/** The server writes a drawing down shortly after its round. */
const ATTEMPTS = 5;
const RETRY_MS = 700;

const at = (id: string): string => `api/challenges/${encodeURIComponent(id)}`;
const problemOf = ({ status }: Response): Problem => (status === 429 ? 'busy' : 'failed');

export const challengePath = (id: string): string => `beat/${id}`;
export const challengeLink = (id: string): string => `${location.origin}${basePath()}${challengePath(id)}`;

export async function fetchChallenge(id: string): Promise<Challenge | 'gone' | Problem> {
  try {
    const response = await fetch(at(id), { cache: 'no-store' });
    if (response.ok) return (await response.json()) as Challenge;
    return response.status === 404 ? 'gone' : problemOf(response);
  } catch {
    return 'failed';
  }
}

/** True if it is gone. */
export async function deleteChallenge(id: string): Promise<boolean> {
  try {
    const { ok, status } = await fetch(at(id), { method: 'DELETE' });
    return ok || status === 404;
  } catch {
    return false;
  }
}

/** Of the drawings of this player's in the match whose podium is shown. `none`: the server has none of them. */
export async function makeChallenge(
  { link, room }: Client,
  nick: string,
): Promise<MadeChallenge | 'none' | 'nick-offensive' | Problem> {
  try {
    const me = room.inside()?.me;
    const answer = await link.request('replays', {});
    if (!me || !answer.ok) return 'failed';
    const mine = answer.replays.filter(({ player }) => player === me).sort((a, b) => a.round - b.round);
    const kept = await Promise.all(mine.map(({ id, round }) => isKept(id, hasDrawn(room, round, me))));
    const replays = mine.filter((_, i) => kept[i]).map(({ id }) => id);
    if (replays.length === 0) return 'none';
    const response = await fetch('api/challenges', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ nick, replays } satisfies NewChallenge),
    });
    const made = await response.json();
    if (response.ok) return made as MadeChallenge;
    return made.error === 'nick-offensive' ? 'nick-offensive' : problemOf(response);
  } catch {
    return 'failed';
  }
}

/** As far as this page has seen the round. */
function hasDrawn(room: Client['room'], round: number, me: string): boolean {
  const seen = room.history().find((each) => each.round === round);
  return seen !== undefined && recordedStrokes(seen, me).length > 0;
}

async function isKept(id: string, isDrawn: boolean): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    if (await isMine(id)) return true;
    if (!isDrawn || attempt === ATTEMPTS) return false;
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}
