/** Whose turn in the recognizer a drawing takes. */
import type { Game } from '../game/game.ts';

/** Rooms are free, so one address with a hundred of them must not get a hundred turns. A school class has fewer rooms than these. */
const TURNS_OF_ADDRESS = 16;

/** Each room has a turn of its own. Rooms whose players all come from one address share those of the address. */
export function turnOf({ code, seats, number }: Pick<Game, 'code' | 'seats' | 'number'>): string {
  const [address, ...others] = new Set(seats.map((seat) => seat.address ?? null));
  if (!address || others.length > 0) return code;
  // No two rooms of a class have the same.
  const sum = number ?? [...code].reduce((all, letter) => all * 31 + letter.charCodeAt(0), 0);
  return `${address} ${sum % TURNS_OF_ADDRESS}`;
}
