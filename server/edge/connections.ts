/**
 * Every WebSocket and every polling session, before Engine.IO and Socket.IO make anything of what it sends. Limits hang on it and
 * on its address, so they outlive sockets. They hold until the last byte: a connection that is being closed is counted, and can
 * still be cut. One that breaks the protocol or reads nothing ends at once, without waiting for it to drain.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { WebSocketServer } from 'ws';
import type { Log } from '../log.ts';
import type { Quotas } from '../storage/quotas.ts';
import type { Address } from './address-book.ts';
import { createAddressBook } from './address-book.ts';
import type { Carrier, Cut, RawConnection } from './connection.ts';
import { Connection } from './connection.ts';
import type { GuardedSocket } from './guarded-socket.ts';
import { guardedServer } from './guarded-socket.ts';
import * as limits from './limits.ts';
import type { PollingSession, RawPolling } from './polling.ts';
import { createPollingSession, isPolling, isSound } from './polling.ts';
import type { Turns } from './turns.ts';
import { inTurn } from './turns.ts';

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
  asker(request: IncomingMessage): Address;
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

/** As Engine.IO reads it. */
export type EngineRequest = IncomingMessage & { _query: Partial<Record<string, string>> };

const CHECK_INTERVAL_MS = 250;
/** Asking each whether it is in a room costs more. */
const IDLE_CHECK_INTERVAL_MS = 1_000;
const LOG_PAUSE_MS = 60_000;

