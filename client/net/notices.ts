/** Short messages to the person, each shown for a few seconds; `ui/Notice.svelte` has the words. */
import type { Refusal } from '../../shared/protocol.ts';
import type { NewCell } from './cell.ts';

/** `back`: in a race the browser's Back first only warns. `host`: somebody else is the host now. */
export type NoticeKind = Refusal | 'back' | 'host';

/** Of a new host: none if it is this player. `before` was the host, and has left. */
export interface Names {
  nick?: string | undefined;
  before?: string | undefined;
}

export interface Notice extends Names {
  kind: NoticeKind;
  /** Distinguishes a notice from the next of its kind. */
  id: number;
}

export interface Notices {
  latest(): Notice | undefined;
  add(kind: NoticeKind, names?: Names): void;
  dismiss(): void;
}

export function createNotices(cell: NewCell): Notices {
  const latest = cell<Notice | undefined>(undefined);
  let count = 0;
  return {
    latest: () => latest.value,
    add(kind, names = {}) {
      latest.value = { ...names, kind, id: count++ };
    },
    dismiss() {
      latest.value = undefined;
    },
  };
}
