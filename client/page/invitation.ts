/** What a room is like, asked before entering it. */
import type { Invitation, NotInvited } from '../../shared/invitation.ts';

/** Nothing if the server does not answer, or not now. */
export async function fetchInvitation(code: string): Promise<Invitation | NotInvited | undefined> {
  try {
    const answer = await fetch(`api/rooms/${code}`, { cache: 'no-store' });
    if (answer.status === 404) return 'no-room';
    if (answer.status === 403) return 'kicked';
    if (answer.status === 409) return 'lesson';
    return answer.ok ? ((await answer.json()) as Invitation) : undefined;
  } catch {
    return undefined;
  }
}
