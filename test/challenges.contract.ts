/** What the store of challenges must do, wherever it is. `open` gives one more view of the same challenges. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChallengeRoom } from '../server/game/game.ts';
import type { Challenges } from '../server/storage/challenges.ts';

export interface Bounds {
  keptMs: number;
  most: { challenges: number; tries: number };
  now: () => number;
}

export function challengesContract(name: string, open: (bounds?: Partial<Bounds>) => Promise<Challenges>): void {
  const challenge = (more: Partial<ChallengeRoom> = {}): ChallengeRoom => ({
    ...{ id: randomUUID(), owner: 'the maker', nick: 'Zoë', mark: 3, seconds: 60 },
    rounds: [
      { word: 'cat', replay: 'a replay', at: 4100 },
      { word: 'sun', replay: 'another', at: null },
    ],
    ...more,
  });
  const by = (owner: string, at: number | null = 3000) => ({ owner, nick: `nick of ${owner}`, times: [at, null] });

  describe(name, () => {
    it('keeps a challenge as it was made, until it is removed', async () => {
      const [one, other] = [await open(), await open()];
      const made = challenge();
      expect(await one.read(made.id)).toBe(null);
      await one.save(made);
      expect(await other.read(made.id)).toEqual(made);
      await one.record(made.id, by('ann'));
      expect(await other.remove(made.id)).toBe(true);
      expect(await one.remove(made.id)).toBe(false);
      expect(await one.read(made.id)).toBe(null);
      expect(await one.tries(made.id)).toEqual([]);
    });

    it('keeps each player’s first try, the newest first, and none of a challenge that is not there', async () => {
      const [one, other] = [await open(), await open()];
      const made = challenge();
      await one.record(made.id, by('ann'));
      await one.save(made);
      expect(await one.tries(made.id)).toEqual([]);
      await Promise.all([one, other, one].map((each) => each.record(made.id, by('ann'))));
      await other.record(made.id, by('bob', null));
      await one.record(made.id, by('ann', 1));
      expect(await other.tries(made.id)).toEqual([by('bob', null), by('ann')]);
      // Saved again, it is the same challenge.
      await one.save(made);
      expect(await one.tries(made.id)).toHaveLength(2);
      const another = challenge();
      await one.save(another);
      expect(await other.tries(another.id)).toEqual([]);
    });

    it('lets the oldest go beyond what it may keep', async () => {
      let time = Date.now();
      const challenges = await open({ most: { challenges: 3, tries: 2 }, now: () => time++ });
      const all = Array.from({ length: 5 }, () => challenge());
      for (const each of all) await challenges.save(each);
      const kept = await Promise.all(all.map(({ id }) => challenges.read(id)));
      expect(kept).toEqual([null, null, ...all.slice(2)]);
      const { id } = all[4]!;
      for (const owner of ['ann', 'bob', 'eve']) await challenges.record(id, by(owner));
      expect(await challenges.tries(id)).toEqual([by('eve'), by('bob')]);
    });

    it('forgets all of it after its time', async () => {
      const challenges = await open({ keptMs: 300 });
      const made = challenge();
      await challenges.save(made);
      await challenges.record(made.id, by('ann'));
      expect(await challenges.read(made.id)).toEqual(made);
      await expect.poll(() => challenges.read(made.id), { timeout: 3000 }).toBe(null);
      expect(await challenges.tries(made.id)).toEqual([]);
    });
  });
}
