/** Drawings that are reported and decided by key: what outlives their reports, and their replays. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryKeyReports } from '../server/storage/memory/key-reports.ts';
import { createMemoryReplays } from '../server/storage/memory/replays.ts';
import { openKeyList } from '../server/storage/key-list.ts';
import type { ModeratedKeys } from '../server/storage/moderated-keys.ts';
import { createKeyModeration, openModeratedKeys, withModeratedKeys } from '../server/storage/moderated-keys.ts';
import type { Replays } from '../server/storage/replays.ts';
import { REPLAY_LIFE_MS } from '../server/storage/replays.ts';
import { saveReplay } from './support/records.ts';

const KEPT_MS = 30 * 24 * 60 * 60_000;
let dir = '';
let passed = 0;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'doodle-keys-'));
  passed = 0;
});
afterEach(() => rmSync(dir, { recursive: true }));

function open(lists: ModeratedKeys | undefined) {
  const now = () => Date.now() + passed;
  const limits = { bytes: 1e6, keptMs: KEPT_MS, listedMs: KEPT_MS, reportsToHide: 3 };
  const kept = createMemoryReplays(limits, now);
  const replays = lists ? withModeratedKeys(kept, lists) : kept;
  const reports = createMemoryKeyReports(KEPT_MS, 100, now);
  const moderation = createKeyModeration({ replays, reports, lists, reportsToHide: 3 });
  const report = async (key: string, ...reporters: string[]) => {
    for (const reporter of reporters) await moderation.report(key, reporter, 'hateful');
  };
  return { ...moderation, replays, report };
}

describe('a drawing without a replay', () => {
  test('that reports have hidden waits for the operator, however long ago that was', async () => {
    const lists = openModeratedKeys(dir);
    const { report, cases, decide } = open(lists);
    await report('17', 'ann', 'bob');
    expect([await lists.hidden.has('17'), await cases()]).toEqual([
      false,
      [{ key: '17', reports: ['hateful', 'hateful'], isHidden: false }],
    ]);
    await report('17', 'cleo');
    expect(await lists.hidden.has('17')).toBe(true);
    passed = KEPT_MS + 1000;
    expect(await cases()).toEqual([{ key: '17', reports: [], isHidden: true }]);
    await decide('17', 'hide');
    expect([await lists.hidden.has('17'), await cases()]).toEqual([true, []]);
  });

  test('that the operator approves is hidden by no report; one that is shown again can be', async () => {
    const lists = openModeratedKeys(dir);
    const { report, cases, decide } = open(lists);
    for (const [decision, isHidden] of [
      ['approve', false],
      ['unhide', true],
    ] as const) {
      await report('17', 'ann', 'bob', 'cleo');
      await decide('17', decision);
      expect([await lists.hidden.has('17'), await cases()]).toEqual([false, []]);
      await report('17', 'ann', 'bob', 'cleo');
      expect(await lists.hidden.has('17')).toBe(isHidden);
    }
  });

  test('that its drawer deletes waits no longer', async () => {
    const { report, cases } = open(openModeratedKeys(dir));
    await report('17', 'ann', 'bob', 'cleo');
    await report('18', 'ann');
    expect(await cases()).toHaveLength(2);
    for (const key of ['17', '18']) await openKeyList(join(dir, 'deleted.txt')).add(key);
    expect(await cases()).toEqual([]);
  });

  test('is listed and dismissed without DATA_DIR, too', async () => {
    const { report, cases, decide } = open(undefined);
    await report('17', 'ann', 'bob', 'cleo');
    expect(await cases()).toMatchObject([{ key: '17', isHidden: false }]);
    await decide('17', 'unhide');
    expect(await cases()).toEqual([]);
  });
});

describe('a donated drawing', () => {
  /** Under the key 21. */
  async function donated(replays: Replays): Promise<string> {
    const id = await saveReplay(replays, { word: 'owl', strokes: [[1, 1, 2, 2]] });
    const choices = { gallery: false, data: true, training: false };
    const gift = { key: '21', word: 'owl', date: '2026-11-28', choices, passes: true, isWritten: true };
    await replays.setGift(id, null, gift);
    return id;
  }

  test('that reports have hidden waits by its replay, and by its key once that has gone', async () => {
    const lists = openModeratedKeys(dir);
    const { replays, report, cases, decide } = open(lists);
    const id = await donated(replays);
    await report('21', 'ann', 'bob', 'cleo');
    expect(await lists.hidden.has('21')).toBe(true);
    expect(await replays.cases(0, 9)).toMatchObject([{ id, key: '21', hidden: 'reports' }]);
    // Another report of what is hidden is none by key.
    await report('21', 'dora');
    expect(await cases()).toEqual([]);
    passed = REPLAY_LIFE_MS + 1000;
    expect(await replays.cases(0, 9)).toEqual([]);
    expect(await cases()).toEqual([{ key: '21', reports: [], isHidden: true }]);
    await decide('21', 'unhide');
    expect([await lists.hidden.has('21'), await cases()]).toEqual([false, []]);
  });

  test('that is decided by its replay does not wait by its key', async () => {
    const { replays, report, cases } = open(openModeratedKeys(dir));
    const id = await donated(replays);
    await report('21', 'ann', 'bob', 'cleo');
    await replays.moderate(id, 'hide');
    passed = REPLAY_LIFE_MS + 1000;
    expect(await cases()).toEqual([]);
  });
});
