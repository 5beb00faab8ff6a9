/** What a teacher asks before a lesson: whether other devices get through to this server, and its addresses for the board. */
import type { IncomingMessage } from 'node:http';
import type { Router } from 'express';
import express from 'express';
import type { Connections } from './connections.ts';

/** A device that asked longer ago may be gone. ms */
const REMEMBERED_MS = 10 * 60_000;
/** A class has fewer devices. */
const MOST_REMEMBERED = 300;

export interface Askers {
  /** Remembers this one, and says how many others asked lately. */
  others(key: string): number;
}

/** `now` is a monotonic clock. ms */
export function createAskers(now: () => number = () => performance.now()): Askers {
  /** When each asked last, by a keyed hash of its address; the one that asked longest ago comes first. ms */
  const seen = new Map<string, number>();
  return {
    others(key) {
      seen.delete(key);
      seen.set(key, now());
      const since = now() - REMEMBERED_MS;
      for (const [each, at] of seen) {
        if (at >= since && seen.size <= MOST_REMEMBERED) break;
        seen.delete(each);
      }
      return seen.size - 1;
    },
  };
}

interface Asked {
  connections: Pick<Connections, 'asker'>;
  trustedHops: number;
  /** Of this server in its network. */
  addresses(): string[];
}

export function checkApi({ connections, trustedHops, addresses }: Asked): Router {
  const router = express.Router();
  const askers = createAskers();
  router.get('/api/check', (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    const asker = connections.asker(request);
    if (!asker.allows('check')) return void response.status(429).json({ error: 'too-often' });
    // The server's own machine has several addresses, and is one device.
    const isOwn = trustedHops === 0 && isOfThisMachine(request);
    response.json({ others: askers.others(isOwn ? 'this machine' : asker.key) });
  });
  // Strangers must learn nothing of the network. A page behind a proxy on its own machine asks, too.
  router.get('/api/addresses', (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    const isForThem = trustedHops === 0 && isLocal(request);
    if (!connections.asker(request).allows('addresses')) response.status(429).json({ error: 'too-often' });
    else response.json({ addresses: isForThem ? addresses() : [] });
  });
  return router;
}

const isLoopback = (address = ''): boolean => /^((::ffff:)?127\.|::1$)/.test(address);

const isOfThisMachine = ({ socket }: IncomingMessage): boolean =>
  isLoopback(socket.remoteAddress) || socket.remoteAddress === socket.localAddress;

const OF_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/**
 * Whether a browser on this machine asks, and no proxy for somebody else. The name that it asks for must be this machine's, too: a
 * site can have its own name lead here, and would be its own page then.
 */
function isLocal({ headers, socket }: IncomingMessage): boolean {
  const { hostname } = URL.parse(`http://${headers.host}`) ?? {};
  const isNamed = ['localhost', '127.0.0.1', '[::1]'].includes(hostname ?? '');
  return isNamed && isLoopback(socket.remoteAddress) && !OF_PROXIES.some((name) => name in headers);
}