export function guardConnections({ trustedHops, quotas, keyOf, sessionOf, log, onCut }: Options): Connections {
  const addressOf = createAddressBook({ trustedHops, quotas, keyOf });
  const connections = new Set<Connection>();
  /** By Engine.IO's ids. */
  const polling = new Map<string, { session: PollingSession; connection: Connection }>();

  /** Counts the connection until it is released, and all that it sends. */
  function open(carrier: Carrier, request: IncomingMessage): Connection {
    const address = addressOf(request);
    address.connections++;
    const connection = new Connection(carrier, address, sessionOf(request.headers.cookie), cut);
    connections.add(connection);
    return connection;
  }

  function release(connection: Connection): void {
    const { address, session } = connection;
    const wasCut = !connections.delete(connection);
    if (!wasCut && connection.isIn() && session !== null) address.holdPlace(session);
    address.connections--;
    address.seenAt = performance.now();
  }

  /** Ends the connection. What it has not read is dropped: waiting for it to drain would be waiting for the attacker. */
  function cut(connection: Connection, why: Cut): void {
    if (!connections.delete(connection)) return;
    report(connection.address, why);
    connection.raw?.close(true);
    connection.carrier.terminate();
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

  /** The connection of the address that has been in no room and no class for longest, if that is long enough to give way. */
  function idlest(address: Address): Connection | undefined {
    let latest = performance.now() - limits.IDLE_MS;
    let first: Connection | undefined;
    for (const each of connections) {
      const { idleSince } = each;
      if (each.address !== address || idleSince === undefined || idleSince > latest || each.isIn()) continue;
      first = each;
      latest = idleSince;
    }
    return first;
  }

  function admitsRequest(request: IncomingMessage): boolean {
    const address = addressOf(request);
    address.seenAt = performance.now();
    const isAdmitted = address.consume('requests') || isReturning(address, request);
    if (!isAdmitted) report(address, 'requests');
    return isAdmitted;
  }

  function isReturning(address: Address, { headers }: IncomingMessage): boolean {
    const session = address.holdsPlaces() ? sessionOf(headers.cookie) : null;
    return session !== null && address.mayReturn(session);
  }

  function serve(request: IncomingMessage, response: ServerResponse, web: RequestListener): void {
    if (isPipelined(response)) request.socket.destroy();
    else if (!admitsRequest(request)) refuse(request, response);
    else answer(addressOf(request).requests, request, () => web(request, response));
  }

  function guardPolling(raw: RawConnection, transport: RawPolling): void {
    const request = raw.request!;
    const session = createPollingSession(transport, {
      address: addressOf(request),
      session: sessionOf(request.headers.cookie),
      admits: (packet) => connection.admits(packet),
      onOver: () => release(connection),
    });
    const connection = open(session, request);
    polling.set(raw.id, { session, connection });
    raw.once('close', () => {
      polling.delete(raw.id);
      session.close();
    });
  }

  const connectionOf = ({ id, transport }: RawConnection): Connection =>
    isPolling(transport) ? polling.get(id)!.connection : (transport.socket as GuardedSocket).connection!;

  setInterval(() => {
    const now = performance.now();
    const waiting = new Map<Address, number>();
    for (const each of connections) {
      const bytes = each.pendingBytes();
      const isBehind = bytes > limits.BEHIND_BYTES;
      each.behindSince = isBehind ? (each.behindSince ?? now) : undefined;
      if (bytes === 0) continue;
      const ofAddress = (waiting.get(each.address) ?? 0) + bytes;
      waiting.set(each.address, ofAddress);
      const isHeavy = isBehind && ofAddress > limits.MAX_PENDING_BYTES_OF_ADDRESS;
      const isLong = isBehind && now - each.behindSince! > limits.BEHIND_MS;
      if (bytes > limits.MAX_PENDING_BYTES || isHeavy || isLong) cut(each, 'slow');
    }
  }, CHECK_INTERVAL_MS).unref();

  setInterval(() => {
    const now = performance.now();
    for (const each of connections) each.idleSince = each.isIn() ? undefined : (each.idleSince ?? now);
  }, IDLE_CHECK_INTERVAL_MS).unref();

  return {
    admitsRequest,
    serve,
    poll(request, response, next) {
      const { sid, transport, j } = request._query;
      const found = sid ? polling.get(sid) : undefined;
      const address = addressOf(request);
      // JSONP (`j`) would be open to every site.
      const isAllowed =
        transport === 'polling' &&
        j === undefined &&
        (!sid || found?.session.isOf(address, sessionOf(request.headers.cookie)));
      if (!found || !isAllowed)
        return serve(request, response, () => next(isAllowed ? undefined : new Error('not a request of this session')));
      if (isPipelined(response)) return void request.socket.destroy();
      found.session.follow(response);
      if (!isSound(request)) cut(found.connection, 'protocol');
      else if (!address.consume('polls')) refuse(request, response);
      else answer(address.polls, request, next);
    },
    admits(request) {
      const address = addressOf(request);
      const session = sessionOf(request.headers.cookie);
      if (session !== null && address.claimPlace(session)) return true;
      const idle = address.hasPlace() ? undefined : idlest(address);
      if ((!idle && !address.hasPlace()) || !address.consume('connects')) return false;
      if (idle) cut(idle, 'idle');
      return true;
    },
    isFull(request) {
      const address = addressOf(request);
      return !address.hasPlace() && !idlest(address);
    },
    WebSocketServer: guardedServer(open, release),
    asker: addressOf,
    opened(raw) {
      if (isPolling(raw.transport)) guardPolling(raw, raw.transport);
      const connection = connectionOf(raw);
      // It may have ended meanwhile.
      if (connections.has(connection)) connection.raw = raw;
      else raw.close(true);
      // All that is needed of it is known. Socket.IO would keep it, headers and all, as long as the connection.
      raw.request = undefined;
    },
    of: connectionOf,
  };
}

/** Node would keep any number of requests that are sent before the answer to the first. No browser or proxy does that. */
const isPipelined = (response: ServerResponse): boolean => !response.socket;

const refuse = ({ socket }: IncomingMessage, response: ServerResponse): void =>
  void response.writeHead(429, { Connection: 'close' }).end(() => socket.destroy());

/** Begins to answer the request when it is its turn, if somebody still waits for it. */
const answer = (turns: Turns, { socket }: IncomingMessage, begin: () => void): void =>
  inTurn(turns, () => {
    if (!socket.destroyed) begin();
  });
