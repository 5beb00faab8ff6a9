/** What every place where reports of keys are kept has in common. */
import { describe, expect, it } from 'vitest';
import type { KeyReports } from '../server/storage/key-reports.ts';

interface Place {
  open(keptMs: number, most: number): Promise<KeyReports>;
  pass(ms: number): Promise<void>;
}

let count = 0;
const newKey = () => `${Date.now()}${count++}`;

export function keyReportsContract(name: string, { open, pass }: Place): void {
  describe(name, () => {
    it('counts each reporter once, from every process, until it is forgotten', async () => {
      const [one, other] = [await open(60_000, 100), await open(60_000, 100)];
      const [first, second] = [newKey(), newKey()];
      expect(await one.report(first, 'ann', 'indecent')).toBe(1);
      await pass(10);
      expect(await other.report(second, 'ann', 'other')).toBe(1);
      await pass(10);
      expect(await other.report(first, 'ann', 'hateful')).toBe(1);
      expect(await other.report(first, 'bob', 'hateful')).toBe(2);
      expect((await one.all()).filter(({ key }) => [first, second].includes(key))).toEqual([
        { key: first, reports: expect.arrayContaining(['indecent', 'hateful']) },
        { key: second, reports: ['other'] },
      ]);
      await other.forget(first);
      expect((await one.all()).map(({ key }) => key)).not.toContain(first);
      expect(await one.report(first, 'cleo', 'other')).toBe(1);
    });

    it('keeps no more than it may, and none for longer than it may', async () => {
      const reports = await open(500, 3);
      const keys = Array.from({ length: 5 }, newKey);
      for (const key of keys) {
        await reports.report(key, 'ann', 'other');
        await pass(10);
      }
      expect((await reports.all()).map(({ key }) => key)).toEqual(keys.slice(2).reverse());
      await pass(600);
      expect(await reports.all()).toEqual([]);
      expect(await reports.report(keys[4]!, 'bob', 'other')).toBe(1);
    });
  });
}
