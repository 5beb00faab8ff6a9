/** The days' tries of a single process: all are forgotten when it ends. */
import type { DailyTry } from '../../game/daily.ts';
import type { Dailies } from '../dailies.ts';
import { DAILY_LIFE_MS, MAX_TRIES } from '../dailies.ts';
import { BOARD_LENGTH, publicKey } from '../leaderboard.ts';

interface Day {
  /** Match by session. */
  tries: Map<string, string>;
  results: Map<string, DailyTry>;
}

const DAYS_KEPT = DAILY_LIFE_MS / (24 * 60 * 60_000);

export function createMemoryDailies(maxTries = MAX_TRIES): Dailies {
  const days = new Map<number, Day>();

  function dayFor(number: number): Day {
    const day = days.get(number) ?? { tries: new Map(), results: new Map() };
    days.set(number, day);
    for (const other of days.keys()) if (other < number - DAYS_KEPT) days.delete(other);
    return day;
  }

  function claim({ tries }: Day, session: string, match: string): string {
    if (!tries.has(session) && tries.size < maxTries) tries.set(session, match);
    return tries.get(session) ?? '';
  }

  /** Those who left the table have no nickname. */
  const listed = (day: Day | undefined): DailyTry[] => [...(day?.results.values() ?? [])].filter(({ nick }) => nick);

  return {
    claim: async (day, session, match) => claim(dayFor(day), session, match),
    async record(result) {
      const { session, match } = result;
      const day = dayFor(result.day);
      if (claim(day, session, match) === match && !day.results.has(session)) day.results.set(session, result);
    },
    async table(number) {
      const results = listed(days.get(number));
      const best = results.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
      const leaders = best
        .slice(0, BOARD_LENGTH)
        .map(({ session, nick, score }) => ({ key: publicKey(session), nick, value: score }));
      return { players: results.length, leaders };
    },
    async read(number, session) {
      const day = days.get(number);
      if (!day?.tries.has(session)) return null;
      const result = day.results.get(session);
      if (!result) return { result: null };
      const { score, rounds } = result;
      const place = listed(day).filter((other) => other.score > score).length + 1;
      return { result: { key: publicKey(session), place, score, rounds } };
    },
    async forget(session) {
      for (const { results } of days.values()) {
        const result = results.get(session);
        if (result) results.set(session, { ...result, nick: '' });
      }
    },
  };
}
