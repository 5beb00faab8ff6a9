/** What a finished match leaves behind. Pure. */
import type { Game } from './game.ts';
import { standing } from './view.ts';

export interface MatchResult {
  /** The match's id. */
  match: string;
  /** When the podium came. ms since 1970 */
  ended: number;
  /** Players with points. */
  players: { session: string; nick: string; score: number }[];
  /** Recognized drawings; `at` in ms from the start of the round. */
  drawings: { session: string; nick: string; word: string; at: number }[];
}

/** The result of the match whose podium is shown; null in any other phase. People without a session are left out. */
export function resultOf({ phase, match, ...game }: Game): MatchResult | null {
  if (phase.name !== 'podium' || !match) return null;
  const person = (player: string) => {
    const runner = match.runners[player];
    return runner?.session ? { session: runner.session, nick: runner.nick } : null;
  };
  const players = standing({ ...game, phase, match }).flatMap(({ player, score }) => {
    const who = person(player);
    return who && score > 0 ? [{ ...who, score }] : [];
  });
  const drawings = match.results.flatMap(({ prompt, recognized }) =>
    recognized.flatMap(({ player, at }) => {
      const who = person(player);
      return who ? [{ ...who, word: prompt, at }] : [];
    }),
  );
  return { match: match.id, ended: phase.since, players, drawings };
}
