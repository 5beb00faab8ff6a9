/** What every store of replays must do, told by example. `open` gives one more view of the same store; its time is `clock.now`. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NewReplay, ReplayLimits, Replays } from '../server/storage/replays.ts';
import { REPLAY_LIFE_MS } from '../server/storage/replays.ts';
import { someCode } from './store.contract.ts';

const HOUR_MS = 60 * 60_000;
export const KEPT_MS = 30 * 24 * HOUR_MS;

const replay = (change: Partial<NewReplay> = {}): NewReplay => ({
  id: randomBytes(16).toString('base64url'),
  code: someCode(),
  owner: 'ann',
  record: randomBytes(100),
  ...change,
});

interface Contract {
  open(limits: ReplayLimits): Promise<Replays>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
}

export function replaysContract(name: string, { open, pass }: Contract): void {
  const limits = { bytes: 100_000, keptMs: KEPT_MS };
  const bytesOf = async (replays: Replays, id: string) => {
    const found = await replays.read(id);
    return found && Buffer.from(found.record).toString('hex');
  };
  const hex = ({ record }: NewReplay) => Buffer.from(record).toString('hex');

  describe(name, () => {
    it('keeps a record as it is, with its owner, and the first of two', async () => {
      const [one, other] = [await open(limits), await open(limits)];
      const [ann, nobody] = [replay(), replay({ owner: null })];
      await one.save(ann);
      await other.save({ ...ann, record: randomBytes(50) });
      await one.save(nobody);
      expect(await bytesOf(other, ann.id)).toBe(hex(ann));
      expect(await other.read(ann.id)).toMatchObject({ owner: 'ann' });
      expect(await other.read(nobody.id)).toMatchObject({ owner: null });
      expect(await other.read(replay().id)).toBeNull();
    });

    it('forgets it a day after its room was open', async () => {
      const replays = await open(limits);
      const [gone, open_] = [replay(), replay()];
      await replays.save(gone);
      await replays.save(open_);
      await pass(REPLAY_LIFE_MS - HOUR_MS);
      await replays.refresh([open_.code, someCode()]);
      await pass(2 * HOUR_MS);
      expect(await replays.read(gone.id)).toBeNull();
      expect(await bytesOf(replays, open_.id)).toBe(hex(open_));
      await pass(REPLAY_LIFE_MS);
      expect(await replays.read(open_.id)).toBeNull();
    });

    it('keeps one that somebody wants for so long from when it was saved, and no longer', async () => {
      const replays = await open(limits);
      const kept = replay();
      await replays.save(kept);
      await pass(HOUR_MS);
      expect(await replays.keep(kept.id)).toBe(true);
      await pass(KEPT_MS - 2 * HOUR_MS);
      expect(await bytesOf(replays, kept.id)).toBe(hex(kept));
      expect(await replays.keep(kept.id)).toBe(true);
      await pass(2 * HOUR_MS);
      expect(await replays.read(kept.id)).toBeNull();
      expect(await replays.keep(kept.id)).toBe(false);
    });

    it('takes another record, and removes one', async () => {
      const replays = await open(limits);
      const ann = replay();
      await replays.save(ann);
      const record = randomBytes(300);
      expect(await replays.keep(ann.id, record)).toBe(true);
      expect(await bytesOf(replays, ann.id)).toBe(record.toString('hex'));
      expect(await replays.read(ann.id)).toMatchObject({ owner: 'ann' });
      expect(await replays.remove(ann.id)).toBe(true);
      expect(await replays.remove(ann.id)).toBe(false);
      expect(await replays.read(ann.id)).toBeNull();
    });

    it('knows what a replay was given away for, and lets one of two change that', async () => {
      const [one, other] = [await open(limits), await open(limits)];
      const ann = replay();
      const gift = {
        key: '12',
        choices: { gallery: false, data: true, training: true },
        passes: true,
        isWritten: false,
      };
      expect(await one.gift(ann.id)).toBeNull();
      expect(await one.setGift(ann.id, null, gift)).toBe(false);
      await one.save(ann);
      expect(await one.gift(ann.id)).toBeNull();
      expect((await Promise.all([one, other].map((each) => each.setGift(ann.id, null, gift)))).sort()).toEqual([
        false,
        true,
      ]);
      expect(await other.gift(ann.id)).toEqual(gift);
      await one.keep(ann.id, randomBytes(200));
      expect(await other.setGift(ann.id, { ...gift, key: '13' }, null)).toBe(false);
      expect(await other.setGift(ann.id, gift, { ...gift, isWritten: true })).toBe(true);
      expect(await one.gift(ann.id)).toEqual({ ...gift, isWritten: true });
      expect(await one.setGift(ann.id, { ...gift, isWritten: true }, null)).toBe(true);
      expect(await other.gift(ann.id)).toBeNull();
      expect(await other.setGift(ann.id, null, gift)).toBe(true);
      await one.remove(ann.id);
      expect(await one.gift(ann.id)).toBeNull();
      expect(await other.setGift(ann.id, gift, null)).toBe(false);
    });

    it('stays within its bound: those that would go first go earlier', async () => {
      const replays = await open({ bytes: 1_000, keptMs: KEPT_MS });
      const many = Array.from({ length: 12 }, () => replay());
      await replays.save(many[0]!);
      await replays.keep(many[0]!.id);
      for (const each of many.slice(1)) {
        await pass(1000);
        await replays.save(each);
      }
      const left = await Promise.all(many.map(async ({ id }) => (await replays.read(id)) !== null));
      expect(left).toEqual([true, false, false, ...Array(9).fill(true)]);
      // One that is too large for all of it takes no place of others.
      const huge = replay({ record: randomBytes(1_001) });
      await replays.save(huge);
      expect(await replays.read(huge.id)).toBeNull();
      expect(await replays.read(many[11]!.id)).not.toBeNull();
      // What is removed, or has expired, makes place.
      await replays.remove(many[11]!.id);
      await replays.save(replay());
      expect(await replays.read(many[3]!.id)).not.toBeNull();
      await pass(REPLAY_LIFE_MS + HOUR_MS);
      for (const each of many.slice(0, 3)) await replays.save({ ...each, id: replay().id });
      expect(await replays.read(many[0]!.id)).not.toBeNull();
    });
  });
}
