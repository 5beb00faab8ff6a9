/**
 * Every WebSocket and every polling session, before Engine.IO and Socket.IO make anything of what it sends. Limits hang on it and
 * on its address, so they outlive sockets. They hold until the last byte: a connection that is being closed is counted, and can
 * still be cut. One that breaks the protocol or reads nothing ends at once, without waiting for it to drain.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import type { LimitFunction } from 'p-limit';
import pLimit from 'p-limit';
import { WebSocket, WebSocketServer } from 'ws';
import type { Bucket } from '../bucket.ts';
import { bucketOf } from '../bucket.ts';
import type { Log } from '../log.ts';
import type { Quota, Quotas } from '../storage/quotas.ts';
import { addressOf } from './address.ts';
import * as limits from './limits.ts';
import { bucketsOf } from './limits.ts';
import type { PollingSession, RawPolling } from './polling.ts';
import { createPollingSession, isPolling, isSound } from './polling.ts';

/** All connections of one address on this process. */
interface Address {
  readonly name: string;
  /** For what is stored: a keyed hash of the name. */
  readonly key: string;
  connections: number;
  /**
   * Sessions whose connection was lost while it was in a room or a class: nobody else gets its place until then. On the clock of
   * `performance`. ms
   */
  readonly held: Map<string, { until: number; mayRequest: Bucket }>;
  readonly mayConnect: Bucket;
  readonly mayRequest: Bucket;
  /** Its HTTP requests, a few at a time. */
  readonly requests: LimitFunction;
  /** Those of its polling sessions: pages do not wait behind them. */
  readonly polls: LimitFunction;
  readonly mayPoll: Bucket;
  readonly allows: (command: string) => boolean;
  /** Too many wrong codes came from it: until then it enters no room by a code. On the clock of `performance`. ms */
  barredUntil: number;
  /** No more of its connections are logged until then. ms */
  silentUntil: number;
  /** When it last had a connection. ms */
  seenAt: number;
}

/** What may be asked from an address, whatever it is asked by. */
interface Asker {
  /** A keyed hash of the address, for what is stored. */
  readonly addressKey: string;
  /** Whether one more of this command is allowed now. */
  allows(command: string): boolean;
  /** Counts a wrong code or token. Too many of them bar the address for a while, so that nobody can guess a code. */
  countWrong(): Promise<void>;
  /** Whether its address enters no room by a code now. */
  isBarred(): boolean;
}

/** Its `allows` counts for the connection and for its address. */
export interface Connection extends Asker {
  /** The client's address, for the log. */
  readonly address: string;
  /** Whether so many points more are allowed now. */
  allowsPoints: Bucket;
  /** Counts a refusal. A connection with too many of them ends. */
  countRefusal(): void;
  /** It gives way to no other connection of its address while `isIn` says that it is in a room or a class. */
  protectWhile(isIn: () => boolean): void;
  /**
   * The short way of chunks, which are most of what comes: `take` is called with each that comes over a WebSocket, before Engine.IO and
   * Socket.IO make anything of it. It returns false to leave the chunk to them.
   */
  takeChunks(take: (text: string) => boolean): void;
  /** Whether it has read little of what was sent. */
  isBehind(): boolean;
  /** Counts one more for its address on each of the quotas. False if that is over one of them. */
  isWithin(...quotas: Quota[]): Promise<boolean>;
}

export interface Connections {
  /** Whether the address may send one more HTTP request. */
  admitsRequest(request: IncomingMessage): boolean;
  /** Has `web` answer the request when it is the turn of its address; refuses one too many. */
  serve(request: IncomingMessage, response: ServerResponse, web: RequestListener): void;
  /** The same for a request to Engine.IO: it opens a polling session, or is one of such a session. */
  poll(request: EngineRequest, response: ServerResponse, next: (refusal?: Error) => void): void;
  /** Whether the address may open one more connection. */
  admits(request: IncomingMessage): boolean;
  /** Whether the address has as many connections as it may, and none of them gives way. */
  isFull(request: IncomingMessage): boolean;
  /** Engine.IO's WebSocket server: each WebSocket is guarded before Engine.IO has it. */
  WebSocketServer: typeof WebSocketServer;
  /** Who sent an HTTP request. */
  asker(request: IncomingMessage): Asker;
  /** Engine.IO has made a socket of the WebSocket, or opened a polling session. */
  opened(raw: RawConnection): void;
  of(raw: RawConnection): Connection;
}

