/** Who gets a seat, and gets it back. Pure. */
import type { Refusal } from '../../shared/protocol.ts';
import type { Action, Game, Seat, Visitor } from './game.ts';
import { paceOf } from './game.ts';
import { hasKickedSession, isKicked } from './kicks.ts';
import { looksLike } from './lookalikes.ts';
import { firstRound, isAway, isPlaying, without, withSeat } from './seats.ts';

/** Seats given to somebody else that a room remembers. The oldest are forgotten first. */
const DISPLACED_KEPT = 24;
/** Of a public room. A family is no bigger. */
const SEATS_OF_ADDRESS = 4;

export function join(game: Game, action: Action & { type: 'join' }, now: number): Game | Refusal {
  if (game.lesson !== action.lesson) return 'lesson';
  if (isKicked(game, action)) return 'kicked';
  // Somebody must be in it who can open it.
  if (game.settings.locked && game.seats.length > 0) return 'locked';
  const room = isCrowding(game, action) ? null : withFreeSeat(game, now);
  if (!room) return 'room-full';
  const { id, token, nick, socket, session = null, address = null, language } = action;
  if (isTaken(room, nick)) return 'nick-taken';
  const term = game.version + 1;
  const mark = freeMark(room);
  const person = { nick, mark, session, address, ...(language && { language }) };
  const seat: Seat = { id, token, socket, term, ...person, lost: null, from: firstRound(game) };
  const used = game.used || game.seats.length > 0;
  return { ...room, seats: [...room.seats, seat], host: game.lesson ? null : (room.host ?? id), empty: null, used };
}

/** In a room that is open to strangers, whether one address has enough seats. Not that of the host, who may play among friends. */
function isCrowding({ settings, seats, host }: Game, { address }: Partial<Visitor>): boolean {
  if (!settings.public || address == null) return false;
  const same = seats.filter((seat) => seat.address === address);
  return same.length >= SEATS_OF_ADDRESS && !same.some(({ id }) => id === host);
}

/** With the token of their seat: a player is back on it or, if somebody else got their place, on the next free one. */
export function comeBack(game: Game, action: Action & { type: 'return' }, now: number): Game | Refusal {
  if (game.lesson !== action.lesson) return 'lesson';
  if (hasKickedSession(game, action)) return 'kicked';
  const { token, socket } = action;
  const here = { socket, term: game.version + 1, lost: null };
  const seat = game.seats.find((each) => each.token === token);
  if (seat) {
    const { session, address } = action;
    const from = Math.min(seat.from, firstRound(game));
    return withSeat(game, {
      ...{ ...seat, ...here, from },
      ...{ session: session ?? seat.session, address: address ?? seat.address ?? null },
    });
  }
  const owned = game.displaced?.find((each) => each.token === token);
  if (!owned || owned.lost! + paceOf(game).lobbyHold <= now) return isKicked(game, action) ? 'kicked' : 'bad-token';
  const room = withFreeSeat(game, now);
  if (!room) return 'seat-taken';
  const mark = room.seats.some((each) => each.mark === owned.mark) ? freeMark(room) : owned.mark;
  const back: Seat = { ...owned, ...here, mark, nick: freeNick(room, owned.nick), from: firstRound(game) };
  const displaced = room.displaced!.filter((each) => each.token !== token);
  return { ...room, seats: [...room.seats, back], displaced, empty: null };
}

/** The game with a free seat, if need be that of somebody who is away; null if there is none. */
function withFreeSeat(game: Game, now: number): Game | null {
  if (game.seats.length < game.settings.seats) return game;
  const isHost = (seat: Seat) => Number(seat.id === game.host);
  const [seat] = game.seats
    .filter((each) => isAway(game, each, now) && !isPlaying(game, each))
    .sort((a, b) => isHost(a) - isHost(b) || a.lost! - b.lost!);
  if (!seat) return null;
  return { ...without(game, seat.id, now), displaced: [...(game.displaced ?? []), seat].slice(-DISPLACED_KEPT) };
}

function freeMark({ seats }: Game): number {
  let mark = 0;
  while (seats.some((seat) => seat.mark === mark)) mark++;
  return mark;
}

const isTaken = ({ seats }: Game, nick: string): boolean => seats.some((seat) => looksLike(seat.nick, nick));

function freeNick(game: Game, nick: string): string {
  let free = nick;
  for (let n = 2; isTaken(game, free); n++) free = `${nick} ${n}`;
  return free;
}
