/** Short messages to the person, each shown for a few seconds; `ui/Notice.svelte` has the words. */
import type { Refusal } from '../../shared/protocol.ts';
import type { NewCell } from './cell.ts';

/** `back`: in a race the browser's Back first only warns. */
export type NoticeKind = Refusal | 'back';

export interface Notice {
  kind: NoticeKind;
  /** Tells one notice from the next of its kind. */
  id: number;
}

export interface Notices {
  latest(): Notice | undefined;
  add(kind: NoticeKind): void;
}

export function createNotices(cell: NewCell): Notices {
  const latest = cell<Notice | undefined>(undefined);
  let count = 0;
  return {
    latest: () => latest.value,
    add(kind) {
      latest.value = { kind, id: count++ };
    },
  };
}
