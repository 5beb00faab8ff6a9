/** One connection, a WebSocket or a polling session: what it may still send and ask for. */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { bucketsOf } from '../bucket.ts';
import type { Address } from './address-book.ts';
import type { CommandClass } from './limits.ts';
import * as limits from './limits.ts';
import type { RawPolling } from './polling.ts';

/** Why a connection ended because of what it did. */
export type Cut = 'protocol' | 'messages' | 'refusals' | 'slow' | 'requests' | 'idle';

/** As much of an Engine.IO socket as is used here. */
export interface RawConnection {
  id: string;
  /** The handshake's. */
  request: IncomingMessage | undefined;
  writeBuffer: { data?: string | Buffer }[];
  transport: { socket: WebSocket } | RawPolling;
  once(event: 'close', listener: () => void): void;
  close(discard: true): void;
}

/** What a connection is made of: a WebSocket or a polling session. */
export type Carrier = Pick<WebSocket, 'bufferedAmount' | 'terminate'>;

/**
 * What a page sends: a packet of Engine.IO (close, ping, pong) or, in one, a packet of Socket.IO (CONNECT, DISCONNECT or EVENT)
 * for the only namespace there is. Neither bytes nor acknowledgements, and no upgrade to another transport.
 */
const EXPECTED = /^(?:[123]|4[012](?!\/))/;

const RATES = {
  ...limits.COMMAND_RATES,
  messages: limits.MESSAGES,
  refusals: limits.REFUSALS,
  points: limits.POINTS,
};

const no = () => false;

/** A class, since thousands are open at once: a closure for each method takes kilobytes. */
export class Connection {
  readonly address: Address;
  /** The visitor's session, by the cookie of the handshake. */
  readonly session: string | null;
  readonly carrier: Carrier;
  readonly #cut: (connection: Connection, why: Cut) => void;
  /** Engine.IO's socket, which holds what the carrier does not take yet. */
  raw: RawConnection | undefined;
  /** Whether it is in a room or a class: then it gives way to no other connection of its address. */
  isIn: () => boolean = no;
  /**
   * The short way of chunks, which are most of what comes: called with each that comes over a WebSocket, before Engine.IO and Socket.IO
   * make anything of it. It returns false to leave the chunk to them.
   */
  onChunk: (text: string) => boolean = no;
  /** Since when it has much to read. On the clock of `performance`. ms */
  behindSince: number | undefined;
  /** Since when it is in no room and no class, as of the last check; undefined if it was in one. On the clock of `performance`. ms */
  idleSince: number | undefined = performance.now();
  readonly #consume = bucketsOf(RATES);
  readonly #consumeShare = bucketsOf<CommandClass>(limits.SHARES);

  constructor(
    carrier: Carrier,
    address: Address,
    session: string | null,
    cut: (connection: Connection, why: Cut) => void,
  ) {
    this.carrier = carrier;
    this.address = address;
    this.session = session;
    this.#cut = cut;
  }

  /** Whether one message more is allowed. If not, the connection is cut. */
  countMessage(): boolean {
    const isAllowed = this.#consume('messages');
    if (!isAllowed) this.#cut(this, 'messages');
    return isAllowed;
  }

  /** The same for a packet of text, by its head. */
  admits(head: string): boolean {
    if (EXPECTED.test(head)) return this.countMessage();
    this.#cut(this, 'protocol');
    return false;
  }

  /** Whether one more of this command is allowed now, by its own limits and those of its address. */
  allows(command: string): boolean {
    const name = limits.classOf(command);
    return this.#consume(name) && (this.#consumeShare(name) || this.address.consume(name));
  }

  /** Whether so many points more are allowed now. */
  allowsPoints(points: number): boolean {
    return this.#consume('points', points);
  }

  /** Counts a refusal. A connection with too many of them ends. */
  countRefusal(): void {
    if (!this.#consume('refusals')) this.#cut(this, 'refusals');
  }

  /** Sent, and not yet taken by the network: waiting in Engine.IO, or in the carrier. */
  pendingBytes(): number {
    let bytes = this.carrier.bufferedAmount;
    if (this.raw) for (const { data } of this.raw.writeBuffer) bytes += data?.length ?? 0;
    return bytes;
  }

  /** Whether it has read little of what was sent. */
  isBehind(): boolean {
    return this.pendingBytes() > limits.BEHIND_BYTES;
  }
}
