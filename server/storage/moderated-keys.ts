/**
 * What was decided about donated drawings: those of DATA_DIR/hidden.txt nobody gets; those of approved.txt need not pass the gate.
 * A replay that is hidden, approved or shown again takes its donated drawing along. One that the operator deletes stays hidden there.
 */
import { join } from 'node:path';
import type { ReportReason } from '../../shared/gallery.ts';
import type { KeyList } from './key-list.ts';
import { openKeyList } from './key-list.ts';
import type { KeyReports } from './key-reports.ts';
import type { Replays } from './replays.ts';

export interface ModeratedKeys {
  hidden: KeyList;
  approved: KeyList;
}

export const openModeratedKeys = (dir: string): ModeratedKeys => ({
  hidden: openKeyList(join(dir, 'hidden.txt')),
  approved: openKeyList(join(dir, 'approved.txt')),
});

export function withModeratedKeys(replays: Replays, { hidden, approved }: ModeratedKeys): Replays {
  /** `isDecided`: by the operator, who may show it again, too. */
  async function follow(id: string, isDecided: boolean): Promise<void> {
    const [gift, found] = await Promise.all([replays.gift(id), replays.inspect(id)]);
    if (!gift?.key || !found) return;
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
  hidden: KeyList | undefined;
  /** So many reporters hide a drawing. */
  reportsToHide: number;
}

/** What is decided by key: of a donated drawing, wherever else it is shown, or of one of EXPLORE_DATA. */
export function createKeyModeration({ replays, reports, hidden, reportsToHide }: Parts) {
  return {
    async report(key: string, reporter: string, reason: ReportReason): Promise<void> {
      const replay = await replays.ofKey(key);
      if (replay && (await replays.report(replay, reporter, reason))) return;
      if ((await reports.report(key, reporter, reason)) >= reportsToHide) await hidden?.add(key);
    },
    /** The operator decides; the reports are forgotten. */
    async decide(key: string, decision: 'hide' | 'unhide'): Promise<void> {
      const replay = await replays.ofKey(key);
      const isDone = replay !== null && (await replays.moderate(replay, decision));
      if (!isDone) await hidden?.[decision === 'hide' ? 'add' : 'remove'](key);
      await reports.forget(key);
    },
    /** What waits for the operator. */
    async cases(): Promise<{ key: string; reports: ReportReason[]; isHidden: boolean }[]> {
      const found = await reports.all();
      return Promise.all(found.map(async (each) => ({ ...each, isHidden: (await hidden?.has(each.key)) ?? false })));
    },
  };
}
