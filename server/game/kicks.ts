/** Who may not come in: kicked for the room's life, or where nobody may watch. Pure. */
import type { Refusal } from '../../shared/protocol.ts';
import type { Action, Game, Visitor } from './game.ts';
import { isLone } from './game.ts';
import { isHost } from './host.ts';
import { isSamePerson, seatOf, without } from './seats.ts';

/** Kicks that a room remembers. The oldest are forgotten first. */
const KICKS_KEPT = 100;

/** All seats of the person go, and neither they nor their address come back: see `isKicked`. */
export function kick(game: Game, { by, id }: Action & { type: 'kick' }, now: number): Game | Refusal {
  if (!isHost(game, by)) return 'not-host';
  const seat = seatOf(game, id);
  if (!seat) return 'unknown-player';
  const { session, address = null } = seat;
  // A host who has two seats may give one up.
  if (isSamePerson(seat, seatOf(game, by)!)) return without(game, id, now);
  const seats = game.seats.filter((each) => isSamePerson(each, seat));
  const kicked = [...(game.kicked ?? []), { session, address }].slice(-KICKS_KEPT);
  const displaced = (game.displaced ?? []).filter((each) => !isSamePerson(each, seat));
  return seats.reduce((left, each) => without(left, each.id, now), { ...game, kicked, displaced } as Game);
}

export const hasKickedSession = ({ kicked = [] }: Game, { session }: Partial<Visitor>): boolean =>
  session != null && kicked.some((each) => each.session === session);

/**
 * Whether the visitor was kicked. Sessions are free, so the address counts too, but many people may share it. It counts for a
 * visitor without a session and for one with a new session, unless somebody in the room plays from the same address. Once two were
 * kicked from there, only the host excuses the others: a teacher in a class.
 */
export function isKicked(game: Game, visitor: Partial<Visitor>): boolean {
  if (hasKickedSession(game, visitor)) return true;
  const { session, address, isNew = false } = visitor;
  const kicks = address == null ? 0 : (game.kicked ?? []).filter((each) => each.address === address).length;
  if (kicks === 0) return false;
  const playing = game.seats.filter((seat) => seat.address === address);
  const isExcused = kicks === 1 ? playing.length > 0 : playing.some(({ id }) => id === game.host);
  return session == null || (isNew && !isExcused);
}

/**
 * Why the visitor cannot watch; null if they can. A player may watch on another screen, too. An address that was kicked
 * sends nobody away who is here: they were before.
 */
export function watchRefusal(game: Game, visitor: Visitor, isHere = false): 'kicked' | 'no-spectators' | null {
  if (isHere ? hasKickedSession(game, visitor) : isKicked(game, visitor)) return 'kicked';
  if (isLone(game)) return 'no-spectators';
  if (game.lesson) return visitor.lesson === game.lesson ? null : 'no-spectators';
  const { session } = visitor;
  const plays = session !== null && game.seats.some((seat) => seat.session === session);
  return game.settings.spectators === false && !plays ? 'no-spectators' : null;
}
