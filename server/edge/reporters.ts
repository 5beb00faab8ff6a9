/** Who reports a drawing, and whether they may report another one. */
import type { Request } from 'express';
import type { ReplayIds } from '../room/replay-ids.ts';
import type { Quotas } from '../storage/quotas.ts';
import type { Connections } from './connections.ts';
import { QUOTAS } from './limits.ts';
import type { Sessions } from './session.ts';

interface Asked {
  quotas: Quotas;
  ids: Pick<ReplayIds, 'ownerOf'>;
  connections: Pick<Connections, 'asker'>;
  sessions: Pick<Sessions, 'read' | 'visitor'>;
}

/** The error in the answer, by its status. */
export const REFUSED = { 403: 'no-session', 429: 'too-often' } as const;

export type Reporters = ReturnType<typeof createReporters>;

export function createReporters({ quotas, ids, connections, sessions }: Asked) {
  return {
    /** Resolves with who it is, by a keyed hash, or with the status that refuses it. */
    async admit(request: Request): Promise<string | keyof typeof REFUSED> {
      const session = sessions.read(request.headers.cookie);
      if (session === null) return 403;
      const { key: addressKey } = connections.asker(request);
      // New sessions of one address are one reporter: it costs nothing to begin a session.
      const { isNew } = sessions.visitor(session, addressKey);
      const reporter = ids.ownerOf(isNew ? addressKey : session)!;
      const isWithin =
        (await quotas.consume(QUOTAS.reports, reporter)) && (await quotas.consume(QUOTAS.reportsOfAddress, addressKey));
      return isWithin ? reporter : 429;
    },
  };
}
