/** What all rows of the check come to: in a word, and for the IT department. */
import { type RowName, ROWS, type Rows } from './examination.ts';

/**
 * `soFar`: only the hold is still under way. `most`: it was skipped. `shaky`: the game works, but something does not, or slowly.
 * `bad`: it does not.
 */
export type Verdict = 'running' | 'soFar' | 'all' | 'most' | 'shaky' | 'bad';

export function verdictOf(rows: Rows): Verdict {
  const runs = (name: RowName) => rows[name].mark === 'running';
  if (rows.websocket.mark === 'fails' && rows.polling.mark === 'fails') return 'bad';
  if (ROWS.some((name) => name !== 'hold' && runs(name))) return 'running';
  if (ROWS.some((name) => ['slow', 'fails'].includes(rows[name].mark))) return 'shaky';
  if (runs('hold')) return 'soFar';
  return rows.hold.mark === 'skipped' ? 'most' : 'all';
}

/** What has to be allowed, of what failed. */
export const PERMISSIONS = ['websocket', 'polling', 'hold', 'wasm'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export function permissionsNeeded(rows: Rows): Permission[] {
  const isBlocked = (name: Permission): boolean => {
    const row = rows[name];
    if (name === 'wasm') return row.mark === 'fails' && row.says === 'check.wasm.blocked';
    // Without a line there was nothing to hold.
    return row.mark === 'fails' && row.says !== 'check.noLine';
  };
  return PERMISSIONS.filter(isBlocked);
}

/** Whether the game at this host is in the devices' own network, so that they have to reach one another. */
export const isNearby = (hostname: string): boolean =>
  /^(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]|\[f[cde]|[^.:]+$|.*\.(local|lan|home\.arpa)$)/i.test(
    hostname,
  );
