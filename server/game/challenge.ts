/** A match of one person against the drawings of somebody else's match. Pure. */
import type { Times } from '../../shared/challenge.ts';
import type { Settings } from '../../shared/protocol.ts';
import type { Words } from '../../shared/verdict.ts';
import { DAILY_SETTINGS } from './daily.ts';
import type { ChallengeRoom, Game, Prompt } from './game.ts';

export const challengeSettings = ({ seconds, rounds }: ChallengeRoom): Settings => ({
  ...DAILY_SETTINGS,
  ...{ seconds, rounds: rounds.length, ghosts: 1 },
});

/** Null if the network does not know a word any more. */
export function challengePrompts({ words }: Words, { rounds }: ChallengeRoom): Prompt[] | null {
  const prompts = rounds.flatMap(({ word }) => {
    const known = words.find((each) => each.word === word);
    if (!known) return [];
    const { alike, difficulty, factor } = known;
    return [{ word, ...(alike && { alike }), difficulty, factor }];
  });
  return prompts.length === rounds.length ? prompts : null;
}

export const timesOf = ({ rounds }: ChallengeRoom): Times => rounds.map(({ at }) => at);

/** What somebody made of a challenge. `session` is theirs. */
export interface Attempt {
  session: string;
  nick: string;
  times: Times;
}

/** Of the match whose podium is shown; null in any other phase. */
export function attemptOf({ phase, match, challenge }: Game): Attempt | null {
  const [runner] = Object.entries(match?.runners ?? {});
  if (phase.name !== 'podium' || !match || !challenge || !runner) return null;
  const [player, { nick, session }] = runner;
  const times = match.results.map(({ recognized }) => recognized.find((each) => each.player === player)?.at ?? null);
  return session === null ? null : { session, nick, times };
}
