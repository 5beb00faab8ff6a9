/** What every store of replays must do, told by example. `open` gives one more view of the same store; its time is `clock.now`. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GallerySort } from '../shared/gallery.ts';
import type { NewReplay, ReplayLimits, Replays } from '../server/storage/replays.ts';
import { REPLAY_LIFE_MS } from '../server/storage/replays.ts';
import { someCode } from './store.contract.ts';

const HOUR_MS = 60 * 60_000;
export const KEPT_MS = 30 * 24 * HOUR_MS;
export const LISTED_MS = 365 * 24 * HOUR_MS;

const replay = (change: Partial<NewReplay> = {}): NewReplay => ({
  id: randomBytes(16).toString('base64url'),
  code: someCode(),
  owner: 'ann',
  word: 'cat',
  ms: null,
  record: randomBytes(100),
  ...change,
});

interface Contract {
  open(limits: ReplayLimits): Promise<Replays>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
}

export function replaysContract(name: string, { open, pass }: Contract): void {
  const limits = { bytes: 100_000, keptMs: KEPT_MS, listedMs: LISTED_MS, reportsToHide: 3 };
  const bytesOf = async (replays: Replays, id: string) => {
    const found = await replays.read(id);
    return found && Buffer.from(found.record).toString('hex');
  };
  const hex = ({ record }: NewReplay) => Buffer.from(record).toString('hex');

  /** Of a word that no other test has. */
  let words = 0;
  const newWord = () => `word ${++words}`;
  async function saved(replays: Replays, change: Partial<NewReplay> = {}) {
    const one = replay(change);
    await replays.save(one);
    return one;
  }
  async function listed(replays: Replays, word: string, { ms = null as number | null, passes = true } = {}) {
    const { id } = await saved(replays);
    expect(await replays.list(id, { word, ms, passes })).toBe(true);
    return id;
  }
  const idsOf = async (replays: Replays, word: string, sort: GallerySort = 'newest') => {
    const { replays: page } = await replays.listed(word, { sort, limit: 100 });
    return page.map(({ id }) => id);
  };

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
        word: 'cat',
        date: '2026-11-28',
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
      // What the gate does not take waits for the operator, in a gallery or not.
      const caseOfAnn = async () => (await one.cases(0, 100)).find(({ id }) => id === ann.id);
      expect(await caseOfAnn()).toBeUndefined();
      const odd = { ...gift, passes: false };
      expect(await one.setGift(ann.id, null, odd)).toBe(true);
      expect(await caseOfAnn()).toMatchObject({ word: null, passes: false, approved: false });
      expect(await one.setGift(ann.id, odd, null)).toBe(true);
      expect(await caseOfAnn()).toMatchObject({ word: null, passes: true });
      expect(await other.setGift(ann.id, null, gift)).toBe(true);
      await one.remove(ann.id);
      expect(await one.gift(ann.id)).toBeNull();
      expect(await other.setGift(ann.id, gift, null)).toBe(false);
    });

    it('finds what was donated under a key, for as long as it is there', async () => {
      const [one, other] = [await open(limits), await open(limits)];
      const { id } = await saved(one);
      const [first, second] = ['21', '22'].map((key) => ({
        ...{ key, word: 'cat', date: '2026-11-28', passes: true, isWritten: true },
        choices: { gallery: false, data: true, training: false },
      }));
      expect(await one.ofKey('21')).toBeNull();
      await one.setGift(id, null, first!);
      expect(await other.ofKey('21')).toBe(id);
      expect(await other.inspect(id)).toMatchObject({ key: '21' });
      // Its drawer shows a name with it, and gives it for something else.
      await one.keep(id, randomBytes(150));
      expect(await other.ofKey('21')).toBe(id);
      await one.setGift(id, first!, second!);
      expect([await other.ofKey('21'), await other.ofKey('22')]).toEqual([null, id]);
      await one.setGift(id, second!, { ...second!, key: null });
      expect(await other.ofKey('22')).toBeNull();
      await one.setGift(id, { ...second!, key: null }, first!);
      await other.moderate(id, 'hide');
      expect(await one.ofKey('21')).toBe(id);
      await other.remove(id);
      expect(await one.ofKey('21')).toBeNull();
    });

    it('keeps what does not pass for the operator as long as others that are kept', async () => {
      const replays = await open(limits);
      const choices = { gallery: false, data: true, training: false };
      const gift = { key: '31', word: 'cat', date: '2026-11-28', choices, passes: false, isWritten: false };
      const [waits, passes] = [await saved(replays), await saved(replays)];
      await replays.setGift(waits.id, null, gift);
      await replays.setGift(passes.id, null, { ...gift, key: '32', passes: true });
      await pass(REPLAY_LIFE_MS + 1000);
      expect(await replays.inspect(passes.id)).toBeNull();
      expect(await replays.ofKey('32')).toBeNull();
      expect(await replays.inspect(waits.id)).toMatchObject({ passes: false });
      await pass(limits.keptMs);
      expect(await replays.inspect(waits.id)).toBeNull();
      expect(await replays.ofKey('31')).toBeNull();
    });

    it('stays within its bound: those that would go first go earlier', async () => {
      const replays = await open({ ...limits, bytes: 1_000 });
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

    it('finds an owner’s fastest drawing of a word, of those that are there and not hidden', async () => {
      const [replays, other] = [await open(limits), await open(limits)];
      const [word, owner] = [newWord(), newWord()];
      const draw = async (ms: number | null, change: Partial<NewReplay> = {}) =>
        (await saved(replays, { owner, word, ms, ...change })).id;
      const best = async () => (await other.best(owner, word))?.id;
      expect(await other.best(owner, word)).toBeNull();
      await draw(null);
      expect(await best()).toBeUndefined();
      const slow = await draw(4000);
      const first = await draw(1500);
      const middle = await draw(2000);
      await draw(1000, { owner: 'bob' });
      await draw(1000, { owner: null });
      await draw(1000, { word: newWord() });
      expect(await other.best(owner, word)).toMatchObject({ id: first, owner });
      expect(await bytesOf(replays, first)).toBe(Buffer.from((await other.best(owner, word))!.record).toString('hex'));
      await replays.moderate(first, 'hide');
      expect(await best()).toBe(middle);
      await replays.moderate(first, 'unhide');
      expect(await best()).toBe(first);
      await replays.remove(first);
      expect(await best()).toBe(middle);
      // Another record of the same drawing, for longer.
      await replays.keep(slow, randomBytes(80));
      await pass(REPLAY_LIFE_MS + HOUR_MS);
      expect(await best()).toBe(slow);
      for (let ms = 100; ms < 120; ms++) await draw(ms);
      expect(await other.best(owner, word)).toMatchObject({ owner });
      await pass(KEPT_MS);
      expect(await best()).toBeUndefined();
    });

    it('shows a word’s gallery in pages, newest or fastest first', async () => {
      const [replays, other] = [await open(limits), await open(limits)];
      const word = newWord();
      const ids: string[] = [];
      for (const ms of [3000, 1000, null, 2000, 2000]) ids.push(await listed(replays, word, { ms }));
      const [a, b, c, d, e] = ids;
      await listed(replays, newWord());
      const first = await other.listed(word, { sort: 'newest', limit: 2 });
      expect(first.replays.map(({ id }) => id)).toEqual([e, d]);
      expect(first.replays[0]).toMatchObject({ owner: 'ann' });
      expect((await bytesOf(replays, e!))!).toBe(Buffer.from(first.replays[0]!.record).toString('hex'));
      // Neither what is added nor what goes meanwhile shifts the next page.
      const f = await listed(replays, word);
      await replays.remove(d!);
      const second = await other.listed(word, { sort: 'newest', after: first.next!, limit: 2 });
      expect(second.replays.map(({ id }) => id)).toEqual([c, b]);
      const third = await other.listed(word, { sort: 'newest', after: second.next!, limit: 2 });
      expect(third).toMatchObject({ replays: [{ id: a }], next: null });
      expect(await idsOf(other, word, 'fastest')).toEqual([b, e, a, c, f]);
      const fastest = await other.listed(word, { sort: 'fastest', limit: 3 });
      const rest = await other.listed(word, { sort: 'fastest', after: fastest.next!, limit: 2 });
      expect(rest.replays.map(({ id }) => id)).toEqual([c, f]);
      expect(rest.next).toBeNull();
      expect((await other.words()).get(word)).toBe(5);
      expect(await replays.listed(newWord(), { sort: 'newest', limit: 2 })).toEqual({ replays: [], next: null });
    });

    it('keeps what is in a gallery for longer, and takes it out', async () => {
      const replays = await open(limits);
      const [word, another] = [newWord(), newWord()];
      const stays = await listed(replays, word);
      const leaves = await listed(replays, word);
      const moves = await listed(replays, word);
      expect(await replays.list(moves, { word: another, ms: null, passes: true })).toBe(true);
      expect(await idsOf(replays, another)).toEqual([moves]);
      expect(await replays.remove(moves)).toBe(true);
      expect((await replays.words()).has(another)).toBe(false);
      expect(await replays.unlist(leaves)).toBe(true);
      expect(await replays.unlist(leaves)).toBe(false);
      expect(await idsOf(replays, word)).toEqual([stays]);
      await pass(KEPT_MS - HOUR_MS);
      expect(await replays.read(leaves)).not.toBeNull();
      await replays.keep(stays, randomBytes(120));
      expect(await idsOf(replays, word)).toEqual([stays]);
      await pass(2 * HOUR_MS);
      expect(await replays.read(leaves)).toBeNull();
      await pass(LISTED_MS - KEPT_MS - 2 * HOUR_MS);
      expect((await replays.words()).get(word)).toBe(1);
      await pass(2 * HOUR_MS);
      expect(await replays.read(stays)).toBeNull();
      expect(await idsOf(replays, word)).toEqual([]);
      expect((await replays.words()).has(word)).toBe(false);
      for (const id of [stays, replay().id]) {
        expect(await replays.list(id, { word, ms: null, passes: true })).toBe(false);
        expect(await replays.unlist(id)).toBe(false);
      }
    });

    it('leaves half of its bytes to what was just drawn: the oldest of the galleries go', async () => {
      const replays = await open({ ...limits, bytes: 1_000 });
      const word = newWord();
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) ids.push(await listed(replays, word));
      expect(await idsOf(replays, word)).toEqual(ids.slice(2).reverse());
      expect(await replays.read(ids[0]!)).toBeNull();
      const drawn: string[] = [];
      for (let i = 0; i < 5; i++) drawn.push((await saved(replays)).id);
      for (const id of drawn) expect(await replays.read(id)).not.toBeNull();
      expect(await idsOf(replays, word)).toEqual(ids.slice(2).reverse());
      for (const id of ids) await replays.remove(id);
      expect((await replays.words()).has(word)).toBe(false);
    });

    it('hides what enough people report, for everybody, until the operator decides', async () => {
      const [replays, other] = [await open(limits), await open(limits)];
      const word = newWord();
      const id = await listed(replays, word);
      for (const reporter of ['a', 'b', 'b', 'a']) expect(await replays.report(id, reporter, 'indecent')).toBe(true);
      expect(await other.inspect(id)).toMatchObject({ word, reports: ['indecent', 'indecent'], hidden: null });
      expect(await idsOf(other, word)).toEqual([id]);
      await other.report(id, 'c', 'other');
      expect(await replays.read(id)).toBeNull();
      expect(await idsOf(replays, word)).toEqual([]);
      expect((await replays.words()).has(word)).toBe(false);
      expect(await replays.report(id, 'd', 'indecent')).toBe(false);
      expect(await replays.inspect(id)).toMatchObject({ owner: 'ann', hidden: 'reports' });
      expect((await other.cases(0, 10))[0]).toEqual({
        ...{ id, word, key: null, passes: true, hidden: 'reports', approved: false },
        reports: expect.arrayContaining(['indecent', 'indecent', 'other']),
      });
      // It counts from the beginning.
      expect(await other.moderate(id, 'unhide')).toBe(true);
      expect(await idsOf(replays, word)).toEqual([id]);
      for (const reporter of ['a', 'b', 'c']) await replays.report(id, reporter, 'indecent');
      expect(await replays.read(id)).toBeNull();
      await other.moderate(id, 'approve');
      for (const reporter of ['a', 'b', 'c', 'd']) expect(await replays.report(id, reporter, 'indecent')).toBe(true);
      expect(await replays.read(id)).not.toBeNull();
      expect(await idsOf(replays, word)).toEqual([id]);
      expect((await replays.words()).get(word)).toBe(1);
    });

    it('hides what the operator hides, in a gallery or not, and shows it again', async () => {
      const replays = await open(limits);
      const word = newWord();
      const inGallery = await listed(replays, word, { ms: 1000 });
      const { id } = await saved(replays);
      for (const each of [inGallery, id]) {
        expect(await replays.moderate(each, 'hide')).toBe(true);
        expect(await replays.read(each)).toBeNull();
        // Neither of these brings it back.
        await replays.keep(each, randomBytes(90));
        expect(await replays.read(each)).toBeNull();
      }
      await replays.list(inGallery, { word, ms: 1000, passes: true });
      expect(await idsOf(replays, word)).toEqual([]);
      for (const each of [inGallery, id]) await replays.moderate(each, 'unhide');
      expect(await idsOf(replays, word, 'fastest')).toEqual([inGallery]);
      expect(await replays.read(id)).not.toBeNull();
      await replays.moderate(inGallery, 'hide');
      expect(await replays.remove(inGallery)).toBe(true);
      expect(await replays.moderate(inGallery, 'unhide')).toBe(false);
      expect(await replays.report(inGallery, 'a', 'indecent')).toBe(false);
      expect(await replays.inspect(inGallery)).toBeNull();
      expect((await replays.cases(0, 100)).map((each) => each.id)).not.toContain(inGallery);
    });

    it('keeps what the gate does not take out of the gallery until the operator approves it', async () => {
      const replays = await open(limits);
      const word = newWord();
      const id = await listed(replays, word, { passes: false });
      expect(await idsOf(replays, word)).toEqual([]);
      expect(await replays.read(id)).not.toBeNull();
      const next = await listed(replays, word, { passes: false });
      const [first, second] = [await replays.cases(0, 1), await replays.cases(1, 1)];
      expect([...first, ...second].map((each) => each.id).sort()).toEqual([id, next].sort());
      expect(first[0]).toMatchObject({ passes: false, reports: [], hidden: null });
      await replays.moderate(id, 'approve');
      expect(await idsOf(replays, word)).toEqual([id]);
      await replays.moderate(id, 'hide');
      await replays.moderate(id, 'unhide');
      expect(await idsOf(replays, word)).toEqual([]);
    });

    it('has the operator approve a drawing again once its record changed, with a name in it, say', async () => {
      const replays = await open(limits);
      const word = newWord();
      const id = await listed(replays, word, { passes: false });
      await replays.moderate(id, 'approve');
      await replays.keep(id);
      expect(await idsOf(replays, word)).toEqual([id]);
      await replays.keep(id, Buffer.from('with a name'));
      expect(await replays.inspect(id)).toMatchObject({ approved: false });
      expect(await idsOf(replays, word)).toEqual([]);
    });
  });
}
