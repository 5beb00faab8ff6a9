/** Donated drawings that the operator hid: DATA_DIR/hidden.txt. Whatever reads donated drawings leaves them out. */
import type { KeyList } from './key-list.ts';
import type { Replays } from './replays.ts';

/** A replay that is hidden takes the donated drawing with it, and brings it back. One that the operator deletes stays hidden there. */
export function withHiddenKeys(replays: Replays, hidden: KeyList): Replays {
  async function follow(id: string, may: { unhide: boolean }): Promise<void> {
    const [gift, found] = await Promise.all([replays.gift(id), replays.inspect(id)]);
    if (!gift?.key || !found) return;
    if (found.hidden !== null) await hidden.add(gift.key);
    else if (may.unhide) await hidden.remove(gift.key);
  }
  return {
    ...replays,
    async report(id, reporter, reason) {
      const isThere = await replays.report(id, reporter, reason);
      if (isThere) await follow(id, { unhide: false });
      return isThere;
    },
    async moderate(id, decision) {
      const isThere = await replays.moderate(id, decision);
      if (isThere) await follow(id, { unhide: true });
      return isThere;
    },
  };
}
