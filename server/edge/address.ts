/** Whose connection it is, as far as the network tells: the key of the limits of an address. */
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * The client's address. Each proxy appends the address that it was reached from to `X-Forwarded-For`, so with `trustedHops`
 * proxies in front the client's is that many entries from the end; everything before it is the client's own invention.
 * IPv6 is cut to /64, the network that a household or a phone has; IPv4 within IPv6 is IPv4.
 */
export function addressOf({ headers, socket }: IncomingMessage, trustedHops: number): string {
  const forwarded = trustedHops > 0 ? headersOf(headers['x-forwarded-for']).at(-trustedHops) : undefined;
  return normalized(forwarded ?? socket.remoteAddress ?? '');
}

const headersOf = (header: string | string[] | undefined): string[] =>
  header === undefined ? [] : `${header}`.split(',').map((entry) => entry.trim());

/** What is no address counts as one address. */
function normalized(text: string): string {
  // Some proxies add the port.
  const bare = text.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  if (!ipaddr.isValid(bare)) return 'unknown';
  const address = ipaddr.process(bare);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${ipaddr.fromByteArray([...address.toByteArray().slice(0, 8), ...Array(8).fill(0)])}/64`;
}
