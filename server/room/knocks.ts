/**
 * Who comes into a lesson by the pictures that its teacher shows. There are 20,736 of them, so whoever searches for the right ones must
 * not find them, and must keep nobody out who sees them: nobody is barred, not even the address of those who search.
 */
import { PATTERN_EVERY } from '../../shared/lesson.ts';
import type { Refusal } from '../../shared/protocol.ts';
import type { Bucket, Rate } from '../bucket.ts';
import { bucketOf } from '../bucket.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { isPattern } from '../lesson/pattern.ts';

/** Wrong pictures from one address, and from all: some at once when a class comes in, and few later. */
const WRONG_OF_ADDRESS: Rate = { perSecond: 1 / 15, burst: 40 };
const WRONG_OF_ALL: Rate = { perSecond: 1 / 15, burst: 80 };
/** More of them are a search. For so long the right ones must be tapped twice. ms */
const SEARCH_MS = 2 * PATTERN_EVERY;
/** Then all of them are allowed again. ms */
const KEPT_MS = (WRONG_OF_ALL.burst / WRONG_OF_ALL.perSecond) * 1000;

interface Search {
  mayBeWrong: Bucket;
  /** ms */
  until: number;
}

/** At one lesson, on this process. */
interface Knocks {
  all: Search;
  /** By the keys of addresses. */
  addresses: Map<string | null, Search>;
  /** Sockets whose newest pictures were right during a search, and which those were. */
  right: Map<string, string>;
  keptUntil: number;
}

const newSearch = (rate: Rate): Search => ({ mayBeWrong: bucketOf(rate), until: 0 });

export function createKnocks(now: () => number) {
  /** By the codes of lessons. */
  const known = new Map<string, Knocks>();

  return {
    /**
     * Why the pictures do not let this socket in; null if they do. During a search, at its address or at many, only the second right
     * ones in a row let in, which are the next ones that the teacher shows: as hard to guess as eight pictures. Until then right ones
     * are answered as wrong ones are.
     */
    refusal(
      socket: string,
      address: string | null,
      { code, secret }: Pick<Lesson, 'code' | 'secret'>,
      pictures: readonly number[],
    ): Refusal | null {
      const time = now();
      const isRight = isPattern(secret, pictures, time);
      const none = { all: newSearch(WRONG_OF_ALL), addresses: new Map(), right: new Map(), keptUntil: 0 };
      const knocks: Knocks = known.get(code) ?? none;
      const own = knocks.addresses.get(address) ?? newSearch(WRONG_OF_ADDRESS);
      if (time >= Math.max(knocks.all.until, own.until)) {
        if (isRight) return null;
        known.set(code, knocks);
        knocks.addresses.set(address, own);
        knocks.keptUntil = time + KEPT_MS;
        for (const search of [knocks.all, own]) if (!search.mayBeWrong()) search.until = time + SEARCH_MS;
        return 'wrong-pattern';
      }
      const before = knocks.right.get(socket);
      if (isRight && before !== undefined && before !== pictures.join()) return null;
      if (isRight) knocks.right.set(socket, pictures.join());
      else knocks.right.delete(socket);
      return 'searched';
    },
    /** The lesson is over. */
    forget: (code: string): void => void known.delete(code),
    forgetOld(): void {
      for (const [code, { keptUntil }] of known) if (now() >= keptUntil) known.delete(code);
    },
  };
}