interface Options {
  trustedHops: number;
  quotas: Quotas;
  /** A keyed hash of an address. */
  keyOf(address: string): string;
  /** The visitor's session, by the request's cookies. */
  sessionOf(cookies: string | undefined): string | null;
  log: Log;
  /** Counts a connection that ended because of what it did. */
  onCut(why: Cut): void;
}

export type Cut = 'protocol' | 'messages' | 'refusals' | 'slow' | 'requests' | 'idle';

/** As Engine.IO reads it. */
export type EngineRequest = IncomingMessage & { _query: Partial<Record<string, string>> };

/** As much of an Engine.IO socket as is used here. */
export interface RawConnection {
  id: string;
  request: IncomingMessage;
  writeBuffer: { data?: string | Buffer }[];
  transport: { socket: WebSocket } | RawPolling;
  once(event: 'close', listener: () => void): void;
  close(discard: true): void;
}

/** What a connection is made of: a WebSocket or a polling session. */
export type Carrier = Pick<WebSocket, 'bufferedAmount' | 'terminate'>;

interface Guarded {
  address: Address;
  connection: Connection;
  takeChunk?: (text: string) => boolean;
  /** Engine.IO's socket, which holds what the carrier does not take yet. */
  raw?: RawConnection;
  /** Since when it has much to read. On the clock of `performance`. ms */
  behindSince?: number | undefined;
  readonly session: string | null;
  isIn: () => boolean;
  /** Since when it is in no room and no class, as of the last check; undefined if it was in one. On the clock of `performance`. ms */
  idleSince: number | undefined;
}

/** Of the event loop. */
const nextTurn = promisify(setImmediate);

const CHECK_INTERVAL_MS = 250;
const BARRED_MS = 60_000;
const LOG_PAUSE_MS = 60_000;
/** An address without connections is remembered this long, until its limits are full again: closing them renews none. */
const ADDRESS_MEMORY_MS = 2 * 60_000;

/**
 * What a page sends: a packet of Engine.IO (close, ping, pong) or, in one, a packet of Socket.IO (CONNECT, DISCONNECT or EVENT)
 * for the only namespace there is. Neither bytes nor acknowledgements, and no upgrade to another transport.
 */
const EXPECTED = /^(?:[123]|4[012](?!\/))/;
const HEAD_BYTES = 3;
/** What Socket.IO makes of a chunk that asks for no answer. */
const CHUNK = { head: '42["chunk","', tail: '"]' };

/** A WebSocket whose messages can be taken before Engine.IO has them. */
class GuardedSocket extends WebSocket {
  take?: (data: Buffer, isBinary: boolean) => boolean;
  /** Messages that Socket.IO has, and acts on in the next tick. */
  passing = 0;
  private passed = () => void this.passing--;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'message') return super.emit(event, ...args);
    if (this.take?.(args[0] as Buffer, args[1] as boolean)) return true;
    const isHeard = super.emit(event, ...args);
    this.passing++;
    // After the tick that Socket.IO has asked for.
    process.nextTick(this.passed);
    return isHeard;
  }
}

