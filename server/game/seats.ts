/** The seats of a game, and what holds for each. Pure. */
import type { Game, Seat } from './game.ts';
import { inMatch, isLone, paceOf } from './game.ts';

export const seatOf = (game: Game, id: string): Seat | undefined => game.seats.find((seat) => seat.id === id);

export const withSeat = (game: Game, seat: Seat): Game => ({
  ...game,
  seats: game.seats.map((s) => (s.id === seat.id ? seat : s)),
});

export const without = (game: Game, id: string, now: number): Game => {
  const seats = game.seats.filter((seat) => seat.id !== id);
  const votes = Object.fromEntries(Object.entries(game.votes ?? {}).filter((vote) => !vote.includes(id)));
  return { ...game, seats, votes, empty: seats.length === 0 ? now : null };
};

export const isPlaying = (game: Game, seat: Seat): boolean => inMatch(game) && seat.from <= game.round;

/**
 * How long the seat is kept once its connection is lost. In a room of a day the match goes on to its end: there is one try; and a
 * pupil has no other room to go to. ms
 */
export const holdOf = (game: Game, seat: Seat): number =>
  paceOf(game)[isPlaying(game, seat) && !isLone(game) && !game.lesson ? 'hold' : 'lobbyHold'];

export const isAway = (game: Game, seat: Seat, now: number): boolean =>
  seat.lost !== null && seat.lost + paceOf(game).away <= now;

/** From the first round on that somebody who comes in now can draw in. Latecomers watch the present one. */
export const firstRound = (game: Game): number =>
  game.phase.name === 'countdown' || !inMatch(game) ? game.round : game.round + 1;

export const isSamePerson = (a: Seat, b: Seat): boolean =>
  a.id === b.id || (a.session !== null && a.session === b.session);

/** When the last person left; null while somebody is here. ms */
export const leftAt = ({ seats, empty, spectators }: Game): number | null =>
  Object.keys(spectators).length > 0 || seats.some(({ lost }) => lost === null)
    ? null
    : Math.max(empty ?? 0, ...seats.map(({ lost }) => lost!));

/** Nobody came back for as long as a race waits for a player. */
export function isDeserted(game: Game, now: number): boolean {
  const left = leftAt(game);
  return left !== null && left + paceOf(game).hold <= now;
}
