/** What a finished match leaves behind. Pure. */
import type { Recognition } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import type { Game } from './game.ts';
import { isLone } from './game.ts';

export interface MatchResult {
  /** The match's id. */
  match: string;
  /** When the podium came. ms since 1970 */
  ended: number;
  /** One person alone: such a match has boards of its own. */
  solo: boolean;
  /** People with points, each once. */
  players: { session: string; nick: string; score: number }[];
  /** Recognized drawings of a race; `at` in ms from the start of the round. */
  drawings: { session: string; nick: string; word: string; at: number }[];
}

/** Matches are compared by their first rounds, so that a longer one is worth no more. */
const ROUNDS_COUNTED = DEFAULT_SETTINGS.rounds;

/** Matches are compared by times and words: places depend on who else plays, and the double round on the host. */
export const worthOf = ({ points, parts }: Recognition): number => (parts ? parts.time + parts.word : points);

/**
 * The result of the match whose podium is shown; null in any other phase, for words that the host chose or that are those of a day,
 * and in a lesson. A person counts with one seat, their best. People without a session are left out: they could be anybody.
 */
export function resultOf(game: Game): MatchResult | null {
  const { phase, match } = game;
  if (phase.name !== 'podium' || !match || match.own || isLone(game) || game.lesson) return null;
  const counted = match.results.slice(0, ROUNDS_COUNTED).flatMap(({ recognized }) => recognized);
  /** The best seat of each session. */
  const best = new Map<string, { seat: string; nick: string; score: number }>();
  for (const [seat, { session, nick }] of Object.entries(match.runners)) {
    const score = counted.filter(({ player }) => player === seat).reduce((sum, each) => sum + worthOf(each), 0);
    if (session && score >= (best.get(session)?.score ?? 0)) best.set(session, { seat, nick, score });
  }
  const people = [...best].map(([session, { seat, nick, score }]) => ({ session, seat, nick, score }));
  const solo = people.length < 2;
  const drawings = match.results.flatMap(({ prompt, recognized }) =>
    recognized.flatMap(({ player, at }) => {
      const who = solo ? undefined : people.find(({ seat }) => seat === player);
      return who ? [{ session: who.session, nick: who.nick, word: prompt, at }] : [];
    }),
  );
  const players = people.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return {
    ...{ match: match.id, ended: phase.since, solo, drawings },
    players: players.map(({ session, nick, score }) => ({ session, nick, score })),
  };
}
