/** The server's replays (`docs/records.md`), as the page asks for them. */
import type { Record } from '../../../shared/record.ts';
import { decode, RECORD_VERSION } from '../../../shared/record.ts';
import { basePath } from '../../page/router.svelte.ts';

/** `missing`: expired, deleted, or never there. `later`: written by a newer version than this page. */
export type Problem = 'missing' | 'later' | 'busy' | 'failed';

const at = (id: string, more = ''): string => `api/replays/${encodeURIComponent(id)}${more}`;

export const replayLink = (id: string): string => `${location.origin}${basePath()}replay/${id}`;

export async function fetchRecord(id: string): Promise<Record | Problem> {
  try {
    const response = await fetch(at(id));
    if (!response.ok) return problemOf(response);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // A longer number than one byte is later, too.
    return bytes[0]! > RECORD_VERSION ? 'later' : decode(bytes);
  } catch {
    return 'failed';
  }
}

/** Whether this browser drew it. */
export async function isMine(id: string): Promise<boolean> {
  try {
    const response = await fetch(at(id, '/mine'));
    return response.ok && (await response.json()).mine === true;
  } catch {
    return false;
  }
}

/** For how many days it now stays. With a name, that is shown from now on; '' removes it. */
export async function keepReplay(id: string, nick?: string): Promise<number | Problem | 'nick-offensive'> {
  const headers = { 'Content-Type': 'application/json' };
  try {
    const response = await fetch(at(id, '/keep'), { method: 'POST', headers, body: JSON.stringify({ nick }) });
    const answer = await response.json();
    if (response.ok) return answer.days;
    return answer.error === 'nick-offensive' ? 'nick-offensive' : problemOf(response);
  } catch {
    return 'failed';
  }
}

/** True if it is gone. */
export async function deleteReplay(id: string): Promise<boolean> {
  try {
    const { ok, status } = await fetch(at(id), { method: 'DELETE' });
    return ok || status === 404;
  } catch {
    return false;
  }
}

const problemOf = ({ status }: Response): Problem => (status === 404 ? 'missing' : status === 429 ? 'busy' : 'failed');
