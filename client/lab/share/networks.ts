/** The shared networks of a room or class, as the page asks the server for them. */
import {
  packShared,
  parseShared,
  type SharedList,
  type SharedNetwork,
  TOKEN_HEADER,
} from '../../../shared/lab/shared-network.ts';
import type { Membership } from './memberships.ts';

/** `gone`: this browser is in no such room or class any more. `full`: the server has no space. */
export type Problem = 'gone' | 'full' | 'failed';

async function request({ code, token }: Membership, rest = '', init: RequestInit = {}): Promise<Response | Problem> {
  try {
    const headers = { [TOKEN_HEADER]: token };
    const response = await fetch(`api/networks/${code}${rest}`, { cache: 'no-store', headers, ...init });
    if (response.ok) return response;
    if (response.status === 507) return 'full';
    return response.status === 404 && (await response.json()).error === 'no-room' ? 'gone' : 'failed';
  } catch {
    return 'failed';
  }
}

export async function fetchList(membership: Membership): Promise<SharedList | Problem> {
  const response = await request(membership);
  if (typeof response === 'string') return response;
  try {
    return (await response.json()) as SharedList;
  } catch {
    return 'failed';
  }
}

/** `broken`: it is no network that may run here. */
export async function fetchNetwork(membership: Membership, id: string): Promise<SharedNetwork | 'broken' | Problem> {
  const response = await request(membership, `/${encodeURIComponent(id)}`);
  if (typeof response === 'string') return response;
  try {
    return parseShared(new Uint8Array(await response.arrayBuffer()));
  } catch {
    return 'broken';
  }
}

/** Undefined if it is done. */
export async function share(membership: Membership, network: SharedNetwork): Promise<Problem | undefined> {
  const response = await request(membership, '', { method: 'PUT', body: new Blob([packShared(network)]) });
  return typeof response === 'string' ? response : undefined;
}

export async function takeBack(membership: Membership): Promise<Problem | undefined> {
  const response = await request(membership, '', { method: 'DELETE' });
  return typeof response === 'string' ? response : undefined;
}
