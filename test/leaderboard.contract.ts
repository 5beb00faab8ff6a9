/** What leaderboards must do, wherever they are kept. `open` gives one more view of the same boards. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { MatchResult } from '../server/game/results.ts';
import type { Leaderboard } from '../server/storage/leaderboard.ts';
import { FASTEST_LENGTH } from '../server/storage/leaderboard.ts';

export const MONDAY = Date.UTC(2026, 10, 16, 12);
export const DAY = 24 * 60 * 60_000;

export function leaderboardContract(name: string, open: () => Promise<Leaderboard>): void {
  const result = (change: Partial<MatchResult>): MatchResult => ({
    match: randomUUID(),
    ended: MONDAY,
    solo: false,
    players: [],
    drawings: [],
    ...change,
  });

  describe(name, () => {
    it('keeps the best match of each session, not the sum, by session and not by name', async () => {
      const leaderboard = await open();
      const ended = MONDAY + 700 * DAY;
      const players = (score: number) => [
        { session: 's1', nick: 'Ann', score },
        { session: 's2', nick: 'Ann', score: 10 },
      ];
      await leaderboard.record(result({ ended, players: players(100) }));
      await leaderboard.record(result({ ended: ended + DAY, players: players(50) }));
      const values = async (span: 'all' | 'week' | 'day', time: number) =>
        (await leaderboard.best(span, time)).map(({ nick, value }) => [nick, value]);
      expect(await values('week', ended)).toEqual([
        ['Ann', 100],
        ['Ann', 10],
      ]);
      expect(await values('day', ended + DAY)).toEqual([
        ['Ann', 50],
        ['Ann', 10],
      ]);
      expect(await values('week', ended + 7 * DAY)).toEqual([]);
      expect((await values('all', ended))[0]).toEqual(['Ann', 100]);
      await leaderboard.record(result({ ended, players: players(130) }));
      expect((await values('week', ended))[0]).toEqual(['Ann', 130]);
    });

    it('keeps solo matches apart', async () => {
      const leaderboard = await open();
      const ended = MONDAY + 750 * DAY;
      const match = { ended, players: [{ session: 's4', nick: 'Sol', score: 900 }] };
      await leaderboard.record(result({ ...match, solo: true }));
      expect(await leaderboard.best('day', ended)).toEqual([]);
      expect(await leaderboard.best('day', ended, 'solo')).toMatchObject([{ nick: 'Sol', value: 900 }]);
      await leaderboard.record(result({ ...match, ended: ended + 1, players: [{ ...match.players[0]!, score: 50 }] }));
      expect(await leaderboard.best('day', ended)).toMatchObject([{ nick: 'Sol', value: 50 }]);
      expect(await leaderboard.best('day', ended, 'solo')).toMatchObject([{ nick: 'Sol', value: 900 }]);
    });

    it('counts a match once, however often and by whomever it is recorded', async () => {
      const [one, other] = [await open(), await open()];
      const match = result({ ended: MONDAY + 800 * DAY, players: [{ session: 's3', nick: 'Bob', score: 7 }] });
      await Promise.all([one.record(match), other.record(match), one.record(match)]);
      expect(await one.best('day', match.ended)).toMatchObject([{ nick: 'Bob', value: 7 }]);
    });

    it('keeps the fastest drawings of a word, each player once, under the newest name', async () => {
      const leaderboard = await open();
      const word = `word-${randomUUID()}`;
      const drew = (session: string, at: number, nick = session) =>
        leaderboard.record(result({ drawings: [{ session, nick, word, at }] }));
      await drew('ann', 4000);
      await drew('ann', 9000, 'Ann');
      await drew('bob', 3000);
      expect(await leaderboard.fastest(word, MONDAY)).toMatchObject([
        { nick: 'bob', value: 3000 },
        { nick: 'Ann', value: 4000 },
      ]);
      for (let i = 0; i < FASTEST_LENGTH; i++) await drew(`quick${i}`, 1000 + i);
      const best = await leaderboard.fastest(word, MONDAY);
      expect(best.map(({ value }) => value)).toEqual(Array.from({ length: FASTEST_LENGTH }, (_, i) => 1000 + i));
      // Who fell off the board is forgotten with their name, and may come back.
      await drew('bob', 500, 'Bob again');
      expect((await leaderboard.fastest(word, MONDAY))[0]).toMatchObject({ nick: 'Bob again', value: 500 });
    });

    it('drops the lines of those who have not played for a year, and no others', async () => {
      const leaderboard = await open();
      const word = `word-${randomUUID()}`;
      const start = MONDAY + 1_000 * DAY;
      const play = (days: number, session: string, score: number) => {
        const ended = start + days * DAY;
        const drawings = [{ session, nick: session, word, at: 1_000_000 - score }];
        return leaderboard.record(result({ ended, players: [{ session, nick: session, score }], drawings }));
      };
      const boards = async (days: number) => {
        const time = start + days * DAY;
        const ours = (line: { nick: string }) => ['gone', 'back', 'new'].includes(line.nick);
        const all = (await leaderboard.best('all', time)).filter(ours).map(({ nick }) => nick);
        expect((await leaderboard.fastest(word, time)).map(({ nick }) => nick)).toEqual(all);
        return all;
      };
      await play(0, 'gone', 900_000);
      await play(0, 'back', 800_000);
      // A worse match counts as seen, and leaves the better one.
      await play(300, 'back', 1);
      await play(364, 'new', 700_000);
      expect(await boards(364)).toEqual(['gone', 'back', 'new']);
      // A look at the board drops them, and so does the next match.
      expect(await boards(366)).toEqual(['back', 'new']);
      await play(666, 'new', 600_000);
      expect(await boards(364)).toEqual(['new']);
    });

    it('forgets a session on all boards, on which it may come again', async () => {
      const leaderboard = await open();
      const ended = MONDAY + 2_000 * DAY;
      const word = `word-${randomUUID()}`;
      const play = (session: string, at: number, solo = false) =>
        leaderboard.record(
          result({
            ...{ ended: at, solo, players: [{ session, nick: session, score: 2_000_000 }] },
            drawings: [{ session, nick: session, word, at: 1500 }],
          }),
        );
      // On boards of days and weeks that are kept, too.
      for (const days of [-14, -2, 0]) await play('leaver', ended + days * DAY);
      await play('leaver', ended, true);
      await play('stays', ended);
      const nicks = async () => {
        const views = (['race', 'solo'] as const).flatMap((table) => [
          leaderboard.best('all', ended, table),
          ...[0, -14].map((days) => leaderboard.best('week', ended + days * DAY, table)),
          ...[0, -2].map((days) => leaderboard.best('day', ended + days * DAY, table)),
        ]);
        const lines = (await Promise.all([...views, leaderboard.fastest(word, ended)])).flat();
        return new Set(lines.map(({ nick }) => nick));
      };
      expect(await nicks()).toContain('leaver');
      await leaderboard.forget('leaver', [word], ended);
      const left = await nicks();
      expect(left).not.toContain('leaver');
      expect(left).toContain('stays');
      await play('leaver', ended);
      expect(await nicks()).toContain('leaver');
      await leaderboard.forget('leaver', [word], ended);
    });

    it('tells nobody which session stands behind a name', async () => {
      const leaderboard = await open();
      const ended = MONDAY + 900 * DAY;
      await leaderboard.record(result({ ended, players: [{ session: 'secret-session', nick: 'Eve', score: 1 }] }));
      expect(JSON.stringify(await leaderboard.best('day', ended))).not.toContain('secret-session');
    });
  });
}
