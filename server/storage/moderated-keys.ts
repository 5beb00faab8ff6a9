/**
 * What was decided about drawings with a `key_id`: those of DATA_DIR/hidden.txt nobody gets; those of approved.txt need not pass the gate;
 * those of reported.txt are hidden by reports, and wait for the operator. A replay that is hidden, approved or shown again takes its
 * donated drawing along. One that the operator deletes stays hidden there.
 */
import { join } from 'node:path';
import type { ReportReason } from '../../shared/gallery.ts';
import type { KeyList } from './key-list.ts';
import { openKeyList } from './key-list.ts';
import type { KeyReports } from './key-reports.ts';
import type { Decision, Replays } from './replays.ts';

export interface ModeratedKeys {
  hidden: KeyList;
  approved: KeyList;
  reported: KeyList;
  /** By their drawers. */
  deleted: Pick<KeyList, 'has'>;
}

export const openModeratedKeys = (dir: string): ModeratedKeys => ({
  hidden: openKeyList(join(dir, 'hidden.txt')),
  approved: openKeyList(join(dir, 'approved.txt')),
  reported: openKeyList(join(dir, 'reported.txt')),
  deleted: openKeyList(join(dir, 'deleted.txt')),
});

export function withModeratedKeys(replays: Replays, { hidden, approved, reported }: ModeratedKeys): Replays {
  /** `isDecided`: by the operator, who may show it again, too. */
  async function follow(id: string, isDecided: boolean): Promise<void> {
    const [gift, found] = await Promise.all([replays.gift(id), replays.inspect(id)]);
    if (!gift?.key || !found) return;
    // First: what is hidden must be known to wait.
    if (found.hidden === 'reports') await reported.add(gift.key);
    else if (isDecided) await reported.remove(gift.key);
    if (found.hidden !== null) await hidden.add(gift.key);
    else if (isDecided) await hidden.remove(gift.key);
    if (found.approved) await approved.add(gift.key);
    else if (isDecided) await approved.remove(gift.key);
  }
  return {
    ...replays,
    async report(id, reporter, reason) {
      const isThere = await replays.report(id, reporter, reason);
      // Also if it was hidden already: the list may not have been written then.
      await follow(id, false);
      return isThere;
    },
    async moderate(id, decision) {
      const isThere = await replays.moderate(id, decision);
      if (isThere) await follow(id, true);
      return isThere;
    },
    async setGift(id, before, gift) {
      const isSet = await replays.setGift(id, before, gift);
      // It may have been decided before it was given, or given under another key.
      if (isSet && gift?.key && !gift.isWritten) await follow(id, false);
      return isSet;
    },
  };
}

export type KeyModeration = ReturnType<typeof createKeyModeration>;

interface Parts {
  replays: Replays;
  reports: KeyReports;
  /** None without DATA_DIR: then reports wait for the operator, and hide nothing. */
  lists: ModeratedKeys | undefined;
  /** So many reporters hide a drawing. */
  reportsToHide: number;
}

/** A drawing that waits for the operator. */
export interface ReportedKey {
  key: string;
  /** A reason for each reporter; none if they have been forgotten since. */
  reports: ReportReason[];
  isHidden: boolean;
}

/** What is decided by key, of drawings with and without a replay. */
export function createKeyModeration({ replays, reports, lists, reportsToHide }: Parts) {
  return {
    async report(key: string, reporter: string, reason: ReportReason): Promise<void> {
      const replay = await replays.ofKey(key);
      if (replay !== null) return void (await replays.report(replay, reporter, reason));
      if (await lists?.approved.has(key)) return;
      if ((await reports.report(key, reporter, reason)) < reportsToHide) return;
      await lists?.reported.add(key);
      await lists?.hidden.add(key);
    },
    /** The operator decides; the reports are forgotten. */
    async decide(key: string, decision: Decision): Promise<void> {
      await reports.forget(key);
      const replay = await replays.ofKey(key);
      if (replay !== null && (await replays.moderate(replay, decision))) return;
      await lists?.hidden[decision === 'hide' ? 'add' : 'remove'](key);
      await lists?.approved[decision === 'approve' ? 'add' : 'remove'](key);
      await lists?.reported.remove(key);
    },
    /** Those that have no replay (any more), and were not deleted since. */
    async cases(): Promise<ReportedKey[]> {
      const [found, hidden = new Set<string>()] = await Promise.all([reports.all(), lists?.reported.all()]);
      const listed = new Set(found.map(({ key }) => key));
      const others = [...hidden].filter((key) => !listed.has(key)).map((key) => ({ key, reports: [] }));
      const cases: ReportedKey[] = [];
      for (const each of [...found, ...others]) {
        if ((await lists?.deleted.has(each.key)) || (await replays.ofKey(each.key)) !== null) continue;
        cases.push({ ...each, isHidden: hidden.has(each.key) });
      }
      return cases;
    },
  };
}
