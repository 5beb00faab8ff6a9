/** The addresses to print: those that lead to this server. */
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

export interface Addresses {
  /** On this machine. */
  here: string;
  /** Those for other devices. */
  network: string[] | undefined;
}

/** Something that listens there answers at once. */
const CONNECT_TIMEOUT_MS = 500;

type Bound = Pick<AddressInfo, 'address' | 'port'>;

const urlOf = (host: string, port: number, base: string): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}${base === '/' ? '' : base}`;

/** Those for other devices in the same network; undefined if the server does not listen there. They change with the network. */
export function networkAddressesOf({ address, port }: Bound, base: string): string[] | undefined {
  const url = (host: string) => urlOf(host, port, base);
  if (['0.0.0.0', '::'].includes(address)) return ofThisMachine(address === '::').map(url);
  return /^(127\.|::1$)/.test(address) ? undefined : [url(address)];
}

/** Of a server that is bound to `address`, with the game under `base`. */
export async function addressesOf(bound: Bound, base: string): Promise<Addresses> {
  const { address, port } = bound;
  // Browsers try ::1 first for `localhost`, and another program may listen only there.
  const here = async () => {
    if (address === '::') return 'localhost';
    if (!['0.0.0.0', '127.0.0.1'].includes(address)) return address;
    return (await answers('::1', port)) ? '127.0.0.1' : 'localhost';
  };
  return { here: urlOf(await here(), port, base), network: networkAddressesOf(bound, base) };
}

/** IPv4 if there is any: those are shorter to type. Link-local addresses need a zone, which browsers do not take. */
function ofThisMachine(withIPv6: boolean): string[] {
  const all = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  const of = (kind: string) => all.filter(({ family }) => family === kind).map(({ address }) => address);
  const addresses = of('IPv4');
  return addresses.length === 0 && withIPv6 ? of('IPv6') : addresses;
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (answered: boolean) => {
      socket.destroy();
      done(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
