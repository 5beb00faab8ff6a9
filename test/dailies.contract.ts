/** What the store of daily tries must do, wherever it is. `open` gives one more view of the same tries. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DailyTry } from '../server/game/daily.ts';
import type { Dailies } from '../server/storage/dailies.ts';
import { BOARD_LENGTH, publicKey } from '../server/storage/leaderboard.ts';

/** `most`: tries that a day takes. */
export function dailiesContract(name: string, open: (most?: number) => Promise<Dailies>): void {
  let days = 20_000;
  /** A day that no other test uses. */
  const newDay = () => days++;
  const tryAt = (day: number, session: string, match: string, score = 100): DailyTry => ({
    ...{ day, session, match, score, nick: `nick of ${session}` },
    rounds: [
      { word: 'cat', at: 4100 },
      { word: 'sun', at: null },
    ],
  });

  describe(name, () => {
    it('gives each session one try a day, whoever asks at once', async () => {
      const [one, other] = [await open(), await open()];
      const day = newDay();
      expect(await one.read(day, 'ann')).toBe(null);
      const asked = Array.from({ length: 8 }, () => randomUUID());
      const got = await Promise.all(asked.map((match, i) => (i % 2 ? one : other).claim(day, 'ann', match)));
      expect(new Set(got).size).toBe(1);
      expect(asked).toContain(got[0]);
      expect(await one.read(day, 'ann')).toEqual({ result: null });
      // Another day and another session have their own.
      expect(await one.claim(newDay(), 'ann', 'm')).toBe('m');
      expect(await one.claim(day, 'bob', 'm')).toBe('m');
    });

    it('keeps the result of that try, once, and of no other', async () => {
      const [one, other] = [await open(), await open()];
      const day = newDay();
      await one.claim(day, 'ann', 'first');
      await one.record(tryAt(day, 'ann', 'second', 999));
      expect(await one.table(day)).toEqual({ players: 0, leaders: [] });
      await Promise.all([one, other, one].map((each) => each.record(tryAt(day, 'ann', 'first'))));
      await other.record(tryAt(day, 'ann', 'first', 500));
      const { rounds } = tryAt(day, 'ann', 'first');
      const key = publicKey('ann');
      expect(await other.read(day, 'ann')).toEqual({ result: { key, place: 1, score: 100, rounds } });
      expect(await one.table(day)).toEqual({ players: 1, leaders: [{ key, nick: 'nick of ann', value: 100 }] });
    });

    it('keeps a result whose claim it lost', async () => {
      const dailies = await open();
      const day = newDay();
      await dailies.record(tryAt(day, 'ann', 'm'));
      expect(await dailies.claim(day, 'ann', 'another')).toBe('m');
      expect(await dailies.table(day)).toMatchObject({ players: 1 });
    });

    it('takes a session off the tables of the days that are kept, and leaves it its tries and results', async () => {
      const [one, other] = [await open(), await open()];
      days += 10;
      const today = newDay();
      for (const day of [today - 3, today]) {
        await one.record(tryAt(day, 'ann', 'm', 300));
        await one.record(tryAt(day, 'bob', 'n', 200));
      }
      await one.forget('ann', today);
      await one.forget('nobody', today);
      for (const day of [today - 3, today]) {
        const { rounds } = tryAt(day, 'ann', 'm');
        const leaders = [{ key: publicKey('bob'), nick: 'nick of bob', value: 200 }];
        expect(await other.table(day)).toEqual({ players: 1, leaders });
        expect(await other.read(day, 'bob')).toMatchObject({ result: { place: 1 } });
        expect(await other.read(day, 'ann')).toEqual({
          result: { key: publicKey('ann'), place: 1, score: 300, rounds },
        });
        expect(await other.claim(day, 'ann', 'again')).toBe('m');
      }
    });

    it('counts everybody who finished, and shows the best, who share places', async () => {
      const dailies = await open();
      const day = newDay();
      for (let i = 0; i < BOARD_LENGTH + 5; i++) await dailies.record(tryAt(day, `s${i}`, `m${i}`, 50 * (i >> 1)));
      const { players, leaders } = await dailies.table(day);
      expect(players).toBe(BOARD_LENGTH + 5);
      expect(leaders).toHaveLength(BOARD_LENGTH);
      expect(leaders.map(({ value }) => value)).toEqual(leaders.map(({ value }) => value).sort((a, b) => b - a));
      const placeOf = async (session: string) => (await dailies.read(day, session))!.result!.place;
      expect(await Promise.all(['s24', 's23', 's22', 's21'].map(placeOf))).toEqual([1, 2, 2, 4]);
      // Nobody leads with nothing.
      expect(await placeOf('s0')).toBe(BOARD_LENGTH + 4);
      const few = newDay();
      await dailies.record(tryAt(few, 'ann', 'm', 0));
      expect(await dailies.table(few)).toEqual({ players: 1, leaders: [] });
    });

    it('takes no more tries than a day may have', async () => {
      const dailies = await open(2);
      const day = newDay();
      for (const session of ['ann', 'bob']) expect(await dailies.claim(day, session, session)).toBe(session);
      expect(await dailies.claim(day, 'eve', 'm')).toBe('');
      await dailies.record(tryAt(day, 'eve', 'm'));
      expect(await dailies.table(day)).toMatchObject({ players: 0 });
      expect(await dailies.read(day, 'eve')).toBe(null);
      expect(await dailies.claim(day, 'ann', 'other')).toBe('ann');
    });

    it('tells nobody which session stands behind a name', async () => {
      const dailies = await open();
      const day = newDay();
      await dailies.record({ ...tryAt(day, 'secret-session', 'm'), nick: 'Eve' });
      expect(JSON.stringify(await dailies.table(day))).not.toContain('secret-session');
      expect(JSON.stringify(await dailies.read(day, 'secret-session'))).not.toContain('secret-session');
    });
  });
}
