/** What this browser remembers: the nickname, the seats, the choices. Works without storage too, until the page is left. */

const fallback = new Map<string, string | undefined>();

export function remembered(key: string): string | undefined {
  // What could not be stored is newer than what was.
  if (fallback.has(key)) return fallback.get(key);
  try {
    return localStorage.getItem(`derby.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`derby.${key}`);
    else localStorage.setItem(`derby.${key}`, value);
    fallback.delete(key);
  } catch {
    fallback.set(key, value);
  }
}

export interface Seat {
  token: string;
  /** When the seat was last taken: old ones are forgotten. ms since 1970 */
  at: number;
}

const DAY = 86_400_000;

export function seatIn(code: string): string | undefined {
  return seats()[code]?.token;
}

export function rememberSeat(code: string, token: string | undefined): void {
  const all = seats();
  if (token) all[code] = { token, at: Date.now() };
  else delete all[code];
  remember('seats', JSON.stringify(all));
}

function seats(): Record<string, Seat> {
  try {
    const all = JSON.parse(remembered('seats') ?? '{}') as Record<string, Seat>;
    return Object.fromEntries(Object.entries(all).filter(([, seat]) => Date.now() - seat.at < DAY));
  } catch {
    return {};
  }
}
