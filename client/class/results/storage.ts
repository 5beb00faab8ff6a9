/**
 * Where the desk keeps what it collects, so that a reload loses nothing: a database of this browser for each class, until the class
 * ends. Where the browser allows none, the memory of the page does.
 */
import { keyOf, type LessonRound } from './rounds.ts';

export interface Kept {
  rounds: LessonRound[];
  stars: string[];
}

export interface ResultStorage {
  read(): Promise<Kept>;
  keepRound(round: LessonRound): Promise<void>;
  keepStars(stars: string[]): Promise<void>;
  /** Deletes all of it. */
  destroy(): Promise<void>;
}

const ROUNDS = 'rounds';
const STARS = 'stars';
/** Another tab may hold the database open. ms */
const MOST_PATIENCE = 3_000;

/** `base`: the path of the game, of which a host may have several. */
export const databaseName = (base: string, code: string): string => `${base === '/' ? '' : base}derby.class.${code}`;

/** For a page alone. */
export function memoryStorage(): ResultStorage {
  const rounds = new Map<string, LessonRound>();
  let stars: string[] = [];
  return {
    read: async () => ({ rounds: [...rounds.values()], stars }),
    keepRound: async (round) => void rounds.set(keyOf(round), round),
    async keepStars(next) {
      stars = next;
    },
    async destroy() {
      rounds.clear();
      stars = [];
    },
  };
}

export async function openStorage(name: string): Promise<ResultStorage> {
  let database: IDBDatabase;
  try {
    database = await open(name);
  } catch (reason) {
    console.warn('This browser keeps no results: a reload loses them.', reason);
    return memoryStorage();
  }
  // Another tab deletes it.
  database.addEventListener('versionchange', () => database.close());
  const keep = async (store: string, key: string, value: unknown) => {
    const writing = database.transaction(store, 'readwrite');
    writing.objectStore(store).put(value, key);
    await new Promise<void>((done, failed) => {
      writing.oncomplete = () => done();
      writing.onabort = writing.onerror = () => failed(writing.error);
    });
  };
  return {
    async read() {
      const reading = database.transaction([ROUNDS, STARS]);
      const rounds = reading.objectStore(ROUNDS).getAll() as IDBRequest<LessonRound[]>;
      const stars = reading.objectStore(STARS).get(STARS) as IDBRequest<string[] | undefined>;
      return { rounds: await result(rounds), stars: (await result(stars)) ?? [] };
    },
    keepRound: (round) => keep(ROUNDS, keyOf(round), round),
    keepStars: (stars) => keep(STARS, STARS, stars),
    async destroy() {
      database.close();
      await destroyStorage(name);
    },
  };
}

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const store of [ROUNDS, STARS]) request.result.createObjectStore(store);
  };
  return result(request);
}

/** Also one that no page has opened. */
export async function destroyStorage(name: string): Promise<void> {
  try {
    const gone = result(indexedDB.deleteDatabase(name));
    await Promise.race([gone, new Promise((done) => setTimeout(done, MOST_PATIENCE))]);
  } catch {
    // The browser allows no databases.
  }
}
