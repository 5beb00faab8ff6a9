/** Who the host is: handed over, voted for, inherited; and who may start meanwhile. Pure. */
import type { Refusal } from '../../shared/protocol.ts';
import type { Action, Game, Seat } from './game.ts';
import { inMatch, paceOf } from './game.ts';
import { isSamePerson, seatOf } from './seats.ts';

/** In a lesson that is its teacher, who has no seat: null. */
export const isHost = ({ lesson, host }: Game, by: string | null): boolean => by === (lesson ? null : host);

export function appoint(game: Game, { by, id }: Action & { type: 'host' }): Game | Refusal {
  if (game.lesson) return 'not-host';
  if (!seatOf(game, by)) return 'not-seated';
  const { [by]: before, ...votes } = game.votes ?? {};
  if (id === null || id === game.host) return before === undefined ? game : { ...game, votes };
  const heir = seatOf(game, id);
  if (!heir) return 'unknown-player';
  if (heir.lost !== null) return 'player-away';
  if (game.host === by) return { ...game, host: id, votes: {} };
  return before === id ? game : { ...game, votes: { ...votes, [by]: id } };
}

/** Who votes: the players who are here, except the host. A person with several seats has one vote. */
function electorate(game: Game): Seat[] {
  const host = seatOf(game, game.host!);
  return game.seats.filter(
    (seat, i, seats) =>
      seat.lost === null &&
      !(host && isSamePerson(seat, host)) &&
      seats.findIndex((each) => each.lost === null && isSameVoter(game, each, seat)) === i,
  );
}

/** Sessions are free: where strangers come in, an address has one vote, unless the host plays from there, too. */
function isSameVoter({ settings, seats, host }: Game, a: Seat, b: Seat): boolean {
  if (isSamePerson(a, b)) return true;
  const isCounted = settings.public && a.address != null && seats.find(({ id }) => id === host)?.address !== a.address;
  return isCounted && a.address === b.address;
}

/** More than half of those who vote. The role of a host who is here also takes two: a stranger could take any room of one. */
export function votesNeeded(game: Game, isHostAway = seatOf(game, game.host!)?.lost !== null): number {
  return Math.max(Math.floor(electorate(game).length / 2) + 1, isHostAway ? 1 : 2);
}

/** The player whom enough others want as the host at `now`. */
export function elected(game: Game, now: number): Seat | undefined {
  const votes = Object.values(game.votes ?? {});
  if (votes.length === 0) return undefined;
  const voters = electorate(game);
  const needed = votesNeeded(game, isHostAway(game, now));
  return game.seats.find(
    ({ id, lost }) =>
      lost === null && id !== game.host && voters.filter((voter) => votedFor(game, voter) === id).length >= needed,
  );
}

const votedFor = (game: Game, voter: Seat): string | undefined =>
  game.seats.filter((seat) => isSameVoter(game, seat, voter)).flatMap(({ id }) => game.votes?.[id] ?? [])[0];

export const isHostAway = (game: Game, now: number): boolean => {
  const host = seatOf(game, game.host!);
  return host !== undefined && host.lost !== null && host.lost + paceOf(game).hostHold <= now;
};

/** When anybody may start, since the host is away; null while the host is here, and during a match. ms */
export function anybodyStartsAt(game: Game): number | null {
  const lost = game.host === null || inMatch(game) ? null : (seatOf(game, game.host)?.lost ?? null);
  return lost === null ? null : lost + paceOf(game).hostHold;
}

export const heirOf = ({ seats }: Game): Seat => seats.find((seat) => seat.lost === null) ?? seats[0]!;