export function guardConnections({ trustedHops, quotas, keyOf, sessionOf, log, onCut }: Options): Connections {
  const addresses = new Map<string, Address>();
  const guarded = new Map<Carrier, Guarded>();
  /** By Engine.IO's ids. */
  const polling = new Map<string, PollingSession>();

  function addressNamed(name: string): Address {
    let address = addresses.get(name);
    if (!address) {
      const mayConnect = bucketOf(limits.CONNECTS);
      const mayRequest = bucketOf(limits.REQUESTS);
      const allows = bucketsOf(limits.ADDRESS_RATES);
      const held: Address['held'] = new Map();
      const mayPoll = bucketOf(limits.POLLS_OF_ADDRESS);
      const requests = pLimit(limits.REQUESTS_A_TURN);
      const polls = pLimit(limits.REQUESTS_A_TURN);
      const none = { connections: 0, barredUntil: 0, silentUntil: 0 };
      address = {
        name,
        key: keyOf(name),
        ...none,
        held,
        mayConnect,
        mayRequest,
        requests,
        polls,
        mayPoll,
        allows,
        seenAt: performance.now(),
      };
      addresses.set(name, address);
    }
    return address;
  }

  const hasPlace = ({ connections, held }: Address): boolean => connections + held.size < limits.MAX_CONNECTIONS;

  /** The connection of the address that has been in no room and no class for longest, if that is long enough to give way. */
  function idlest(address: Address): Carrier | undefined {
    const latest = performance.now() - limits.IDLE_MS;
    let first: { carrier: Carrier; since: number } | undefined;
    for (const [carrier, { address: of, idleSince: since, isIn }] of guarded)
      if (of === address && since !== undefined && since <= (first?.since ?? latest) && !isIn())
        first = { carrier, since };
    return first?.carrier;
  }

  function admitsConnection(request: IncomingMessage): boolean {
    const address = addressNamed(addressOf(request, trustedHops));
    const session = sessionOf(request.headers.cookie);
    if (session !== null && address.held.delete(session)) return true;
    const idle = hasPlace(address) ? undefined : idlest(address);
    if ((!idle && !hasPlace(address)) || !address.mayConnect()) return false;
    if (idle) cut(idle, 'idle');
    return true;
  }

  function report(address: Address, why: Cut): void {
    onCut(why);
    if (performance.now() < address.silentUntil) return;
    address.silentUntil = performance.now() + LOG_PAUSE_MS;
    log.warn(
      { why, address: address.name },
      'a connection was cut; others of this address are not logged for a minute',
    );
  }

  function admitsRequest(request: IncomingMessage): boolean {
    const address = addressNamed(addressOf(request, trustedHops));
    address.seenAt = performance.now();
    const isAdmitted = address.mayRequest() || mayReturn(address, request);
    if (!isAdmitted) report(address, 'requests');
    return isAdmitted;
  }

  /** Somebody whose place is held, and who opens the page again. */
  function mayReturn({ held }: Address, { headers }: IncomingMessage): boolean {
    const session = held.size > 0 ? sessionOf(headers.cookie) : null;
    return session !== null && held.get(session)?.mayRequest() === true;
  }

  /** Ends the connection. What it has not read is dropped: waiting for it to drain would be waiting for the attacker. */
  function cut(carrier: Carrier, why: Cut): void {
    const found = guarded.get(carrier);
    if (!found) return;
    guarded.delete(carrier);
    report(found.address, why);
    found.raw?.close(true);
    carrier.terminate();
  }

  const askerAt = (address: Address): Asker => ({
    addressKey: address.key,
    allows: address.allows,
    isBarred: () => performance.now() < address.barredUntil,
    async countWrong() {
      const isWithin = await quotas.consume(limits.QUOTAS.wrong, address.key);
      if (!isWithin) address.barredUntil = performance.now() + BARRED_MS;
    },
  });

  /** Counts the connection until it is released, and all that it sends. */
  function guard(carrier: Carrier, request: IncomingMessage) {
    const address = addressNamed(addressOf(request, trustedHops));
    address.connections++;
    const mayAsk = bucketsOf(limits.COMMAND_RATES);
    const ownShare = bucketsOf(limits.SHARES);
    const mayBeRefused = bucketOf(limits.REFUSALS);
    const maySend = bucketOf(limits.MESSAGES);
    const own: Guarded = {
      address,
      session: sessionOf(request.headers.cookie),
      isIn: () => false,
      idleSince: performance.now(),
      connection: {
        ...askerAt(address),
        address: address.name,
        allows: (command) => mayAsk(command) && (ownShare(command) || address.allows(command)),
        allowsPoints: bucketOf(limits.POINTS),
        countRefusal: () => void (mayBeRefused() || cut(carrier, 'refusals')),
        protectWhile(isIn) {
          own.isIn = isIn;
        },
        takeChunks(take) {
          own.takeChunk = take;
        },
        isBehind: () => pendingBytes(carrier) > limits.BEHIND_BYTES,
        async isWithin(...all) {
          for (const quota of all) if (!(await quotas.consume(quota, address.key))) return false;
          return true;
        },
      },
    };
    guarded.set(carrier, own);
    const count = () => maySend() || void cut(carrier, 'messages');
    return {
      /** Whether one message more is allowed. If not, the connection is cut. */
      count,
      /** Whether somebody took the chunk. */
      takeChunk: (text: string) => own.takeChunk?.(text) === true,
      /** The same for a packet of text, by its head. */
      admits: (head: string) => (EXPECTED.test(head) ? count() : void cut(carrier, 'protocol')),
      release(): void {
        const { session, idleSince } = own;
        // Not if it was cut.
        if (guarded.delete(carrier) && session !== null && idleSince === undefined)
          address.held.set(session, {
            until: performance.now() + limits.HELD_MS,
            mayRequest: bucketOf(limits.REQUESTS_TO_RETURN),
          });
        address.connections--;
        address.seenAt = performance.now();
      },
    };
  }

  function guardWebSocket(ws: GuardedSocket, request: IncomingMessage): void {
    const { count, admits, takeChunk, release } = guard(ws, request);
    ws.take = (data, isBinary) => {
      const text = isBinary ? '' : data.toString('latin1');
      const isChunk = text.startsWith(CHUNK.head) && text.endsWith(CHUNK.tail);
      // A chunk must not overtake the message before it.
      if (isChunk)
        return !count() || (ws.passing === 0 && takeChunk(text.slice(CHUNK.head.length, -CHUNK.tail.length)));
      return !admits(text.slice(0, HEAD_BYTES));
    };
    for (const event of ['ping', 'pong'] as const) ws.on(event, count);
    ws.once('close', release);
  }

  function guardPolling(raw: RawConnection, transport: RawPolling): void {
    const session = createPollingSession(transport, {
      address: addressOf(raw.request, trustedHops),
      session: sessionOf(raw.request.headers.cookie),
      admits: (packet) => admits(packet) === true,
      onOver: () => release(),
    });
    const { admits, release } = guard(session, raw.request);
    polling.set(raw.id, session);
    raw.once('close', () => {
      polling.delete(raw.id);
      session.close();
    });
  }

  /** Sent, and not yet taken by the network: waiting in Engine.IO, or in the carrier. */
  function pendingBytes(carrier: Carrier): number {
    let bytes = carrier.bufferedAmount;
    for (const { data } of guarded.get(carrier)?.raw?.writeBuffer ?? []) bytes += data?.length ?? 0;
    return bytes;
  }

  /** What Engine.IO calls a connection, as what it is made of. */
  const carrierOf = ({ id, transport }: RawConnection): Carrier =>
    isPolling(transport) ? polling.get(id)! : transport.socket;

  setInterval(() => {
    const now = performance.now();
    const waiting = new Map<Address, number>();
    for (const [carrier, each] of guarded) {
      const bytes = pendingBytes(carrier);
      const ofAddress = (waiting.get(each.address) ?? 0) + bytes;
      waiting.set(each.address, ofAddress);
      const isBehind = bytes > limits.BEHIND_BYTES;
      each.behindSince = isBehind ? (each.behindSince ?? now) : undefined;
      each.idleSince = each.isIn() ? undefined : (each.idleSince ?? now);
      const isHeavy = isBehind && ofAddress > limits.MAX_PENDING_BYTES_OF_ADDRESS;
      const isLong = isBehind && now - each.behindSince! > limits.BEHIND_MS;
      if (bytes > limits.MAX_PENDING_BYTES || isHeavy || isLong) cut(carrier, 'slow');
    }
    for (const { held } of addresses.values())
      for (const [session, { until }] of held) if (until < now) held.delete(session);
  }, CHECK_INTERVAL_MS).unref();

  setInterval(() => {
    const since = performance.now() - ADDRESS_MEMORY_MS;
    for (const [name, { connections, seenAt }] of addresses)
      if (connections === 0 && seenAt < since) addresses.delete(name);
  }, ADDRESS_MEMORY_MS / 10).unref();

  class GuardedServer extends WebSocketServer {
    constructor(options: ConstructorParameters<typeof WebSocketServer>[0]) {
      // Engine.IO does not pass these on.
      super({
        ...options,
        maxFragments: limits.MAX_FRAGMENTS,
        closeTimeout: limits.CLOSE_TIMEOUT_MS,
        WebSocket: GuardedSocket,
      } as typeof options);
    }
    override handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (ws: WebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, socket, head, (ws) => {
        guardWebSocket(ws as GuardedSocket, request);
        done(ws, request);
      });
    }
  }

  function serve(request: IncomingMessage, response: ServerResponse, web: RequestListener): void {
    if (isPipelined(response)) request.socket.destroy();
    else if (!admitsRequest(request)) refuse(request, response);
    else inTurn(addressNamed(addressOf(request, trustedHops)).requests, request, () => web(request, response));
  }

  return {
    admitsRequest,
    serve,
    poll(request, response, next) {
      const { sid, transport, j } = request._query;
      const session = sid ? polling.get(sid) : undefined;
      // JSONP (`j`) would be open to every site.
      const isAllowed =
        transport === 'polling' &&
        j === undefined &&
        (!sid || session?.isOf(addressOf(request, trustedHops), sessionOf(request.headers.cookie)));
      if (!session || !isAllowed)
        return serve(request, response, () => next(isAllowed ? undefined : new Error('not a request of this session')));
      const address = addressNamed(addressOf(request, trustedHops));
      if (isPipelined(response)) return void request.socket.destroy();
      session.follow(response);
      if (!isSound(request)) cut(session, 'protocol');
      else if (!address.mayPoll()) refuse(request, response);
      else inTurn(address.polls, request, next);
    },
    admits: admitsConnection,
    isFull(request) {
      const address = addressNamed(addressOf(request, trustedHops));
      return !hasPlace(address) && !idlest(address);
    },
    asker: (request) => askerAt(addressNamed(addressOf(request, trustedHops))),
    WebSocketServer: GuardedServer as unknown as typeof WebSocketServer,
    opened(raw) {
      if (isPolling(raw.transport)) guardPolling(raw, raw.transport);
      const found = guarded.get(carrierOf(raw));
      // It may have ended meanwhile.
      if (found) found.raw = raw;
      else raw.close(true);
    },
    of: (raw) => guarded.get(carrierOf(raw))!.connection,
  };
}

/** Node would keep any number of requests that are sent before the answer to the first. No browser or proxy does that. */
const isPipelined = (response: ServerResponse): boolean => !response.socket;

const refuse = ({ socket }: IncomingMessage, response: ServerResponse): void =>
  void response.writeHead(429, { Connection: 'close' }).end(() => socket.destroy());

/** Begins to answer the request when it is its turn; the next turn does not wait for the end of the answer. */
function inTurn(limit: LimitFunction, { socket }: IncomingMessage, answer: () => void): void {
  void limit(() => {
    if (!socket.destroyed) answer();
    return nextTurn();
  });
}
