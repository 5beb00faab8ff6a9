/**
 * Every raw connection, before Socket.IO makes anything of what it sends. Limits hang on it and on its address, so they
 * outlive sockets, and a connection that breaks the protocol or reads nothing ends at once, without waiting for it to drain.
 */
import type { IncomingMessage } from 'node:http';
import type { Bucket } from '../bucket.ts';
import { bucketOf } from '../bucket.ts';
import type { Log } from '../log.ts';
import type { Quota, Quotas } from '../storage/quotas.ts';
import { addressOf } from './address.ts';
import * as limits from './limits.ts';
import { bucketsOf } from './limits.ts';
import type { GameServer } from './sockets.ts';

/** All connections of one address on this process. */
interface Address {
  readonly name: string;
  connections: number;
  readonly mayConnect: Bucket;
  readonly allows: (command: string) => boolean;
  /** Too many wrong codes came from it: until then it enters no room by a code. On the clock of `performance`. ms */
  barredUntil: number;
  /** No more of its connections are logged until then. ms */
  silentUntil: number;
  /** When it last had a connection. ms */
  seenAt: number;
}

export interface Connection {
  /** The key of the limits of an address. */
  readonly address: string;
  /** Whether one more of this command is allowed now, for the connection and for its address. */
  allows(command: string): boolean;
  /** Whether so many points more are allowed now. */
  allowsPoints: Bucket;
  /** Counts a refusal. A connection with too many of them ends. */
  countRefusal(): void;
  /** Whether it has read little of what was sent. */
  isBehind(): boolean;
  /** Counts one more for its address on each of the quotas. False if that is over one of them. */
  isWithin(...quotas: Quota[]): Promise<boolean>;
  /** Counts a wrong code or token. Too many of them bar the address from rooms for a while, so that nobody can guess one. */
  countWrong(): Promise<void>;
  isBarred(): boolean;
}

export interface Connections {
  /** Whether the address may open one more connection. */
  admits(request: IncomingMessage): boolean;
  /** Whether the address has as many connections as it may. */
  isFull(request: IncomingMessage): boolean;
  of(raw: RawConnection): Connection;
}

interface Options {
  trustedHops: number;
  quotas: Quotas;
  log: Log;
  /** Counts a connection that ended because of what it did. */
  onCut(why: Cut): void;
}

export type Cut = 'protocol' | 'messages' | 'refusals' | 'slow';

/** As much of an Engine.IO socket as is used here. */
export interface RawConnection {
  request: IncomingMessage;
  writeBuffer: { data?: string | Buffer }[];
  transport: { socket: RawWebSocket };
  on(event: 'packet', listener: (packet: { type: string; data?: unknown }) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  close(discard: true): void;
}
interface RawWebSocket {
  bufferedAmount: number;
  on(event: 'ping' | 'pong', listener: () => void): unknown;
  terminate(): void;
}

const CHECK_INTERVAL_MS = 250;
const BARRED_MS = 60_000;
const LOG_PAUSE_MS = 60_000;
/** An address without connections is remembered this long, so that closing them renews no limit. */
const ADDRESS_MEMORY_MS = 10 * 60_000;

/** CONNECT, DISCONNECT or EVENT, to the only namespace there is. Neither binary packets nor acknowledgements. */
const EXPECTED = /^[012](?!\/)/;

export function guardConnections(io: GameServer, { trustedHops, quotas, log, onCut }: Options): Connections {
  const addresses = new Map<string, Address>();
  const connections = new Map<RawConnection, Connection>();

  function addressNamed(name: string): Address {
    let address = addresses.get(name);
    if (!address) {
      const mayConnect = bucketOf(limits.CONNECTS);
      const allows = bucketsOf(limits.ADDRESS_RATES);
      const none = { connections: 0, barredUntil: 0, silentUntil: 0 };
      address = { name, ...none, mayConnect, allows, seenAt: performance.now() };
      addresses.set(name, address);
    }
    return address;
  }

  const isFull = (request: IncomingMessage): boolean =>
    (addresses.get(addressOf(request, trustedHops))?.connections ?? 0) >= limits.MAX_CONNECTIONS;

  /** Ends the connection. What it has not read is dropped: waiting for it to drain would be waiting for the attacker. */
  function cut(raw: RawConnection, why: Cut): void {
    if (!connections.has(raw)) return;
    onCut(why);
    const address = addressNamed(connections.get(raw)!.address);
    if (performance.now() >= address.silentUntil) {
      address.silentUntil = performance.now() + LOG_PAUSE_MS;
      log.warn(
        { why, address: address.name },
        'a connection was cut; others of this address are not logged for a minute',
      );
    }
    const { socket } = raw.transport;
    raw.close(true);
    socket.terminate();
  }

  io.engine.on('connection', (raw: RawConnection) => {
    const address = addressNamed(addressOf(raw.request, trustedHops));
    address.connections++;
    const mayAsk = bucketsOf(limits.COMMAND_RATES);
    const mayBeRefused = bucketOf(limits.REFUSALS);
    const maySend = bucketOf(limits.MESSAGES);
    connections.set(raw, {
      address: address.name,
      allows: (command) => mayAsk(command) && address.allows(command),
      allowsPoints: bucketOf(limits.POINTS),
      countRefusal: () => void (mayBeRefused() || cut(raw, 'refusals')),
      isBehind: () => pendingBytes(raw) > limits.BEHIND_BYTES,
      isBarred: () => performance.now() < address.barredUntil,
      async isWithin(...all) {
        for (const quota of all) if (!(await quotas.consume(quota, address.name))) return false;
        return true;
      },
      async countWrong() {
        const isWithin = await quotas.consume(limits.QUOTAS.wrong, address.name);
        if (!isWithin) address.barredUntil = performance.now() + BARRED_MS;
      },
    });
    const count = () => void (maySend() || cut(raw, 'messages'));
    raw.on('packet', ({ type, data }) => {
      count();
      if (type === 'message' && !(typeof data === 'string' && EXPECTED.test(data))) cut(raw, 'protocol');
    });
    for (const event of ['ping', 'pong'] as const) raw.transport.socket.on(event, count);
    raw.once('close', () => {
      connections.delete(raw);
      address.connections--;
      address.seenAt = performance.now();
    });
  });

  setInterval(() => {
    const waiting = new Map<string, number>();
    for (const [raw, { address }] of connections) {
      const bytes = pendingBytes(raw);
      const ofAddress = (waiting.get(address) ?? 0) + bytes;
      waiting.set(address, ofAddress);
      const isHeavy = ofAddress > limits.MAX_PENDING_BYTES_OF_ADDRESS && bytes > limits.BEHIND_BYTES;
      if (bytes > limits.MAX_PENDING_BYTES || isHeavy) cut(raw, 'slow');
    }
  }, CHECK_INTERVAL_MS).unref();

  setInterval(() => {
    const since = performance.now() - ADDRESS_MEMORY_MS;
    for (const [name, { connections, seenAt }] of addresses)
      if (connections === 0 && seenAt < since) addresses.delete(name);
  }, ADDRESS_MEMORY_MS / 10).unref();

  return {
    admits: (request) => !isFull(request) && addressNamed(addressOf(request, trustedHops)).mayConnect(),
    isFull,
    of: (raw) => connections.get(raw)!,
  };
}

/** Sent, and not yet taken by the network: waiting in Engine.IO, or in the WebSocket. */
function pendingBytes({ writeBuffer, transport }: RawConnection): number {
  let bytes = transport.socket.bufferedAmount;
  for (const { data } of writeBuffer) bytes += data?.length ?? 0;
  return bytes;
}
