/** Asks the server about drawings, and keeps the answers while the pages of /explore are open. */
import type {
  ExploreAverage,
  ExploreBiases,
  ExplorePage,
  ExploreRefusal,
  ExploreWord,
  ExploreWords,
} from '../../../shared/explore.ts';

interface Answers {
  words: ExploreWords;
  word: ExploreWord;
  drawings: ExplorePage;
  average: ExploreAverage;
  biases: ExploreBiases;
}

export type Params = Record<string, string | number | undefined>;

/** Why there is no answer; `offline` if the server cannot be reached. */
export class Refused extends Error {
  constructor(readonly why: ExploreRefusal | 'offline') {
    super(why);
  }
}

export interface Asking {
  /** Rejects with Refused. A busy server is asked again, for a while. */
  ask<Name extends keyof Answers>(name: Name, params?: Params): Promise<Answers[Name]>;
  /** The answer, if it has come already. */
  known<Name extends keyof Answers>(name: Name, params?: Params): Answers[Name] | undefined;
}

/** The oldest go first. A page of drawings is some 30 kB. */
const KEPT = 200;
const RETRIES = 4;
const RETRY_MS = 700;

export function createAsking(): Asking {
  const kept = new Map<string, Promise<unknown>>();
  const values = new Map<string, unknown>();

  const pathOf = (name: string, params: Params = {}): string => {
    const given = Object.entries(params).filter(([, value]) => value !== undefined);
    return `api/explore/${name}?${new URLSearchParams(given.map(([key, value]) => [key, `${value}`]))}`;
  };

  async function fetchAnswer(path: string): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      const response = await fetch(path).catch(() => undefined);
      if (response?.ok) return response.json();
      const isBusy = response?.status === 503 || response?.status === 429;
      if (!isBusy || attempt === RETRIES) {
        const { error = 'unavailable' } = (await response?.json().catch(() => ({}))) ?? { error: 'offline' };
        throw new Refused(error);
      }
      await new Promise((done) => setTimeout(done, RETRY_MS * 2 ** attempt));
    }
  }

  return {
    ask(name, params) {
      const path = pathOf(name, params);
      let answer = kept.get(path);
      if (!answer) {
        answer = fetchAnswer(path);
        kept.set(path, answer);
        answer.then(
          (value) => values.set(path, value),
          () => kept.delete(path),
        );
        const [oldest] = kept.keys();
        if (kept.size > KEPT && oldest !== undefined) {
          kept.delete(oldest);
          values.delete(oldest);
        }
      }
      return answer as Promise<never>;
    },
    known: (name, params) => values.get(pathOf(name, params)) as never,
  };
}
