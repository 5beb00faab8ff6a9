/** What this browser remembers: the nickname, the seats, the preferences. Works without storage too, until the page is left. */

/** The part of the browser's `Storage` that is used. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface Memory {
  get(key: string): string | undefined;
  set(key: string, value: string | undefined): void;
  /** The room where this browser last took a seat that it has not given up. */
  lastSeat(): string | undefined;
  /** The token of the seat that this browser holds in a room. */
  seat(code: string): string | undefined;
  keepSeat(code: string, token: string): void;
  dropSeat(code: string): void;
}

interface Seat {
  token: string;
  /** When the seat was last taken. ms since 1970 */
  at: number;
}

const SEAT_LIFETIME_MS = 86_400_000;

export function createMemory(storage: KeyValueStorage): Memory {
  /** Values that the storage did not take, since it is full or forbidden: they are newer than what it has. */
  const unsaved = new Map<string, string | undefined>();

  function get(key: string): string | undefined {
    if (unsaved.has(key)) return unsaved.get(key);
    try {
      return storage.getItem(`derby.${key}`) ?? undefined;
    } catch {
      return undefined;
    }
  }

  function set(key: string, value: string | undefined): void {
    try {
      if (value === undefined) storage.removeItem(`derby.${key}`);
      else storage.setItem(`derby.${key}`, value);
      unsaved.delete(key);
    } catch {
      unsaved.set(key, value);
    }
  }

  function seats(): Record<string, Seat> {
    try {
      const all = JSON.parse(get('seats') ?? '{}') as Record<string, Seat>;
      return Object.fromEntries(Object.entries(all).filter(([, seat]) => Date.now() - seat.at < SEAT_LIFETIME_MS));
    } catch {
      return {};
    }
  }

  return {
    get,
    set,
    lastSeat: () => Object.entries(seats()).sort(([, a], [, b]) => b.at - a.at)[0]?.[0],
    seat: (code) => seats()[code]?.token,
    keepSeat: (code, token) => set('seats', JSON.stringify({ ...seats(), [code]: { token, at: Date.now() } })),
    dropSeat(code) {
      const { [code]: _, ...others } = seats();
      set('seats', JSON.stringify(others));
    },
  };
}

/** A storage for a client without a browser, and for a browser that forbids its own. */
export function newStorage(): KeyValueStorage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
